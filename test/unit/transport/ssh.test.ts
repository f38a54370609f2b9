import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  type EmbeddedServer,
  type EmbeddedServerOptions,
  startEmbeddedServer,
} from '../../../src/lab/embedded/server.js';
import { generateKey } from '../../../src/lab/keys.js';
import { openSession } from '../../../src/transport/become.js';
import { KnownHosts } from '../../../src/transport/known-hosts.js';
import type { Session, Step } from '../../../src/transport/session.js';
import type { Connection } from '../../../src/transport/shell.js';
import { connectSsh, type SshTarget } from '../../../src/transport/ssh.js';

const folder = mkdtempSync(join(tmpdir(), 'hostwright-ssh-'));
const key = generateKey('test');
const keyFile = join(folder, 'key');
writeFileSync(keyFile, key.privateKey, { mode: 0o600 });
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function knownHosts(text: string): KnownHosts {
  const file = join(folder, `known-${files++}`);
  writeFileSync(file, text);
  return KnownHosts.read([file]);
}

async function host(options: Partial<EmbeddedServerOptions> = {}): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({ home: folder, authorizedKeys: [key.publicKey], ...options });
  open.push(server);
  return server;
}

async function connect(server: EmbeddedServer, more: Partial<SshTarget> = {}): Promise<Connection> {
  const connection = await connectSsh({
    address: '127.0.0.1',
    port: server.port,
    user: userInfo().username,
    knownHosts: knownHosts(`[127.0.0.1]:${server.port} ${server.hostKey}\n`),
    acceptNewHostKeys: false,
    privateKeyFile: keyFile,
    timeout: 5,
    ...more,
  });
  open.push(connection);
  return connection;
}

async function session(server: EmbeddedServer, more?: Partial<SshTarget>): Promise<Session> {
  const opened = await openSession(await connect(server, more), undefined, 5);
  open.push(opened);
  return opened;
}

const plain = (text: string): Step => ({ text, guarded: false, streams: false });
const say = async (each: Session, text = 'echo hello', timeout = 10): Promise<string> =>
  (await each.exchange([plain(text)], { timeout }))[0]!.stdout.toString();
const why = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it should have failed'),
    (error: { reason: string; message: string; hint?: string }) => error,
  );

describe('logging in', () => {
  it('works with a key, and one connection carries many shells', async () => {
    const server = await host();
    const connection = await connect(server);
    const sessions = await Promise.all([1, 2, 3].map(() => openSession(connection, undefined, 5)));
    expect(await Promise.all(sessions.map((each, i) => say(each, `echo ${i}`)))).toEqual(['0\n', '1\n', '2\n']);
    expect(server.counts()).toEqual({ connections: 1, commands: 3 });
  });

  it('works with a password', async () => {
    const server = await host({ authorizedKeys: [], password: 'pass word' });
    expect(await say(await session(server, { password: 'pass word' }))).toBe('hello\n');
    const wrong = await why(connect(server, { password: 'wrong' }));
    expect(wrong).toMatchObject({ reason: 'authentication', message: expect.stringContaining('password') });
    expect(wrong.message).not.toContain('wrong');
  });

  it('works with a key that has a passphrase, and says so where it is missing', async () => {
    const { execFileSync } = await import('node:child_process');
    const file = join(folder, 'locked');
    writeFileSync(file, key.privateKey, { mode: 0o600 });
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', file], { stdio: 'ignore' });
    const server = await host();
    const missing = await why(connect(server, { privateKeyFile: file }));
    expect(missing).toMatchObject({ reason: 'authentication', hint: expect.stringContaining('--ask-key-passphrase') });
    expect(await say(await session(server, { privateKeyFile: file, passphrase: 'open sesame' }))).toBe('hello\n');
  });

  it.each([
    ['a key that the host does not know', {}, 'authentication', 'publickey'],
    ['a key file that does not exist', { privateKeyFile: '/nowhere/key' }, 'authentication', '/nowhere/key'],
    ['a key file that is no key', { privateKeyFile: '/etc/passwd' }, 'authentication', '/etc/passwd'],
    ['a user that may not', { user: 'nobody-of-this-name' }, 'authentication', 'nobody-of-this-name@'],
  ] as const)('tells %s', async (_name, more, reason, message) => {
    const server = await host({ authorizedKeys: [generateKey('other').publicKey] });
    const error = await why(connect(server, more));
    expect(error).toMatchObject({ reason, message: expect.stringContaining(message) });
    expect(error.hint).toBeTruthy();
  });
});

describe('host keys', () => {
  it('an unknown one stops the connection before any login is tried', async () => {
    const server = await host();
    const error = await why(connect(server, { knownHosts: knownHosts('') }));
    expect(error).toMatchObject({ reason: 'host-key', message: expect.stringContaining('not known') });
    expect(server.counts().commands).toBe(0);
  });

  it('a changed one stops it too, also where new ones are accepted', async () => {
    for (const acceptNewHostKeys of [true, false]) {
      const error = await why(connect(await host({ misbehaviour: { wrongHostKey: true } }), { acceptNewHostKeys }));
      expect(error).toMatchObject({ reason: 'host-key', message: expect.stringContaining('CHANGED') });
    }
  });

  it('a new one is taken where that was said', async () => {
    const server = await host();
    const known = knownHosts('');
    await connect(server, { knownHosts: known, acceptNewHostKeys: true });
    await connect(server, { knownHosts: known });
    expect(await say(await session(server, { knownHosts: known }))).toBe('hello\n');
  });
});

describe('hosts that misbehave', () => {
  it('nobody listens', async () => {
    const server = await host();
    await server.close();
    expect(await why(connect(server))).toMatchObject({
      reason: 'refused',
      hint: expect.stringContaining('ansible_port'),
    });
  });

  it('takes the connection and says nothing', async () => {
    const started = Date.now();
    const error = await why(connect(await host({ misbehaviour: { silent: 'connect' } }), { timeout: 0.4 }));
    expect(error).toMatchObject({ reason: 'timeout', message: expect.stringContaining('0.4 s') });
    expect(Date.now() - started).toBeLessThan(5000);
  });

  it('is not an SSH server', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    const { port } = server.address() as { port: number };
    const error = await why(connect({ port, hostKey: 'ssh-ed25519 AAAA' } as EmbeddedServer, { timeout: 2 }));
    expect(['lost', 'timeout']).toContain(error.reason);
  });

  it('hangs up while it answers: never a success', async () => {
    const quiet = await session(await host({ misbehaviour: { dieAfterBytes: 2000 } }));
    const error = await why(quiet.exchange([plain('head -c 5000 /dev/zero | tr "\\0" x')], { timeout: 10 }));
    expect(error).toMatchObject({ reason: 'lost' });
    expect(quiet.usable).toBe(false);
  });

  it('takes a command and never answers', async () => {
    const quiet = await session(await host({ misbehaviour: { silent: 'exec' } }));
    expect(await why(quiet.exchange([plain('true')], { timeout: 0.3 }))).toMatchObject({ reason: 'timeout' });
  });

  it('logs in and never opens a shell', async () => {
    const { privateKey, publicKey: hostKey } = generateKey('host');
    const server = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
      client.on('authentication', (attempt) => attempt.accept());
      client.on('error', () => {});
      client.on('session', () => {});
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    const { port } = server.address() as { port: number };
    const connection = await connect({ port, hostKey } as EmbeddedServer, { timeout: 0.5 });
    expect(await why(connection.openShell('true'))).toMatchObject({
      reason: 'timeout',
      message: expect.stringContaining('0.5 s'),
    });
  });

  it('floods one answer: stopped, and told', async () => {
    const flooded = await session(await host({ misbehaviour: { flood: 'stdout' } }));
    expect(await why(flooded.exchange([plain('true')], { timeout: 5 }))).toMatchObject({
      reason: expect.stringMatching(/protocol|timeout/),
    });
  });

  it('prints before it greets', async () => {
    const server = await host({ misbehaviour: { preamble: 'Welcome\r\nto this host\r\n' } });
    expect(await say(await session(server))).toBe('hello\n');
  });

  it('loses the connection between two batches', async () => {
    const server = await host();
    const each = await session(server);
    expect(await say(each)).toBe('hello\n');
    await server.close();
    expect(await why(each.exchange([plain('true')], { timeout: 5 }))).toMatchObject({ reason: 'lost' });
  });

  it('is slow, and right all the same', async () => {
    const server = await host({ misbehaviour: { slow: { delay: 50, bytesPerSecond: 20_000 } } });
    expect((await say(await session(server), 'head -c 8000 /dev/zero | tr "\\0" x')).length).toBe(8000);
  });
});
