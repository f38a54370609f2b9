import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2, { type ConnectConfig } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type EmbeddedServer,
  type EmbeddedServerOptions,
  startEmbeddedServer,
} from '../../../src/lab/embedded/server.js';
import { generateKey } from '../../../src/lab/keys.js';
import { labDown, labList, labSsh, labUp } from '../../../src/lab/lab.js';
import { isAlive, processIdentity } from '../../../src/lab/process.js';

const key = generateKey('test');
let home: string;
let server: EmbeddedServer | undefined;
const clients: InstanceType<typeof ssh2.Client>[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'embedded-'));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await server?.close();
  server = undefined;
  rmSync(home, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedServerOptions> = {}): Promise<EmbeddedServer> {
  server = await startEmbeddedServer({ home, authorizedKeys: [key.publicKey], ...options });
  return server;
}

function login(config: Partial<ConnectConfig> = {}): Promise<InstanceType<typeof ssh2.Client>> {
  const client = new ssh2.Client();
  clients.push(client);
  return new Promise((resolve, reject) => {
    client.on('ready', () => resolve(client)).on('error', reject);
    const hostVerifier = (shown: Buffer) => `ssh-ed25519 ${shown.toString('base64')}` === server?.hostKey;
    const account = { username: userInfo().username, privateKey: key.privateKey };
    client.connect({ host: '127.0.0.1', port: server?.port, hostVerifier, ...account, ...config });
  });
}

interface Outcome {
  code?: number | null;
  signal?: string;
  out: number;
  text: string;
  err: string;
}

async function run(command: string, input?: Buffer | string): Promise<Outcome> {
  const client = await login();
  client.on('error', () => undefined);
  const outcome: Outcome = { out: 0, text: '', err: '' };
  return await new Promise((resolve, reject) => {
    client.on('close', () => resolve(outcome));
    client.exec(command, (error, stream) => {
      if (error) return reject(error);
      stream.on('data', (chunk: Buffer) => {
        outcome.out += chunk.length;
        if (outcome.text.length < 10_000) outcome.text += chunk.toString('latin1');
      });
      stream.stderr.on('data', (chunk: Buffer) => {
        outcome.err += chunk.toString();
      });
      stream.on('exit', (code: number | null, signal?: string) => Object.assign(outcome, { code, signal }));
      stream.on('close', () => resolve(outcome));
      stream.end(input);
    });
  });
}

describe('a well-behaved embedded host', () => {
  it('runs a command in its scratch directory, streams apart', async () => {
    await start();
    const { code, text, err } = await run('pwd; echo "$HOME"; echo wrong >&2; exit 7');
    expect({ code, text, err }).toEqual({ code: 7, text: `${home}\n${home}\n`, err: 'wrong\n' });
  });

  it('tells the signal that ended a command', async () => {
    await start();
    expect(await run('kill -TERM $$')).toMatchObject({ signal: 'SIGTERM', code: null });
  });

  it('carries any bytes both ways', async () => {
    await start();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    expect((await run('cat', bytes)).text).toBe(bytes.toString('latin1'));
    expect(await run('head -c 20000000 /dev/zero')).toMatchObject({ out: 20_000_000, code: 0 });
    expect((await run('wc -c', Buffer.alloc(5_000_000))).text.trim()).toBe('5000000');
  });

  it('keeps a shell open for one command after another', async () => {
    await start();
    const client = await login();
    const stream = await new Promise<import('ssh2').ClientChannel>((resolve, reject) =>
      client.exec('exec sh', (error, channel) => (error ? reject(error) : resolve(channel))),
    );
    for (const word of ['one', 'two']) {
      const answer = new Promise((resolve) => stream.once('data', (chunk: Buffer) => resolve(chunk.toString())));
      stream.write(`echo ${word}\n`);
      expect(await answer).toBe(`${word}\n`);
    }
    expect(server?.counts()).toEqual({ connections: 1, commands: 1 });
  });

  it('refuses another key, another user, another password', async () => {
    await start({ password: 'right' });
    const wrong = { privateKey: generateKey('x').privateKey };
    await expect(login(wrong)).rejects.toThrow(/authentication/);
    await expect(login({ username: 'nobody-here' })).rejects.toThrow(/authentication/);
    await expect(login({ privateKey: undefined, password: 'wrong' })).rejects.toThrow(/authentication/);
    await login({ privateKey: undefined, password: 'right' });
  });

  it('kills what still runs when it closes', async () => {
    await start();
    void run(`sh -c 'echo $$ > pid; exec sleep 60'`);
    while (!existsSync(join(home, 'pid')) || statSync(join(home, 'pid')).size === 0) await sleep(10);
    const pid = Number(readFileSync(join(home, 'pid'), 'utf8'));
    expect(await processIdentity(pid)).toBeDefined();
    await server?.close();
    // A zombie that its new parent hasn't reaped yet has ended, too.
    for (let wait = 0; wait < 100 && (await processIdentity(pid)); wait++) await sleep(10);
    expect(await processIdentity(pid)).toBeUndefined();
  });
});

describe('a misbehaving embedded host', () => {
  it('never greets', async () => {
    await start({ misbehaviour: { silent: 'connect' } });
    await expect(login({ readyTimeout: 200 })).rejects.toThrow(/[Tt]imed out/);
  });

  it('never answers a command', async () => {
    await start({ misbehaviour: { silent: 'exec' } });
    const answer = await Promise.race([run('echo hello'), sleep(300, 'nothing')]);
    expect(answer).toBe('nothing');
    expect(server?.counts().commands).toBe(1);
  });

  it.each([0, 1, 1000, 100_000])('dies after %i bytes', async (dieAfterBytes) => {
    await start({ misbehaviour: { dieAfterBytes } });
    const { out, code } = await run('head -c 1000000 /dev/zero');
    expect(code).toBeUndefined();
    expect(out).toBe(dieAfterBytes);
  });

  it('ends a command without its exit status', async () => {
    await start({ misbehaviour: { dieWithoutExit: true } });
    const { text, code, signal } = await run('echo done');
    expect({ text, code, signal }).toEqual({ text: 'done\n', code: undefined, signal: undefined });
  });

  it('shows another key than the published one', async () => {
    await start({ misbehaviour: { wrongHostKey: true } });
    await expect(login()).rejects.toThrow(/[Hh]ost/);
  });

  it.each(['stdout', 'stderr'] as const)('floods %s, but only as fast as it is read', async (flood) => {
    await start({ misbehaviour: { flood } });
    const client = await login();
    let bytes = 0;
    const stream = await new Promise<import('ssh2').ClientChannel>((resolve, reject) =>
      client.exec('true', (error, channel) => (error ? reject(error) : resolve(channel))),
    );
    const output = flood === 'stdout' ? stream : stream.stderr;
    output.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    while (bytes <= 20_000_000) await sleep(5);
    output.pause();
    await sleep(50);
    const [paused, memory] = [bytes, process.memoryUsage().rss];
    await sleep(200);
    expect(bytes).toBe(paused);
    expect(process.memoryUsage().rss - memory).toBeLessThan(50_000_000);
  });

  it('refuses every login', async () => {
    await start({ misbehaviour: { refuseAuth: true } });
    await expect(login()).rejects.toThrow(/authentication/);
  });

  it('is slow to start and slow to speak', async () => {
    await start({ misbehaviour: { slow: { delay: 200, bytesPerSecond: 10_000 } } });
    const before = performance.now();
    expect(await run('head -c 4000 /dev/zero')).toMatchObject({ out: 4000, code: 0 });
    expect(performance.now() - before).toBeGreaterThan(550);
  });

  it('sends bytes before its greeting', async () => {
    await start({ misbehaviour: { preamble: 'go away\r\n' } });
    const first = await new Promise<string>((resolve) => {
      const socket = connect(server?.port ?? 0, '127.0.0.1');
      socket.once('data', (chunk) => {
        socket.destroy();
        resolve(chunk.toString());
      });
    });
    expect(first).toMatch(/^go away\r\n/);
  });
});

describe('an embedded lab', () => {
  it('outlives its up, is the same on a second up, and leaves nothing after down', async () => {
    const options = {
      root: home,
      name: 'little',
      hosts: [{ name: 'a' }, { name: 'b' }],
      provider: 'embedded' as const,
    };
    const first = await labUp(options);
    try {
      expect(statSync(first.keyFile).mode & 0o777).toBe(0o600);
      expect(statSync(join(first.folder, 'state.json')).mode & 0o777).toBe(0o600);
      expect(readFileSync(first.knownHostsFile, 'utf8')).toContain(`[127.0.0.1]:${first.hosts[1]?.port} ssh-ed25519 `);
      expect(labSsh({ root: home, name: 'little', host: 'b' })).toContain(String(first.hosts[1]?.port));
      expect(() => labSsh({ root: home, name: 'little', host: 'c' })).toThrow(/a, b/);
      expect(await labUp({ root: home, name: 'little' })).toEqual(first);
      const more = await labUp({ root: home, name: 'little', hosts: [{ name: 'c' }] });
      expect(more.hosts.slice(0, 2)).toEqual(first.hosts);
      expect((await labList(home)).map((lab) => lab.hosts.map(({ name, running }) => [name, running]))).toEqual([
        [
          ['a', true],
          ['b', true],
          ['c', true],
        ],
      ]);
      await expect(labUp({ ...options, provider: 'nspawn' })).rejects.toThrow(/provider embedded/);
      await labDown({ root: home, name: 'little' });
      for (const host of more.hosts) expect(await isAlive(host.process)).toBe(false);
      expect(existsSync(join(home, '.hostwright'))).toBe(false);
    } finally {
      await labDown({ root: home, name: 'little' });
    }
    await expect(labList(home)).resolves.toEqual([]);
  });
});
