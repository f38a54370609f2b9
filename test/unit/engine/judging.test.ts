import { describe, expect, it } from 'vitest';
import { TaskError, UnreachableError } from '../../../src/base/error.js';
import { concludeItem, failure, finish } from '../../../src/engine/conclude.js';
import { effective, type Flags } from '../../../src/engine/effective.js';
import { Handlers } from '../../../src/engine/handlers.js';
import type { Item, Job } from '../../../src/engine/job.js';
import { untilVerdict } from '../../../src/engine/retry.js';
import { HostMemory, HostVariables, type TaskScope } from '../../../src/engine/variables.js';
import type { Change, Outcome } from '../../../src/modules/module.js';
import { loadModules } from '../../../src/modules/registry.js';
import type { Keywords } from '../../../src/playbook/tree.js';
import { TemplateCompiler } from '../../../src/template/index.js';
import { condition, handler, NO_KEYWORDS, task, value, variables } from './nodes.js';

await loadModules(['command', 'debug']);

function scopeOf(vars: Readonly<Record<string, unknown>> = {}): TaskScope {
  const sources = {
    host: 'h',
    layers: [],
    extra: { rank: 'extra vars', definitions: new Map() },
    play: { vars: variables(vars), roles: [] } as never,
    playValues: [],
    memory: new HostMemory(),
    compiler: new TemplateCompiler(),
    magic: () => undefined,
    magicNames: new Set<string>(),
  };
  return new HostVariables(sources as never).scope();
}

const FLAGS: Flags = { check: false, diff: false, become: false, becomeUser: 'root', becomeMethod: 'sudo' };
const ran = (status: number, stdout = '', stderr = ''): Outcome => ({
  status,
  stdout,
  stderr,
  truncated: false,
  duration: 1,
});
interface Case {
  readonly module?: string;
  readonly change?: Partial<Change>;
  readonly outcomes?: readonly Outcome[];
  readonly changedWhen?: readonly string[];
  readonly failedWhen?: readonly string[];
  readonly check?: boolean;
}
function conclude({ module = 'debug', change = {}, outcomes = [], changedWhen, failedWhen, check = false }: Case) {
  const each = task('t', {
    module,
    register: 'r',
    ...(changedWhen ? { changedWhen: changedWhen.map(condition) } : {}),
    ...(failedWhen ? { failedWhen: failedWhen.map(condition) } : {}),
  });
  const scope = scopeOf({ yes: true });
  const item: Item = {
    scope,
    args: {},
    change: { actions: [], ...change } as Change,
    outcomes: [...outcomes],
    awaited: 0,
    attempt: 1,
  };
  const job = {
    task: each,
    effective: { ...effective(NO_KEYWORDS, scope, FLAGS), check },
    items: [item],
    seconds: 0,
  } as unknown as Job;
  return concludeItem(job, item);
}
const run = { kind: 'run', argv: ['x'] } as const;

describe('what an item came to', () => {
  it.each<[string, Case, string]>([
    ['nothing to do', {}, 'ok'],
    ['actions that succeeded', { change: { actions: [run] }, outcomes: [ran(0)] }, 'changed'],
    ['actions that say they changed nothing', { change: { actions: [run], changed: false }, outcomes: [ran(0)] }, 'ok'],
    ['an action that failed', { change: { actions: [run] }, outcomes: [ran(3, '', 'why')] }, 'failed'],
    ['skipped by the module', { change: { skipped: 'it is there' } }, 'skipped'],
    ['planned in check mode', { change: { actions: [run] }, check: true }, 'changed'],
    ['not to be known in check mode', { change: { actions: [run], unknown: 'who knows' }, check: true }, 'unknown'],
    ['changed_when: false', { change: { actions: [run] }, outcomes: [ran(0)], changedWhen: ['false'] }, 'ok'],
    ['changed_when: true', { changedWhen: ['true'] }, 'changed'],
    ['changed_when is and', { changedWhen: ['true', 'yes', 'false'] }, 'ok'],
    [
      'changed_when reads the result',
      { change: { actions: [run], result: { n: 5 } }, outcomes: [ran(0)], changedWhen: ['r.n > 4'] },
      'changed',
    ],
    [
      'changed_when does not mend a failure',
      { change: { actions: [run] }, outcomes: [ran(1)], changedWhen: ['false'] },
      'failed',
    ],
    ['failed_when: false', { change: { actions: [run] }, outcomes: [ran(1)], failedWhen: ['false'] }, 'changed'],
    ['failed_when is or', { failedWhen: ['false', 'yes'] }, 'failed'],
    ['failed_when reads the result', { change: { result: { n: 5 } }, failedWhen: ['r.n > 4'] }, 'failed'],
    [
      'failed_when: false and changed_when: false',
      { change: { actions: [run] }, outcomes: [ran(1)], failedWhen: ['false'], changedWhen: ['false'] },
      'ok',
    ],
    ['a command', { module: 'command', change: { actions: [run] }, outcomes: [ran(0, 'out\n', 'err\n')] }, 'changed'],
  ])('%s', (_name, given, status) => {
    const result = conclude(given);
    expect(result.status).toBe(status);
    expect([result.values.changed, result.values.failed]).toEqual([status === 'changed', status === 'failed']);
    if (status === 'failed') expect(result.message).toBeTruthy();
  });

  it('explains the usual failures', () => {
    const said = (stderr: string) => conclude({ change: { actions: [run] }, outcomes: [ran(1, '', stderr)] });
    expect(said('x: No space left on device')).toMatchObject({
      message: 'x: No space left on device',
      hint: expect.stringContaining('disk is full'),
    });
    expect(said('x: Permission denied').hint).toContain('become');
    expect(said('').message).toBe('it ended with status 1');
  });

  it('turns what a task cannot do into its failure, and lets mistakes of ours through', () => {
    expect(failure(new TaskError('no', 'do so'))).toMatchObject({
      status: 'failed',
      message: 'no',
      hint: 'do so',
      values: { failed: true, msg: 'no', changed: false },
    });
    expect(failure(new UnreachableError('lost', 'gone'))).toMatchObject({
      status: 'unreachable',
      values: { unreachable: true },
    });
    expect(() => failure(new RangeError('ours'))).toThrow(RangeError);
  });

  it('registers what happened, whatever the module says of it', () => {
    expect(finish({ changed: true, msg: 'own', x: 1 }, 'ok', 'other')).toEqual({
      changed: false,
      failed: false,
      msg: 'own',
      x: 1,
    });
    expect(finish({}, 'skipped', 'why')).toMatchObject({ skipped: true, msg: 'why' });
  });
});

describe('keywords on a host', () => {
  const keywords = (more: Partial<Keywords>): Keywords => ({ ...NO_KEYWORDS, ...more });

  it('the task over the flags, the connection variables over both', () => {
    const task = keywords({
      become: value(true),
      becomeUser: value('app'),
      checkMode: value(false),
      diff: value('{{ d }}'),
    });
    expect(effective(task, scopeOf({ d: true }), { ...FLAGS, check: true, becomePassword: 'p' })).toMatchObject({
      become: { method: 'sudo', user: 'app', password: 'p' },
      check: false,
      diff: true,
    });
    expect(effective(NO_KEYWORDS, scopeOf(), { ...FLAGS, become: true }).become).toEqual({
      method: 'sudo',
      user: 'root',
    });
    expect(effective(task, scopeOf({ d: 'no', ansible_become: false }), FLAGS)).toMatchObject({
      become: undefined,
      diff: false,
    });
    expect(
      effective(
        task,
        scopeOf({ d: 1, ansible_become_user: 'db', ansible_become_method: 'su', ansible_become_password: 7 }),
        FLAGS,
      ).become,
    ).toEqual({
      ...{ method: 'su', user: 'db', password: '7' },
    });
  });

  it('environments add up, the inner one stronger; null is empty', () => {
    const said = keywords({ environment: [value({ A: 1, B: 'outer' }), value([{ B: '{{ b }}' }, { C: null }])] });
    expect(effective(said, scopeOf({ b: 'inner' }), FLAGS).environment).toEqual({ A: '1', B: 'inner', C: '' });
  });

  it.each<[string, Partial<Keywords>, RegExp]>([
    ['a flag that is neither', { ignoreErrors: value('{{ word }}') }, /true or false/],
    ['a timeout that is no number', { timeout: value('{{ word }}') }, /seconds/],
    ['a negative timeout', { timeout: value('{{ minus }}') }, /seconds/],
    ['an environment that is no mapping', { environment: [value('{{ word }}')] }, /mapping/],
    ['a name with a shell in it', { environment: [value({ 'A;id': 1 })] }, /environment variable/],
    ['a way to become that is not known', { become: value(true), becomeMethod: value('{{ word }}') }, /become_method/],
  ])('%s is refused', (_name, more, message) => {
    expect(() => effective(keywords(more), scopeOf({ word: 'maybe', minus: -1 }), FLAGS)).toThrow(message);
  });

  it('timeout: 0 is none', () => {
    expect(effective(keywords({ timeout: value(0) }), scopeOf(), FLAGS).timeout).toBeUndefined();
  });
});

describe('until', () => {
  const verdict = (
    until: string,
    more: { attempt?: number; retries?: unknown; delay?: unknown; values?: object } = {},
  ) => {
    const each = task('t', {
      register: 'r',
      until: [condition(until)],
      ...(more.retries === undefined ? {} : { retries: value(more.retries) }),
      ...(more.delay === undefined ? {} : { delay: value(more.delay) }),
    });
    const scope = scopeOf({ three: 3 });
    const result = { status: 'ok', values: { n: 1, ...more.values }, diff: [], controller: [] } as never;
    const item: Item = { scope, args: {}, outcomes: [], awaited: 0, attempt: more.attempt ?? 1, result };
    return untilVerdict({ task: each, effective: { check: false }, items: [item] } as unknown as Job, item);
  };
  it('holds, is tried again, or is given up', () => {
    expect(verdict('r.n == 1')).toBeUndefined();
    expect(verdict('r.n == 2')).toMatchObject({ delay: 5, retries: 3, message: 'r.n == 2' });
    expect(verdict('r.n == 2', { attempt: 3 })).toMatchObject({ delay: 5 });
    expect(verdict('r.n == 2', { attempt: 4 })).toMatchObject({ delay: undefined });
    expect(verdict('r.n == 2', { attempt: 1, retries: '{{ three }}', delay: 0 })).toMatchObject({
      delay: 0,
      retries: 3,
    });
    expect(verdict('r.n == 2', { retries: 0 })).toMatchObject({ delay: undefined });
  });
});

describe('handlers', () => {
  const notifying = (...names: unknown[]) => task('t', { notify: names.map(value) });

  it('are found by name, by topic, by a template, and taken once in their order', () => {
    const [one, two, three] = [handler('one', ['all']), handler('two'), handler('three', ['all', 'more'])];
    const handlers = new Handlers([one, two, three], []);
    handlers.notify(notifying('all', '{{ name }}'), scopeOf({ name: 'two' }));
    handlers.notify(notifying('more'), scopeOf());
    expect(handlers.any).toBe(true);
    expect(handlers.names(scopeOf())).toEqual(['one', 'two', 'three']);
    expect(handlers.take()).toEqual([one.task, two.task, three.task]);
    expect([handlers.any, handlers.take()]).toEqual([false, []]);
  });

  it('of roles that come later are found too', () => {
    const more = [] as ReturnType<typeof handler>[];
    const handlers = new Handlers([handler('one')], more);
    more.push(handler('late'));
    handlers.notify(notifying(['one', 'late']), scopeOf());
    expect(handlers.names(scopeOf())).toEqual(['one', 'late']);
  });
});
