import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Value } from '../../../src/base/value.js';
import { waitFor } from '../../../src/modules/wait-for.js';
import { openSession, shells } from '../probes/shells.js';
import { doForReal, type RealResult } from './for-real.js';
import { planOf } from './plan-of.js';

const folder = mkdtempSync(join(tmpdir(), 'hostwright-wait-'));
let server: Server;
let port = 0;
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('220 mail.example ESMTP\r\nversion 1.2.3\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  writeFileSync(join(folder, 'log'), 'starting\nlistening on 8080\n');
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const TOOLS = ['sh', 'cat', 'dd', 'tee', 'sleep', 'timeout', 'grep', 'head', 'date', 'mktemp', 'rm'];

/** A session in which, of the programs that look at ports, there is only this one. */
async function openWith(shell: readonly string[], program: string | undefined) {
  const bin = mkdtempSync(join(folder, 'bin-'));
  for (const each of [...TOOLS, ...(program === undefined ? [] : [program])]) {
    symlinkSync(
      execFileSync('sh', ['-c', `command -v ${each}`])
        .toString()
        .trim(),
      join(bin, each),
    );
  }
  const session = await openSession(shell);
  await session.exchange([{ text: `PATH=${bin}`, guarded: false, streams: false }], { timeout: 5 });
  return session;
}
const present = (program: string): boolean => {
  try {
    return execFileSync('sh', ['-c', `command -v ${program}`]).length > 0;
  } catch {
    return false;
  }
};

describe('the plan of a wait', () => {
  it.each([
    [{ port: 0 }, /no port/],
    [{ port: 99999 }, /no port/],
    [{ state: 'drained' }, /state of a port/],
    [{ path: 'x' }, /absolute/],
    [{ path: '/x', port: 1 }, /cannot be given together/],
  ])('refuses %j', (args, message) => {
    expect(() => planOf(waitFor, args as Value)).toThrow(message);
  });
  it('changes nothing, has time enough, and cannot be told beforehand', () => {
    const change = planOf(waitFor, { port: 80, timeout: 100, delay: 10 });
    expect(change).toMatchObject({
      changed: false,
      unknown: expect.stringContaining('127.0.0.1:80'),
      actions: [{ kind: 'run', effects: [] }],
    });
    expect((change.actions[0] as { timeout: number }).timeout).toBeGreaterThan(110);
  });
});

describe.concurrent.each(shells)('waiting for real under %s', (_name, shell) => {
  const wait = async (args: Record<string, Value>, program = 'bash'): Promise<RealResult> => {
    const session = await openWith(shell, program);
    try {
      return await doForReal(session, waitFor, { timeout: 0, connect_timeout: 1, ...args });
    } finally {
      session.close();
    }
  };

  it.each(['bash', 'nc', 'curl'].filter(present))('a port, with %s', async (program) => {
    expect(await wait({ port }, program)).toMatchObject({
      failed: false,
      changed: false,
      result: { state: 'started' },
    });
    const closed = await wait({ port: 9, timeout: 1 }, program);
    expect(closed.conclusion).toMatchObject({ failed: true, message: '127.0.0.1:9 was not started within 1 s' });
    expect(closed.result['elapsed']).toBeGreaterThanOrEqual(1);
    expect((await wait({ port: 9, state: 'stopped' }, program)).failed).toBe(false);
    expect((await wait({ port, state: 'absent', msg: 'still there' }, program)).conclusion.message).toBe('still there');
  });
  it.each(['bash', 'nc', 'curl'].filter(present))('what a port sends, with %s', async (program) => {
    const found = await wait({ port, search_regex: 'version (\\d+)\\.(?<minor>\\d+)' }, program);
    expect([found.failed, found.result['match_groups'], found.result['match_groupdict']]).toEqual([
      false,
      ['1', '2'],
      { minor: '2' },
    ]);
    const other = await wait({ port, search_regex: "no 'such' thing" }, program);
    expect(other.conclusion.message).toContain('with "no \'such\' thing" was not started');
  });
  it('says what to install where nothing can look', async () => {
    const session = await openWith(shell, undefined);
    const { conclusion } = await doForReal(session, waitFor, { port });
    session.close();
    expect(conclusion).toMatchObject({
      failed: true,
      message: expect.stringContaining('neither bash nor nc nor curl'),
      hint: expect.stringContaining('install'),
    });
  });
  it('a file, and what is in it', async () => {
    const path = join(folder, 'log');
    expect((await wait({ path })).failed).toBe(false);
    expect((await wait({ path, search_regex: 'listening on (\\d+)' })).result['match_groups']).toEqual(['8080']);
    expect((await wait({ path, search_regex: '^on' })).failed).toBe(true);
    expect((await wait({ path: `${path}-not` })).conclusion.message).toBe(`${path}-not was not started within 0 s`);
    expect((await wait({ path: `${path}-not`, state: 'absent' })).failed).toBe(false);
    expect((await wait({ path, search_regex: '(' })).conclusion).toMatchObject({
      failed: true,
      message: expect.stringMatching(/cannot wait for .*log: .+/),
    });
  });
  it('until it comes, and until it goes', async () => {
    const path = join(folder, `soon-${shell.join('-').replaceAll('/', '')}`);
    setTimeout(() => writeFileSync(path, ''), 700);
    const came = await wait({ path, timeout: 10 });
    expect(came.failed).toBe(false);
    expect(came.outcomes[0]!.duration).toBeGreaterThan(0.5);
    setTimeout(() => rmSync(path), 700);
    expect((await wait({ path, state: 'absent', timeout: 10 })).failed).toBe(false);
  });
  it('until nobody is connected', async () => {
    expect((await wait({ port: 9, state: 'drained' })).failed).toBe(false);
    const { connect } = await import('node:net');
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('data', resolve));
    expect((await wait({ port, state: 'drained' })).failed).toBe(true);
    socket.destroy();
  });
  it('some time', async () => {
    const { outcomes, failed } = await wait({ timeout: 1 });
    expect(failed).toBe(false);
    expect(outcomes[0]!.duration).toBeGreaterThanOrEqual(0.95);
  });
});
