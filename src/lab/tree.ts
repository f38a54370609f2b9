import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type AptSettings, resolverConfiguration } from './debian.js';
import { generateKey } from './keys.js';
import { gatewayAddress } from './network.js';
import { mustRun, runCommand } from './process.js';

/** The folders of one host: `root` is the overlay's mount point, over the base tree. */
export function hostFolders(folder: string, host: string): { own: string; root: string; upper: string; work: string } {
  const own = join(folder, 'hosts', host);
  return { own, root: join(own, 'root'), upper: join(own, 'upper'), work: join(own, 'work') };
}

/** Mount points at or below a path, deepest first, as /proc/self/mountinfo has them (it writes a space as \040). */
export function mountsBelow(path: string, mountinfo: string = readFileSync('/proc/self/mountinfo', 'utf8')): string[] {
  return mountinfo
    .split('\n')
    .map((line) =>
      (line.split(' ')[4] ?? '').replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8))),
    )
    .filter((point) => point === path || point.startsWith(`${path}/`))
    .sort((one, other) => other.length - one.length);
}

/** Mounts a host's file system, if it isn't yet: its own changes over the shared base tree. */
export async function mountTree(folder: string, host: string, base: string): Promise<string> {
  const { own, root, upper, work } = hostFolders(folder, host);
  if (mountsBelow(root).includes(root)) return root;
  for (const path of [root, upper, work]) mkdirSync(path, { recursive: true });
  // Relative names, so that no character of the project's path can be read as part of the mount options.
  // The link stays as it is after a first mount: the layers of an overlay must not change.
  if (!existsSync(join(own, 'base'))) {
    rmSync(join(own, 'base'), { force: true });
    symlinkSync(base, join(own, 'base'));
  }
  const layers = 'lowerdir=base,upperdir=upper,workdir=work';
  await mustRun(['mount', '-t', 'overlay', 'overlay', '-o', layers, 'root'], { cwd: own });
  return root;
}

/** Unmounts and removes a lab's trees. A mount that something still uses is detached, and goes with its last user. */
export async function removeTrees(folder: string): Promise<void> {
  for (const point of mountsBelow(folder)) {
    const { code } = await runCommand(['umount', point]);
    if (code !== 0) await mustRun(['umount', '--lazy', point]);
  }
  await mustRun(['rm', '-rf', '--one-file-system', '--', folder]);
}

export interface TreeSettings {
  readonly name: string;
  readonly address: string;
  readonly network: number;
  readonly apt: AptSettings;
  readonly authorizedKey: string;
  readonly password: string;
  /** Every host of the lab by name, for /etc/hosts. */
  readonly neighbours: ReadonlyMap<string, string>;
}

/** Makes a mounted tree this host's own, before it boots; its public host key. What is there already is kept. */
export async function personalize(root: string, settings: TreeSettings): Promise<string> {
  const { name, address, network } = settings;
  const put = (path: string, text: string, mode = 0o644): void => {
    const file = join(root, path);
    rmSync(file, { force: true });
    writeFileSync(file, text, { mode });
    chmodSync(file, mode);
  };
  const neighbours = [...settings.neighbours].map(([other, at]) => `${at} ${other}\n`).join('');
  put(
    'etc/systemd/network/10-host0.network',
    `[Match]\nName=host0\n\n[Network]\nAddress=${address}/24\nGateway=${gatewayAddress(network)}\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n`,
  );
  put('etc/resolv.conf', resolverConfiguration());
  const hostKeyFile = join(root, 'etc/ssh/ssh_host_ed25519_key');
  if (existsSync(hostKeyFile)) return publicPart(readFileSync(`${hostKeyFile}.pub`, 'utf8'));

  put('etc/machine-id', `${randomBytes(16).toString('hex')}\n`, 0o444);
  put('etc/hostname', `${name}\n`);
  put('etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost ip6-localhost\n\n${neighbours}`);
  put('etc/apt/sources.list', `${settings.apt.sources.join('\n')}\n`);
  for (const home of ['root', 'home/deploy', 'home/operator']) {
    const { uid, gid } = statSync(join(root, home));
    put(`${home}/.ssh/authorized_keys`, `${settings.authorizedKey} lab\n`, 0o600);
    chownSync(join(root, home, '.ssh/authorized_keys'), uid, gid);
  }
  const input = `root:${settings.password}\noperator:${settings.password}\n`;
  await mustRun(['chroot', root, 'chpasswd'], { input });
  const key = generateKey(`root@${name}`);
  put('etc/ssh/ssh_host_ed25519_key.pub', `${key.publicKey} root@${name}\n`);
  put('etc/ssh/ssh_host_ed25519_key', key.privateKey, 0o600);
  return key.publicKey;
}

function publicPart(line: string): string {
  return line.trim().split(' ').slice(0, 2).join(' ');
}
