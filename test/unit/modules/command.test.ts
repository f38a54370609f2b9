import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { command } from '../../../src/modules/command.js';
import { showDuration } from '../../../src/modules/program.js';
import { script } from '../../../src/modules/script.js';
import { shell } from '../../../src/modules/shell.js';
import { ask } from '../../../src/probes/registry.js';
import type { FileStat } from '../../../src/probes/stat.js';
import type { Session } from '../../../src/transport/session.js';
import { openSession, shells } from '../probes/shells.js';
import { doForReal } from './for-real.js';
import { answer, planOf } from './plan-of.js';

const file = { type: 'file' } as FileStat;
const folder = mkdtempSync(join(tmpdir(), 'hostwright-program-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the plan of a command', () => {
  it('runs the words, and says that nobody knows what that changes', () => {
    const change = planOf(command, { cmd: `make 'a b' c`, chdir: '/src', stdin: 'in' });
    expect(change.actions).toEqual([
      {
        kind: 'run',
        argv: ['make', 'a b', 'c'],
        cwd: '/src',
        environment: {},
        ownLocale: true,
        stdin: Buffer.from('in\n'),
      },
    ]);
    expect(change.unknown).toMatch(/only by running/);
    expect(change.result).toEqual({ cmd: ['make', 'a b', 'c'] });
  });
  it('takes argv as it is', () => {
    expect(planOf(command, { argv: ['echo', "it's"] }).actions).toMatchObject([{ argv: ['echo', "it's"] }]);
  });
  it('runs nothing where `creates` is there, and knows its effect where it is not', () => {
    const there = planOf(command, { cmd: 'x', creates: '/f' }, [answer(ask('stat', '/f'), file)]);
    expect(there).toMatchObject({
      actions: [],
      message: '/f exists',
      result: { rc: 0, stdout: 'skipped, since /f exists' },
    });
    const absent = planOf(command, { cmd: 'x', creates: '/f' }, [answer(ask('stat', '/f'), null)]);
    expect(absent.actions).toHaveLength(1);
    expect(absent.unknown).toBeUndefined();
  });
  it('runs nothing where `removes` is not there', () => {
    expect(planOf(command, { cmd: 'x', removes: '/f' }, [answer(ask('stat', '/f'), null)]).actions).toEqual([]);
    expect(planOf(command, { cmd: 'x', removes: '/f' }, [answer(ask('stat', '/f'), file)]).actions).toHaveLength(1);
  });
  it.each([
    [{ cmd: '' }, /empty/],
    [{ cmd: '   ' }, /empty/],
    [{ argv: [] }, /empty/],
    [{ cmd: "a 'b" }, /not closed/],
    [{ cmd: 'a', argv: ['b'] }, /cannot be given together/],
    [{}, /one of cmd, argv is required/],
  ])('refuses %j', (args, message) => {
    expect(() => planOf(command, args)).toThrow(message);
  });
  it('hands on environment and time limit', () => {
    const change = planOf(command, { cmd: 'x' }, [], { environment: { A: '1' }, timeout: 5 });
    expect(change.actions).toMatchObject([{ environment: { A: '1' }, timeout: 5 }]);
  });
});

describe('what a program’s end says', () => {
  const end = (status: number, stdout = '', stderr = '') => [
    { status, stdout, stderr, truncated: false, duration: 61.5 },
  ];
  const args = { strip_empty_ends: true } as never;
  it('registers what Ansible does', () => {
    const { failed, result } = command.conclude!(args, end(0, 'a\nb\n\n', 'e\n'), { actions: [] });
    expect(failed).toBe(false);
    expect(result).toEqual({
      rc: 0,
      stdout: 'a\nb',
      stderr: 'e',
      stdout_lines: ['a', 'b'],
      stderr_lines: ['e'],
      delta: '0:01:01.500000',
    });
  });
  it.each([
    [1, 'status 1: why'],
    [124, 'did not end in time'],
    [126, 'may not be executed'],
    [127, 'command not found'],
    [137, 'signal 9'],
  ])('explains status %i', (status, message) => {
    expect(command.conclude!(args, end(status, '', 'why\n'), { actions: [] })).toMatchObject({
      failed: true,
      message: expect.stringContaining(message),
    });
  });
  it('shows durations as Ansible does', () => {
    expect([0, 0.25, 3725.000001].map(showDuration)).toEqual(['0:00:00.000000', '0:00:00.250000', '1:02:05.000001']);
  });
});

describe.each(shells)('programs for real under %s', (_name, sh) => {
  let session: Session;
  const open = async (): Promise<Session> => (session?.usable ? session : (session = await openSession(sh)));
  afterAll(() => session?.close());

  it('expands variables of the host in a command, and nothing else', async () => {
    process.env['HW_TEST'] = "a  'b' $HOME *";
    const cmd = `printf '[%s]' $HW_TEST \${HW_TEST}x '$NO_SUCH_NAME' '\${NO_SUCH_NAME}' '*' '$(id)' '$1' "it's"`;
    session = await openSession(sh);
    const { result } = await doForReal(session, command, { cmd });
    expect(result['stdout']).toBe(
      "[a  'b' $HOME *][a  'b' $HOME *x][$NO_SUCH_NAME][${NO_SUCH_NAME}][*][$(id)][$1][it's]",
    );
    const plain = await doForReal(session, command, { cmd: 'echo $HW_TEST', expand_argument_vars: false });
    expect(plain.result['stdout']).toBe('$HW_TEST');
  });
  it('looks for globs at creates', async () => {
    writeFileSync(join(folder, 'there 1.txt'), '');
    const at = (glob: string) => doForReal(session, command, { cmd: 'echo ran', creates: join(folder, glob) });
    expect((await at('there *.txt')).change.actions).toEqual([]);
    expect((await at('th[a-f]re*')).change.actions).toEqual([]);
    expect((await at('no*')).result['stdout']).toBe('ran');
    expect((await at('$(touch x)*')).result['stdout']).toBe('ran');
    expect(readdirSync(folder)).not.toContain('x');
  });
  it('says which folder it cannot go to', async () => {
    const { failed, conclusion } = await doForReal(await open(), command, { cmd: 'true', chdir: '/no/such' });
    expect(failed).toBe(true);
    expect(conclusion.message).toContain('/no/such');
  });
  it('gives a shell its line, whatever it holds', async () => {
    const { result } = await doForReal(await open(), shell, {
      cmd: `x='a b'; echo "$x" | tr a-z A-Z; echo >&2 err; cat`,
      stdin: 'in',
    });
    expect(result).toMatchObject({ rc: 0, stdout_lines: ['A B', 'in'], stderr: 'err' });
  });
  it('uses the shell that is asked for', async () => {
    const { result } = await doForReal(await open(), shell, {
      cmd: 'set -o pipefail; echo $BASH_VERSION; false | true',
      executable: '/bin/bash',
    });
    expect(result['rc']).toBe(1);
    expect(result['stdout']).toMatch(/^\d/);
  });

  const local = (content: string | Buffer) => ({
    local: {
      find: (name: string) => `/x/${name}`,
      bytes: () => Buffer.from(content),
      mode: () => 0o644,
      list: () => [],
      isDirectory: () => false,
    },
  });
  it('runs a script with its own interpreter and arguments, and leaves nothing', async () => {
    const text = '#!/bin/bash -e\necho "$#|$1|$2"; echo "$0" >&2; pwd; exit 4\n';
    const { result, failed } = await doForReal(
      await open(),
      script,
      { cmd: `run.sh 'a  b' "it's"`, chdir: folder },
      local(text),
    );
    expect(result).toMatchObject({ rc: 4, stdout: `2|a  b|it's\n${folder}` });
    expect(failed).toBe(true);
    expect(existsSync(String(result['stderr']))).toBe(false);
  });
  it('runs one without a first line in sh, any bytes in it', async () => {
    const { result } = await doForReal(
      await open(),
      script,
      { cmd: 'run' },
      local(Buffer.concat([Buffer.from('printf "\\303\\251"; cat; : '), Buffer.from([0xff, 10])])),
    );
    expect(result).toMatchObject({ rc: 0, stdout: 'é' });
  });
  it('runs one with the program that is asked for', async () => {
    const { result } = await doForReal(
      await open(),
      script,
      { cmd: 'prog x', executable: 'sed -n 2p' },
      local('one\ntwo\n'),
    );
    // sed reads the script, then fails for want of a file called x.
    expect(result['stdout']).toBe('two');
  });
  it('ends a script at its time limit, and leaves nothing', async () => {
    const target = join(folder, `path-${sh.length}`);
    const { result, conclusion } = await doForReal(
      await open(),
      script,
      { cmd: 'slow' },
      { timeout: 1, ...local(`#!/bin/sh\necho "$0" >'${target}'\nsleep 20\n`) },
    );
    expect(result['rc']).toBe(124);
    expect(conclusion.message).toMatch(/in time/);
    expect(existsSync(readFileSync(target, 'utf8').trim())).toBe(false);
  });
});
