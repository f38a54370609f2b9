import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from '../../../src/lab/lock.js';
import { endProcess, isAlive, processIdentity, runCommand } from '../../../src/lab/process.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('withLock', () => {
  it('lets one in at a time and leaves no file', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await sleep(5);
      inside--;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(join(folder, 'lock'), work)));
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['a process that is gone', { pid: 2 ** 22 + 1, startTime: 'x:1' }],
    ['another process with the same id', { pid: process.pid, startTime: 'x:1' }],
  ])('takes the lock of %s', async (_, holder) => {
    const path = join(folder, 'lock');
    writeFileSync(path, JSON.stringify(holder));
    expect(await withLock(path, async () => 'mine')).toBe('mine');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('waits for a living holder and tells who it is, once', async () => {
    const path = join(folder, 'lock');
    const told: number[] = [];
    const order: string[] = [];
    const first = withLock(path, async () => {
      await sleep(150);
      order.push('first');
    });
    await sleep(20);
    await withLock(
      path,
      async () => order.push('second'),
      (pid) => told.push(pid),
    );
    await first;
    expect(order).toEqual(['first', 'second']);
    expect(told).toEqual([process.pid]);
  });

  it('is freed by an error', async () => {
    const path = join(folder, 'lock');
    await expect(withLock(path, async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('processes', () => {
  it('knows itself, and not itself with another start time', async () => {
    const own = await processIdentity(process.pid);
    expect(await isAlive(own)).toBe(true);
    expect(await isAlive({ pid: process.pid, startTime: 'other' })).toBe(false);
  });

  it('does not end another process that has the same id', async () => {
    expect(await endProcess({ pid: process.pid, startTime: 'other' }, 'SIGKILL')).toBe(true);
  });

  it('keeps exit status, both streams and input apart', async () => {
    const result = await runCommand(['sh', '-c', 'cat; echo err >&2; exit 3'], { input: 'in' });
    expect(result).toEqual({ code: 3, stdout: 'in', stderr: 'err\n' });
  });

  it('ends a command at its time limit', async () => {
    expect((await runCommand(['sleep', '60'], { timeout: 50 })).code).toBe(137);
  });
});
