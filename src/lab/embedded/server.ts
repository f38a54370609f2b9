import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { timingSafeEqual } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2, { type AuthContext, type Connection, type Session } from 'ssh2';
import { generateKey, type KeyPair } from '../keys.js';
import { type CommandContext, serveCommand, signalCommand } from './command.js';
import type { Misbehaviour } from './misbehaviour.js';

export interface EmbeddedServerOptions {
  /** The scratch directory: home and working directory of every command. */
  readonly home: string;
  /** Public keys that log in, as `ssh-ed25519 BASE64`. */
  readonly authorizedKeys?: readonly string[];
  /** A password that logs in; none by default. */
  readonly password?: string;
  /** The only user name that logs in; by default the current user's, as whom commands run in any case. */
  readonly user?: string;
  /** The port on 127.0.0.1; one that is free by default. */
  readonly port?: number;
  /** The host's key pair; a new one by default. */
  readonly hostKey?: KeyPair;
  readonly misbehaviour?: Misbehaviour;
  /** Where commands find programs; the usual folders by default. */
  readonly path?: string;
}

export interface EmbeddedServer {
  readonly port: number;
  /** The published host key, as `ssh-ed25519 BASE64`. */
  readonly hostKey: string;
  /** How many connections were made so far, and how many commands (or shells) were asked for. */
  counts(): { connections: number; commands: number };
  /** Stops listening, cuts every connection and kills every command that still runs. */
  close(): Promise<void>;
}

/** An SSH server on loopback that runs commands with /bin/sh as the current user. */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const misbehaviour = options.misbehaviour ?? {};
  const hostKey = options.hostKey ?? generateKey('embedded');
  const shown = misbehaviour.wrongHostKey ? generateKey('another') : hostKey;
  const running = new Set<ChildProcessWithoutNullStreams>();
  const sockets = new Set<Socket>();
  const counts = { connections: 0, commands: 0 };
  const server = new ssh2.Server({ hostKeys: [shown.privateKey] }, (connection) => {
    const socket = accepted.shift();
    const die = (): void => void socket?.destroy();
    const left = { bytes: misbehaviour.dieAfterBytes ?? Number.POSITIVE_INFINITY };
    const context = { home: options.home, path: options.path, misbehaviour, left, die, running };
    serveConnection(connection, options, context, () => counts.commands++);
  });
  // ssh2 announces a connection within injectSocket, so at most one socket waits here.
  const accepted: Socket[] = [];
  const listener = createServer((socket) => {
    counts.connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.setNoDelay(true);
    if (misbehaviour.preamble !== undefined) socket.write(misbehaviour.preamble);
    if (misbehaviour.silent === 'connect') return void socket.resume();
    accepted.push(socket);
    server.injectSocket(socket);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(options.port ?? 0, '127.0.0.1', () => resolve());
  });
  return {
    port: (listener.address() as { port: number }).port,
    hostKey: hostKey.publicKey,
    counts: () => ({ ...counts }),
    close: async () => {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      for (const child of running) signalCommand(child, 'SIGKILL');
      await closed;
    },
  };
}

function serveConnection(
  connection: Connection,
  options: EmbeddedServerOptions,
  context: CommandContext,
  onCommand: () => void,
): void {
  connection.on('error', () => undefined);
  connection.on('authentication', (attempt) => {
    if (!context.misbehaviour.refuseAuth && mayLogIn(attempt, options)) return attempt.accept();
    attempt.reject(options.password === undefined ? ['publickey'] : ['publickey', 'password']);
  });
  connection.on('session', (accept) => serveSession(accept(), context, onCommand));
}

function serveSession(session: Session, context: CommandContext, onCommand: () => void): void {
  let child: ChildProcessWithoutNullStreams | undefined;
  const start = async (accept: () => import('ssh2').ServerChannel, command?: string): Promise<void> => {
    onCommand();
    const channel = accept();
    const delay = context.misbehaviour.slow?.delay;
    if (delay !== undefined) await sleep(delay);
    child = serveCommand(channel, command, context);
  };
  session.on('exec', (accept, _reject, { command }) => void start(accept, command));
  session.on('shell', (accept) => void start(accept));
  session.on('signal', (accept, _reject, { name }) => {
    accept?.();
    if (child) signalCommand(child, `SIG${name}` as NodeJS.Signals);
  });
  // Only what runs as plain commands: no terminal, no variables, no file transfer.
  session.on('pty', (_accept, reject) => reject?.());
  session.on('env', (_accept, reject) => reject?.());
  session.on('sftp', (_accept, reject) => reject?.());
}

function mayLogIn(attempt: AuthContext, options: EmbeddedServerOptions): boolean {
  if (attempt.username !== (options.user ?? userInfo().username)) return false;
  if (attempt.method === 'password') {
    return options.password !== undefined && same(Buffer.from(attempt.password), Buffer.from(options.password));
  }
  if (attempt.method !== 'publickey') return false;
  for (const line of options.authorizedKeys ?? []) {
    const key = ssh2.utils.parseKey(line);
    if (key instanceof Error || key.type !== attempt.key.algo || !same(key.getPublicSSH(), attempt.key.data)) continue;
    // Without a signature the client only asks whether the key would do.
    return (
      !attempt.signature || !attempt.blob || key.verify(attempt.blob, attempt.signature, attempt.hashAlgo) === true
    );
  }
  return false;
}

function same(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
