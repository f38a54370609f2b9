import { describe, expect, it } from 'vitest';
import { Beliefs } from '../../../src/engine/beliefs.js';
import type { Company } from '../../../src/engine/company.js';
import { Cursor } from '../../../src/engine/cursor.js';
import { probesAhead } from '../../../src/engine/foresight.js';
import { HostMemory, HostVariables } from '../../../src/engine/variables.js';
import { loadModules } from '../../../src/modules/registry.js';
import type { Node, Task } from '../../../src/playbook/tree.js';
import { ask, type Probe } from '../../../src/probes/registry.js';
import { TemplateCompiler } from '../../../src/template/index.js';
import { block, condition, include, NO_KEYWORDS, task, value, variables } from './nodes.js';

await loadModules(['stat', 'debug', 'command']);

/** The stats and facts that are asked ahead, as `kind subject`. */
function ahead(
  nodes: readonly Node[],
  more: {
    beliefs?: Beliefs;
    skip?: (task: Task) => boolean;
    unwanted?: readonly string[];
    known?: readonly Probe[];
  } = {},
): string[] {
  const compiler = new TemplateCompiler();
  const memory = new HostMemory();
  const host = new HostVariables({
    host: 'h',
    layers: [],
    extra: { rank: 'extra vars', definitions: new Map() },
    play: { vars: variables({ folder: '/v', flag: false }), roles: [] },
    playValues: [],
    memory,
    compiler,
    magic: () => undefined,
    magicNames: new Set<string>(),
  } as never);
  const company = {
    wanted: (node: Node) => node.kind !== 'task' || !more.unwanted?.includes(node.label),
    flags: { check: false, diff: false, become: false, becomeUser: 'root', becomeMethod: 'sudo' },
    local: { in: () => ({}) },
    compiler,
    loginUser: () => 'me',
    now: 0,
    verbosity: 0,
  } as unknown as Company;
  const beliefs = more.beliefs ?? new Beliefs(false);
  const probes = new Map<string, Probe>();
  probesAhead({
    cursor: Cursor.at(nodes),
    current: undefined,
    company,
    beliefs,
    user: undefined,
    jobs: new Map(),
    epoch: memory.epoch,
    scope: (each: Task) => host.scope(each.lexical),
    skip: more.skip ?? (() => false),
    probes,
  } as never);
  return [...probes.values()]
    .filter(({ kind }) => kind === 'stat' || kind === 'fact')
    .map(({ kind, subject }) => `${kind} ${subject}`);
}
const stat = (path: string, more: Partial<Task> = {}): Task =>
  task(path, { module: 'stat', args: value({ path, get_checksum: false }), ...more });

describe('what is asked ahead', () => {
  it('is what coming tasks read, each once, in blocks and always, not in rescues', () => {
    const nodes = [stat('/a'), block([stat('/b'), stat('/a')], [stat('/never')], [stat('/c')]), stat('{{ folder }}/d')];
    expect(ahead(nodes)).toEqual(['stat /a', 'stat /b', 'stat /c', 'stat /v/d']);
  });

  it('is not what is known already', () => {
    const beliefs = new Beliefs(false);
    beliefs.observe(ask('stat', '/a'), null);
    expect(ahead([stat('/a'), stat('/b')], { beliefs })).toEqual(['stat /b']);
  });

  it('leaves out what is not wanted, awaits something, is done elsewhere, by another user, or not at all', () => {
    const nodes = [
      stat('/unwanted'),
      stat('/awaits'),
      stat('/elsewhere', { keywords: { ...NO_KEYWORDS, delegateTo: value('other') } }),
      stat('/user', { keywords: { ...NO_KEYWORDS, become: value(true) } }),
      stat('/condition', { keywords: { ...NO_KEYWORDS, when: [condition('flag')] } }),
      stat('/asked'),
    ];
    expect(ahead(nodes, { unwanted: ['/unwanted'], skip: ({ label }) => label === '/awaits' })).toEqual([
      'stat /asked',
    ]);
  });

  it('passes over what cannot be rendered yet, and what an include may bring', () => {
    expect(
      ahead([
        stat('{{ later }}'),
        include(),
        stat('/asked'),
        task('d', { loop: { items: value('{{ nothing }}'), loopVar: 'item', extended: false } as never }),
      ]),
    ).toEqual(['stat /asked']);
  });

  it('is asked for every item of a loop', () => {
    const items = {
      items: value(['/a', '/b', '{{ folder }}']),
      loopVar: 'item',
      extended: false,
      place: { file: 'x', line: 1, col: 1 },
    };
    expect(ahead([stat('{{ item }}', { loop: items as never })])).toEqual(['stat /a', 'stat /b', 'stat /v']);
  });

  it('are the facts that are named, by their groups, also by tasks that await something', () => {
    const reads = task('r', { args: value({ msg: '{{ facts.kernel }} {{ facts.system }}' }) });
    const asked = ahead([reads], { skip: () => true });
    expect(asked.every((each) => each.startsWith('fact '))).toBe(true);
    expect(asked.length).toBeGreaterThan(0);
    expect(ahead([task('none', { args: value({ msg: 'x' }) })])).toEqual([]);
  });

  it('ends somewhere', () => {
    expect(ahead(Array.from({ length: 1000 }, (_, i) => stat(`/${i}`))).length).toBeLessThanOrEqual(300);
  });
});
