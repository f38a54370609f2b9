import { describe, expect, it } from 'vitest';
import { TaskError } from '../../../src/base/error.js';
import type { Value, Values } from '../../../src/base/value.js';
import { addHost } from '../../../src/modules/add-host.js';
import { assert } from '../../../src/modules/assert.js';
import { debug } from '../../../src/modules/debug.js';
import { fail } from '../../../src/modules/fail.js';
import { groupBy } from '../../../src/modules/group-by.js';
import { includeVars } from '../../../src/modules/include-vars.js';
import type { Module } from '../../../src/modules/module.js';
import { pause } from '../../../src/modules/pause.js';
import { ping } from '../../../src/modules/ping.js';
import { reboot } from '../../../src/modules/reboot.js';
import { setFact } from '../../../src/modules/set-fact.js';
import { waitForConnection } from '../../../src/modules/wait-for-connection.js';
import { ask } from '../../../src/probes/registry.js';
import type { FileStat } from '../../../src/probes/stat.js';
import { answer, context, planOf } from './plan-of.js';

function failure(module: Module<any>, args: Value): TaskError {
  try {
    planOf(module, args);
  } catch (error) {
    if (error instanceof TaskError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('debug', () => {
  it('prints a message of any kind', () => {
    expect(planOf(debug, { msg: ['a', 1] }).controller).toEqual([{ type: 'message', text: ['a', 1] }]);
    expect(planOf(debug, {}).result).toEqual({ msg: 'Hello world!' });
    expect(planOf(debug, { msg: false }).result).toEqual({ msg: false });
  });
  it('looks a variable up, with its name', () => {
    const value = (expression: string) => (expression === 'r.rc' ? 0 : undefined);
    expect(planOf(debug, { var: 'r.rc' }, [], { value }).result).toEqual({ 'r.rc': 0 });
    expect(planOf(debug, { var: 'nothing' }, [], { value }).result).toEqual({ nothing: 'VARIABLE IS NOT DEFINED!' });
    expect(planOf(debug, { var: { a: 1 } }, [], { value }).result).toEqual({ value: { a: 1 } });
    expect(planOf(debug, { var: 'two words' }, [], { value }).result).toEqual({ value: 'two words' });
  });
  it('is silent without enough -v', () => {
    expect(planOf(debug, { msg: 'x', verbosity: 2 }, [], { verbosity: 1 })).toEqual({
      actions: [],
      skipped: 'it is printed with -vv',
    });
    expect(planOf(debug, { msg: 'x', verbosity: 2 }, [], { verbosity: 2 }).controller).toHaveLength(1);
  });
});

describe('assert', () => {
  it('passes where all hold', () => {
    expect(
      planOf(assert, { that: ['yes', true, { source: 'x > 1', holds: true }], success_msg: 'well' }),
    ).toMatchObject({ actions: [], result: { msg: 'well' } });
    expect(planOf(assert, { that: 'yes', quiet: true }).message).toBeUndefined();
  });
  it('fails at the first that does not, and registers it', () => {
    const error = failure(assert, { that: ['yes', 'no', 'also no'] });
    expect([error.message, error.result]).toEqual(['assertion failed: no', { assertion: 'no', evaluated_to: false }]);
    expect(failure(assert, { that: [false], fail_msg: ['a', 'b'] }).message).toBe('a\nb');
    expect(failure(assert, { that: [{ source: 'x > 1', holds: false }], msg: 'own' })).toMatchObject({
      message: 'own',
      result: { assertion: 'x > 1' },
    });
  });
  it('refuses what is no condition', () => {
    expect(failure(assert, { that: [3] }).message).toMatch(/list of conditions/);
  });
});

describe('fail', () => {
  it('fails', () => {
    expect(failure(fail, { msg: 'no disk' }).message).toBe('no disk');
    expect(failure(fail, {}).message).toBe('Failed as requested from task');
  });
});

describe('ping', () => {
  const known = [answer(ask('stat', '/'), { type: 'directory' } as FileStat)];
  it('answers what it was given, once the host has answered', () => {
    expect(planOf(ping, {}, known)).toEqual({ actions: [], result: { ping: 'pong' } });
    expect(planOf(ping, { data: 'x' }, known).result).toEqual({ ping: 'x' });
    expect(() => planOf(ping, { data: 'crash' }, known)).toThrow('boom');
    expect(() => planOf(ping, {})).toThrow(/not asked yet/);
  });
});

describe('set_fact', () => {
  it('sets every name, and is no change', () => {
    const change = planOf(setFact, { a: 1, b: { c: [null] }, cacheable: true });
    expect(change).toMatchObject({
      actions: [],
      controller: [{ type: 'set-facts', values: { a: 1, b: { c: [null] } } }],
    });
    expect(Object.keys((change.controller![0] as { values: Values }).values)).toEqual(['b', 'a'].sort());
  });
  it.each([
    [{}, /at least one/],
    [{ 'a-b': 1 }, /cannot be the name/],
    [{ in: 1 }, /cannot be called "in"/],
    [JSON.parse('{"__proto__": 1}'), /cannot be called/],
  ])('refuses %j', (args, message) => {
    expect(failure(setFact, args as Value).message).toMatch(message);
  });
});

describe('pause', () => {
  it.each<[Values, object]>([
    [{ seconds: 3 }, { seconds: 3, echo: true }],
    [{ minutes: 2 }, { seconds: 120, echo: true }],
    [
      { prompt: 'Well?', echo: false },
      { prompt: 'Well?', echo: false },
    ],
    [{}, { echo: true }],
  ])('%j', (args, effect) => {
    expect(planOf(pause, args).controller).toEqual([{ type: 'pause', ...effect }]);
  });
  it('refuses less than no time', () => {
    expect(failure(pause, { seconds: -1 }).message).toMatch(/shorter/);
  });
});

describe('add_host and group_by', () => {
  it('add a host with its variables', () => {
    const change = planOf(addHost, { hostname: 'new1', groups: 'a, b', ansible_port: 22, __proto__: null });
    expect(change.controller).toEqual([
      { type: 'add-host', name: 'new1', groups: ['a', 'b'], values: { ansible_port: 22 } },
    ]);
    expect(change.actions).toEqual([]);
  });
  it('name a group', () => {
    expect(planOf(groupBy, { key: 'os Debian 12' }).controller).toEqual([
      { type: 'group-by', key: 'os-Debian-12', parents: ['all'] },
    ]);
  });
  it('refuse names that patterns could not have', () => {
    expect(failure(addHost, { name: 'a b' }).message).toMatch(/name of a host/);
    expect(failure(addHost, { name: 'a', groups: ['x:y'] }).message).toMatch(/name of a group/);
    expect(failure(groupBy, { key: '!x' }).message).toMatch(/name of a group/);
    expect(failure(groupBy, { key: 'x', parents: ['a,b'] }).message).toMatch(/name of a group/);
  });
});

describe('include_vars', () => {
  const files = ['a.yml', 'b.txt', 'c.json', 'deep/', 'deep/d.yaml', 'skip.yml'];
  const local = {
    ...context.local,
    find: (name: string, kind: string) => `/play/${kind}/${name}`,
    list: () => files,
    isDirectory: (path: string) => path.endsWith('folder'),
  };
  const paths = (args: Values): readonly string[] => {
    const effect = planOf(includeVars, args, [], { local }).controller![0]!;
    return effect.type === 'include-vars' ? effect.paths.map((path) => path.replace('/play/vars/', '')) : [];
  };
  it('takes a file, or those of a folder', () => {
    expect(paths({ file: 'x.yml' })).toEqual(['x.yml']);
    expect(paths({ dir: 'folder' })).toEqual([
      'folder/a.yml',
      'folder/c.json',
      'folder/deep/d.yaml',
      'folder/skip.yml',
    ]);
    expect(paths({ dir: 'folder', depth: 1, ignore_files: ['skip.yml'], extensions: ['yml'] })).toEqual([
      'folder/a.yml',
    ]);
    expect(planOf(includeVars, { file: 'x.yml', name: 'mine' }, [], { local }).controller).toMatchObject([
      { name: 'mine' },
    ]);
  });
  it('refuses a file for a folder', () => {
    expect(() => planOf(includeVars, { dir: 'file' }, [], { local })).toThrow(/not a folder/);
  });
});

describe('reboot and wait_for_connection', () => {
  it('waits on the controller', () => {
    expect(planOf(waitForConnection, { timeout: 9 })).toEqual({
      actions: [],
      controller: [{ type: 'reconnect', delay: 0, sleep: 1, timeout: 9, connectTimeout: 5 }],
    });
  });
  const known = [answer(ask('fact', 'boot'), { boot_id: 'id-1' })];
  it('goes down in the background, and must come back as another boot', () => {
    const change = planOf(
      reboot,
      { msg: "it's time", pre_reboot_delay: 3, post_reboot_delay: 4, test_command: 'true' },
      known,
    );
    expect(change).toMatchObject({
      actions: [{ kind: 'run', effects: [{ type: 'stale-all' }] }],
      controller: [{ type: 'reconnect', delay: 9, timeout: 600, testCommand: 'true', bootId: 'id-1' }],
      result: { rebooted: true },
    });
    const [, , script] = (change.actions[0] as { argv: string[] }).argv;
    expect(script).toMatch(/^\[ "\$\(id -u\)" = 0 \]/);
    expect(script).toMatch(/setsid sh -c .*sleep 5/s);
    expect(script).toMatch(/<\/dev\/null >\/dev\/null 2>&1 &$/);
  });
  it('takes another command', () => {
    const [, , script] = (planOf(reboot, { reboot_command: "kexec -e 'x'" }, known).actions[0] as { argv: string[] })
      .argv as [string, string, string];
    expect(script).toBe("setsid sh -c 'sleep 2\nkexec -e '\\''x'\\''' </dev/null >/dev/null 2>&1 &");
  });
  it('explains a refusal', () => {
    const outcome = {
      status: 1,
      stdout: '',
      stderr: 'Permission denied: only root may restart the host\n',
      truncated: false,
      duration: 0,
    };
    expect(reboot.conclude!({} as never, [outcome], { actions: [] })).toMatchObject({
      failed: true,
      hint: 'run the task with become: true',
    });
  });
});
