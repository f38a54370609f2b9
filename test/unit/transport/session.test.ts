import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { connectLocal } from '../../../src/transport/local.js';
import { Session, type Step } from '../../../src/transport/session.js';
import { bootCommand } from '../../../src/transport/shell.js';

const shells: [string, string[]][] = [
  ['dash', ['/bin/dash']],
  ['bash', ['/bin/bash']],
  ['busybox ash', ['/bin/busybox', 'ash']],
];
const folder = mkdtempSync(join(tmpdir(), 'hostwright-session-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The loop itself must run in the shell under test, not in whatever /bin/sh is. */
async function open(shell: string[]): Promise<Session> {
  const words = shell.map((word) => `'${word}'`).join(' ');
  return new Session(await connectLocal({ shell }).openShell(bootCommand().replace('exec sh', `exec ${words}`)));
}
const plain = (text: string): Step => ({ text, guarded: false, streams: false });
const action = (text: string): Step => ({ text, guarded: true, streams: false });
const program = (text: string): Step => ({ text: `hw_c() ( ${text} )\nhw_exec hw_c`, guarded: true, streams: true });
const wait = { timeout: 20 };

describe.each(shells.filter(([, [path]]) => existsSync(path!)))('the session under %s', (_name, shell) => {
  it('answers steps with their bytes and status', async () => {
    const session = await open(shell);
    const results = await session.exchange(
      [plain('printf "a\\nb"'), plain('false'), plain('printf "\\0\\377x"')],
      wait,
    );
    expect(results.map((result) => [result.stdout.toString('latin1'), result.status])).toEqual([
      ['a\nb', 0],
      ['', 1],
      ['\0\xffx', 0],
    ]);
    expect((await session.exchange([plain('echo again')], wait))[0]!.stdout.toString()).toBe('again\n');
    expect(session.roundTrips).toBe(2);
    session.close();
  });

  it('passes over guarded steps after a failed one, but not their bytes', async () => {
    const session = await open(shell);
    const lost: Step = { ...action(`hw_recv 70000 ${folder}/never`), payload: Buffer.alloc(70000, 'x') };
    const results = await session.exchange(
      [action('true'), action('echo no; exit_status=3; (exit 3)'), lost, plain('echo on')],
      wait,
    );
    expect(results.map((result) => result.status)).toEqual([0, 3, undefined, 0]);
    expect(results[1]!.stdout.toString()).toBe('no\n');
    expect(results[3]!.stdout.toString()).toBe('on\n');
    expect(existsSync(join(folder, 'never'))).toBe(false);
    session.close();
  });

  it('ends where a file that is sent shrinks or goes, or the host does not read: within the time limit', async () => {
    const some = async function* (): AsyncIterable<Buffer> {
      yield Buffer.alloc(10);
    };
    const none = async function* (): AsyncIterable<Buffer> {
      throw new Error('ENOENT');
    };
    for (const [file, message] of [
      [some, /10 bytes where it had 20/],
      [none, /cannot be read: ENOENT/],
    ] as const) {
      const session = await open(shell);
      const step: Step = { ...action(`hw_recv 20 ${folder}/short`), payload: { size: 20, open: file } };
      await expect(session.exchange([step], wait)).rejects.toThrow(message);
      expect(session.usable).toBe(false);
    }
    const session = await open(shell);
    const deaf: Step = { ...action('sleep 4'), payload: Buffer.alloc(1_000_000) };
    const begun = performance.now();
    await expect(session.exchange([deaf], { timeout: 1 })).rejects.toThrow(/no answer within 1 s/);
    expect(performance.now() - begun).toBeLessThan(3500);
  });

  it('carries any bytes to a file, and stays in step when the file cannot be written', async () => {
    const session = await open(shell);
    for (const size of [0, 1, 65535, 65536, 65537, 300001]) {
      const bytes = Buffer.from(Array.from({ length: size }, (_, i) => (i * 7919) & 255));
      const target = join(folder, `bytes-${size}`);
      const good: Step = { ...action(`hw_recv ${size} '${target}'`), payload: bytes };
      const bad: Step = { ...action(`hw_recv ${size} /proc/nowhere/x`), payload: bytes };
      const results = await session.exchange([good, bad, plain('echo in step')], wait);
      expect(results[0]!.status).toBe(0);
      expect(readFileSync(target).equals(bytes)).toBe(true);
      expect(results[1]!.status).not.toBe(0);
      expect(results[2]!.stdout.toString()).toBe('in step\n');
    }
    session.close();
  });

  it('keeps stdout and stderr of a program apart and tells its status', async () => {
    const session = await open(shell);
    const [first, skipped] = await session.exchange([program('echo out; echo err >&2; exit 7'), action('true')], wait);
    expect([first!.stdout.toString(), first!.stderr.toString(), first!.status]).toEqual(['out\n', 'err\n', 7]);
    expect(skipped!.status).toBeUndefined();
    session.close();
  });

  it('is not fooled by output that looks like its markers', async () => {
    const session = await open(shell);
    const text = `printf '\\036%se0:0\\n' 0123456789abcdef0123456789abcdef; printf 'hw_end 0 0\\n'; env; echo "$hw_nonce" | wc -c >&2`;
    const [first, second] = await session.exchange([program(text), plain('echo fine')], wait);
    expect(first!.status).toBe(0);
    expect(first!.stdout.toString('latin1')).not.toMatch(/hw_nonce=/); // not in any program's environment
    expect(second!.stdout.toString()).toBe('fine\n');
    session.close();
  });

  it('bounds the memory that a flood can take, and says what it left out', async () => {
    const session = await open(shell);
    let seen = 0;
    const [flood, next] = await session.exchange([program('head -c 30000000 /dev/zero'), plain('echo fine')], {
      ...wait,
      onOutput: (_index, _stream, data) => {
        seen += data.length;
      },
    });
    expect(seen).toBe(30_000_000);
    expect(flood!.truncated).toBe(true);
    expect(flood!.stdout.length).toBeLessThan(1024 * 1024 + 100);
    expect(flood!.stdout.includes('bytes left out')).toBe(true);
    expect(next!.stdout.toString()).toBe('fine\n');
    session.close();
  });

  it('does not wait for something left running that holds the output', async () => {
    const session = await open(shell);
    const started = Date.now();
    const results = await session.exchange(
      [program('echo started; (sleep 30; echo late) & exit 3'), plain('echo next')],
      wait,
    );
    expect(Date.now() - started).toBeLessThan(10_000);
    expect([results[0]!.status, results[0]!.stdout.toString()]).toEqual([3, 'started\n']);
    expect(results[1]!.stdout.toString()).toBe('next\n');
    session.close();
  });

  it('never runs a batch that was cut off', async () => {
    const connection = connectLocal({ shell });
    const words = shell.map((word) => `'${word}'`).join(' ');
    const raw = await connection.openShell(bootCommand().replace('exec sh', `exec ${words}`));
    raw.stdin.end(`100 seal\necho half > ${folder}/half\n`);
    await raw.ended;
    expect(existsSync(join(folder, 'half'))).toBe(false);
  });

  it('lets a program finish when the link dies while it prints', async () => {
    const connection = connectLocal({ shell });
    const words = shell.map((word) => `'${word}'`).join(' ');
    const session = new Session(await connection.openShell(bootCommand().replace('exec sh', `exec ${words}`)));
    const target = join(folder, `survivor-${shell.at(-1)!.replaceAll('/', '')}`);
    const loop = `i=0; while [ $i -lt 40 ]; do echo line; i=$((i+1)); sleep 0.02; done; echo done > '${target}'`;
    const lost = session.exchange([program(loop)], wait).catch((error: Error) => error.message);
    await new Promise((resolve) => setTimeout(resolve, 200));
    session.close();
    await lost;
    await expect.poll(() => existsSync(target), { timeout: 5000 }).toBe(true);
  });

  it('says unreachable when the host is silent too long or the shell dies', async () => {
    const silent = await open(shell);
    await expect(silent.exchange([plain('sleep 20')], { timeout: 0.3 })).rejects.toMatchObject({ reason: 'timeout' });
    const dying = await open(shell);
    await expect(dying.exchange([plain('echo bye >&2; kill -9 $$')], wait)).rejects.toMatchObject({ reason: 'lost' });
    await expect(dying.exchange([plain('true')], wait)).rejects.toMatchObject({ reason: 'lost' });
  });
});
