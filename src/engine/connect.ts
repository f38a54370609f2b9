import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { UnreachableError } from '../base/error.js';
import type { Scope } from '../base/scope.js';
import type { Keywords } from '../playbook/tree.js';
import { KnownHosts } from '../transport/known-hosts.js';
import type { Connection } from '../transport/shell.js';

/** What a run's flags say about connections; a host's variables are stronger. */
export interface ConnectionFlags {
  readonly user?: string;
  readonly privateKeyFile?: string;
  readonly passphrase?: string;
  readonly password?: string;
  /** Seconds for connecting and logging in. */
  readonly timeout: number;
  readonly acceptNewHostKeys: boolean;
  readonly connection?: string;
  readonly port?: number;
  /** The known_hosts files of a run, each read once. */
  readonly known?: Map<string, KnownHosts>;
  readonly keepSecret?: (secret: string) => void;
  /** What relative paths in variables are relative to. */
  readonly cwd: string;
}

/** Variables that Ansible has and that change nothing here (yet): a host that needs them would not be reached. */
const NOT_YET = ['ansible_ssh_common_args', 'ansible_ssh_extra_args', 'ansible_ssh_args', 'ansible_ssh_proxy_command'];

/** The names among a host's connection variables that are not honoured. */
export function ignoredVariables(scope: Scope): string[] {
  return NOT_YET.filter((name) => scope.has(name));
}

/** Opens the connection that a host's variables (`ansible_host`, `ansible_port`, ...) and the flags describe. */
export async function connectHost(host: string, scope: Scope, flags: ConnectionFlags): Promise<Connection> {
  const variable = (...names: string[]): string | undefined => {
    const name = names.find((each) => scope.has(each));
    const value = name === undefined ? undefined : scope.get(name);
    return value === undefined || value === null || value === '' ? undefined : String(value);
  };
  const kind = variable('ansible_connection') ?? flags.connection ?? 'ssh';
  if (kind === 'local') {
    const { connectLocal } = await import('../transport/local.js');
    return connectLocal();
  }
  if (!['ssh', 'smart', 'paramiko', 'ssh2'].includes(kind)) {
    throw new UnreachableError('address', `ansible_connection "${kind}" is not known`, 'use ssh or local');
  }
  const port = Number(variable('ansible_port', 'ansible_ssh_port') ?? flags.port ?? 22);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new UnreachableError(
      'address',
      `ansible_port "${variable('ansible_port')}" is not a port`,
      'give a number from 1 to 65535',
    );
  }
  const path = (text: string): string => resolve(flags.cwd, text.replace(/^~(?=\/|$)/, homedir()));
  const key = variable('ansible_ssh_private_key_file', 'ansible_private_key_file') ?? flags.privateKeyFile;
  const password = variable('ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password') ?? flags.password;
  const passphrase = variable('ansible_ssh_private_key_passphrase') ?? flags.passphrase;
  for (const secret of [password, passphrase]) if (secret !== undefined) flags.keepSecret?.(secret);
  const { connectSsh } = await import('../transport/ssh.js');
  return connectSsh({
    address: variable('ansible_host', 'ansible_ssh_host') ?? host,
    port,
    user: loginUser(scope, flags),
    knownHosts: knownHostsOf(flags.known, variable('ansible_ssh_known_hosts_file')?.split(/\s+/).map(path)),
    acceptNewHostKeys: flags.acceptNewHostKeys,
    ...(key === undefined ? {} : { privateKeyFile: path(key) }),
    passphrase,
    password,
    agent: process.env.SSH_AUTH_SOCK,
    timeout: flags.timeout,
  });
}

/** The flags, and where a play says `remote_user`, `port` or `connection`, that in their place. */
export function playConnection(
  flags: ConnectionFlags,
  { remoteUser, port, connection }: Keywords,
  scope: Scope,
): ConnectionFlags {
  if (!remoteUser && !port && connection === undefined) return flags;
  return {
    ...flags,
    ...(remoteUser ? { user: String(remoteUser.render(scope)) } : {}),
    ...(port ? { port: Number(port.render(scope)) } : {}),
    ...(connection === undefined ? {} : { connection }),
  };
}

/** The user to log in as: the host's own, the flag's, or the one who runs this. */
export function loginUser(scope: Scope, flags: ConnectionFlags): string {
  const name = ['ansible_user', 'ansible_ssh_user'].find((each) => scope.has(each));
  return name === undefined ? (flags.user ?? userInfo().username) : String(scope.get(name));
}

function knownHostsOf(
  read = new Map<string, KnownHosts>(),
  files = [join(homedir(), '.ssh', 'known_hosts'), '/etc/ssh/ssh_known_hosts'],
): KnownHosts {
  const key = files.join('\0');
  let known = read.get(key);
  if (!known) read.set(key, (known = KnownHosts.read(files)));
  return known;
}
