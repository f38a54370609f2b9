import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { NodeSSH } from 'node-ssh';
import type { AnyAuthMethod, ClientChannel, ConnectConfig } from 'ssh2';
import ssh2 from 'ssh2';
import { UnreachableError } from '../base/error.js';
import { hostKeyAlgorithms, verifyHostKey } from './host-key.js';
import type { KnownHosts } from './known-hosts.js';
import type { Connection, Shell, ShellEnd } from './shell.js';

/** Where and as whom to connect, and what to trust. */
export interface SshTarget {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Name the host key is on record under; the address where left out. */
  readonly hostKeyAlias?: string;
  readonly knownHosts: KnownHosts;
  readonly acceptNewHostKeys: boolean;
  /** Only this key is tried where it is given. */
  readonly privateKeyFile?: string;
  readonly passphrase?: string;
  readonly password?: string;
  /** Path of the agent's socket (SSH_AUTH_SOCK). */
  readonly agent?: string;
  /** Answers the questions of keyboard-interactive, one round at a time; left out: the password answers them. */
  readonly answer?: (prompts: readonly { readonly prompt: string; readonly echo: boolean }[]) => Promise<string[]>;
  /** Seconds for the whole of connecting, login included. */
  readonly timeout: number;
}

/** Seconds between keepalives, and how many may go unanswered: a host that dies is noticed within 15 s. */
const KEEPALIVE = { interval: 5, most: 3 };

/**
 * Logs in to a host.
 * @throws UnreachableError with the reason and what to do
 */
export async function connectSsh(target: SshTarget): Promise<Connection> {
  const methods = authentication(target);
  const socket = await openSocket(target);
  let refused: UnreachableError | undefined;
  const config: ConnectConfig & { username: string } = {
    sock: socket,
    username: target.user,
    readyTimeout: target.timeout * 1000,
    keepaliveInterval: KEEPALIVE.interval * 1000,
    keepaliveCountMax: KEEPALIVE.most,
    algorithms: {
      serverHostKey: hostKeyAlgorithms(target.knownHosts, target.hostKeyAlias ?? target.address, target.port) as never,
    },
    hostVerifier: (key: Buffer) => {
      const name = target.hostKeyAlias ?? target.address;
      refused = verifyHostKey(target.knownHosts, name, target.port, key, target.acceptNewHostKeys);
      return refused === undefined;
    },
    authHandler: methods as never,
  };
  const client = new NodeSSH();
  try {
    await client.connect(config as never);
  } catch (error) {
    socket.destroy();
    throw refused ?? explain(error as Error & { level?: string }, target, methods);
  }
  return asConnection(client, target.timeout);
}

function openSocket({ address, port, timeout }: SshTarget): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // Without it every small packet waits for the last one's acknowledgement: 45 ms a round trip.
    const socket = connectTcp({ host: address, port, noDelay: true, keepAlive: true });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(
        new UnreachableError(
          'timeout',
          `${address} port ${port} did not answer within ${timeout} s`,
          'is the host up, and the address right?',
        ),
      );
    }, timeout * 1000);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      socket.on('error', () => {});
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (error.code === 'ECONNREFUSED') {
        reject(
          new UnreachableError(
            'refused',
            `${address} refuses connections on port ${port}`,
            'is sshd running there, and the port right (ansible_port)?',
          ),
        );
      } else if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
        reject(
          new UnreachableError(
            'address',
            `the name ${address} cannot be resolved`,
            'set ansible_host to an address, or mend the name service',
          ),
        );
      } else {
        reject(
          new UnreachableError(
            'address',
            `${address} port ${port} cannot be reached: ${error.message}`,
            'is the host up, and the address right?',
          ),
        );
      }
    });
  });
}

/** The methods in the order they are tried: the given key, else agent and default keys, then passwords. */
function authentication(target: SshTarget): AnyAuthMethod[] {
  const { user: username, password } = target;
  const methods: AnyAuthMethod[] = [];
  if (target.privateKeyFile !== undefined)
    methods.push({ type: 'publickey', username, key: readKey(target.privateKeyFile, target.passphrase) });
  else {
    if (target.agent) methods.push({ type: 'agent', username, agent: target.agent });
    for (const name of ['id_ed25519', 'id_ecdsa', 'id_rsa']) {
      const file = join(homedir(), '.ssh', name);
      if (existsSync(file) && usable(file, target.passphrase))
        methods.push({ type: 'publickey', username, key: readKey(file, target.passphrase) });
    }
  }
  if (password !== undefined) methods.push({ type: 'password', username, password });
  const answer =
    target.answer ??
    (password === undefined ? undefined : async (prompts: readonly unknown[]) => prompts.map(() => password));
  if (answer) {
    methods.push({
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => {
        answer(prompts.map(({ prompt, echo = false }) => ({ prompt, echo }))).then(finish, () => finish([]));
      },
    } as AnyAuthMethod);
  }
  if (methods.length === 0) {
    throw new UnreachableError(
      'authentication',
      `there is nothing to log in with as ${username}`,
      'give a key (--private-key, ansible_ssh_private_key_file), start an agent, or ask for a password with -k',
    );
  }
  return methods;
}

const keys = new Map<string, ReturnType<typeof parse>>();

function parse(file: string, passphrase: string | undefined) {
  const parsed = ssh2.utils.parseKey(readFileSync(file), passphrase);
  return parsed instanceof Error ? parsed : Array.isArray(parsed) ? parsed[0]! : parsed;
}

/** Parsed once: with 500 hosts the bcrypt of a passphrase would otherwise be paid 500 times. A file that changed is read anew. */
function parsedKey(file: string, passphrase: string | undefined) {
  const { ino, mtimeMs, size } = statSync(file);
  const id = [file, ino, mtimeMs, size, passphrase ?? ''].join('\0');
  let key = keys.get(id);
  if (!key) keys.set(id, (key = parse(file, passphrase)));
  return key;
}

const usable = (file: string, passphrase: string | undefined): boolean =>
  !(parsedKey(file, passphrase) instanceof Error);

function readKey(file: string, passphrase: string | undefined) {
  try {
    const key = parsedKey(file, passphrase);
    if (!(key instanceof Error)) return key;
    const encrypted = /passphrase|encrypted|integrity/i.test(key.message);
    throw new UnreachableError(
      'authentication',
      `the key ${file} cannot be used: ${key.message}`,
      encrypted
        ? 'give its passphrase with --ask-key-passphrase, or load it into the agent'
        : 'give an OpenSSH or PEM private key',
    );
  } catch (error) {
    if (error instanceof UnreachableError) throw error;
    throw new UnreachableError(
      'authentication',
      `the key ${file} cannot be read: ${(error as Error).message}`,
      'check ansible_ssh_private_key_file',
    );
  }
}

function explain(
  error: Error & { level?: string },
  { address, port, user, timeout }: SshTarget,
  methods: readonly AnyAuthMethod[],
): UnreachableError {
  const where = `${user}@${address} port ${port}`;
  if (error.level === 'client-authentication') {
    const tried = [...new Set(methods.map(({ type }) => type))].join(', ');
    return new UnreachableError(
      'authentication',
      `${where} refused the login; tried ${tried}`,
      'check user (-u, ansible_user) and key, and authorized_keys on the host',
    );
  }
  if (error.level === 'client-timeout' || /timed out/i.test(error.message)) {
    return new UnreachableError(
      'timeout',
      `${where} did not finish the login within ${timeout} s`,
      'the host may be overloaded; --timeout gives it longer',
    );
  }
  if (/Not allowed at this time/i.test(error.message)) {
    return new UnreachableError(
      'refused',
      `${where} has banned us for a while: ${error.message}`,
      'sshd punishes failed logins (PerSourcePenalties): wait, or exempt this address',
    );
  }
  return new UnreachableError('lost', `${where}: ${error.message}`, 'is it an SSH server, and does it allow us?');
}

/** @param timeout seconds that the opening of a shell may take */
function asConnection(node: NodeSSH, timeout: number): Connection {
  const client = node.connection!;
  let reason = 'the connection was lost';
  // For the whole life of the client: an error without a listener would end the process.
  client.on('error', (error) => {
    reason = `the connection was lost: ${error.message}`;
  });
  let gone = false;
  client.on('close', () => {
    gone = true;
  });
  return {
    openShell: (command, options = {}) =>
      new Promise((resolve, reject) => {
        const lost = (): void => {
          clearTimeout(timer);
          reject(new UnreachableError('lost', reason));
        };
        if (gone) return reject(new UnreachableError('lost', reason));
        client.once('close', lost);
        const timer = setTimeout(() => {
          client.removeListener('close', lost);
          reject(
            new UnreachableError(
              'timeout',
              `the host opened no shell within ${timeout} s`,
              'the host may be overloaded; --timeout gives it longer',
            ),
          );
        }, timeout * 1000);
        const pty = options.terminal
          ? { term: 'dumb', modes: { ECHO: 0, ICANON: 0, OPOST: 0, ISIG: 0, ICRNL: 0, IXON: 0 } }
          : undefined;
        const opened = (error: Error | undefined, channel: ClientChannel): void => {
          clearTimeout(timer);
          client.removeListener('close', lost);
          if (error) reject(new UnreachableError('lost', `the host opens no shell: ${error.message}`));
          else resolve(asShell(channel, () => reason));
        };
        if (pty) client.exec(command, { pty } as never, opened);
        else client.exec(command, opened);
      }),
    close: () => client.end(),
  };
}

function asShell(channel: ClientChannel, reason: () => string): Shell {
  let end: ShellEnd | undefined;
  channel.on('exit', (code: number | null, signal?: string) => {
    end =
      code === null
        ? { lost: true, reason: `the shell was ended by ${signal}` }
        : { lost: false, code, reason: `the shell ended with status ${code}` };
  });
  return {
    stdin: channel,
    stdout: channel,
    stderr: channel.stderr,
    // A close without an exit status means that the connection went: never a success.
    ended: new Promise((resolve) => channel.once('close', () => resolve(end ?? { lost: true, reason: reason() }))),
    close: () => channel.destroy(),
  };
}
