import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { InputError } from '../base/error.js';
import { mustRun } from './process.js';

// A file of each Debian package the lab uses, searched for in PATH unless absolute.
const PACKAGES = new Map([
  ['systemd-container', 'systemd-nspawn'],
  ['mmdebstrap', 'mmdebstrap'],
  ['nftables', 'nft'],
  ['iproute2', 'ip'],
  ['openssh-client', 'ssh'],
  ['mount', 'mount'],
  ['util-linux', 'nsenter'],
  ['debian-archive-keyring', '/usr/share/keyrings/debian-archive-keyring.gpg'],
]);

/** The Debian packages that are not there. */
export function missingPackages(path: string = process.env.PATH ?? ''): string[] {
  const folders = [...path.split(delimiter), '/usr/sbin', '/sbin'];
  const present = (file: string) => folders.some((folder) => existsSync(join(folder, file)));
  return [...PACKAGES]
    .filter(([, file]) => !(file.startsWith('/') ? existsSync(file) : present(file)))
    .map(([name]) => name);
}

/** What keeps this machine from running nspawn hosts, or undefined: not what packages can mend, but the machine's nature. */
export function obstacle(root: string = process.cwd()): string | undefined {
  if (process.platform !== 'linux') return `real hosts need Linux, and this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'real hosts need root';
  if (!existsSync('/usr/bin/apt-get') && missingPackages().length > 0) {
    return `real hosts need ${missingPackages().join(', ')}, and there is no apt-get to install them`;
  }
  const missing = missingCapabilities(readFileSync('/proc/self/status', 'latin1'));
  if (missing.length > 0) return `real hosts need the capabilities ${missing.join(', ')}, which this container lacks`;
  try {
    accessSync('/proc/sys/net/ipv4/ip_forward', constants.W_OK);
  } catch {
    return 'real hosts need to write /proc/sys/net/ipv4/ip_forward, which is read-only here';
  }
  const type = existsSync(root) ? FILE_SYSTEMS.get(statfsSync(root).type) : undefined;
  if (type)
    return `real hosts keep their changes in the project directory, which is on ${type}: overlayfs can't use that`;
  return undefined;
}

// File systems that can't hold the upper layer of an overlay, by statfs's magic number.
const FILE_SYSTEMS = new Map([
  [0x794c7630, 'an overlay itself'],
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE'],
]);

const CAPABILITIES = new Map([
  ['CAP_NET_ADMIN', 12],
  ['CAP_SYS_CHROOT', 18],
  ['CAP_SYS_ADMIN', 21],
  ['CAP_MKNOD', 27],
]);

/** The needed capabilities that /proc/self/status (CapEff, a mask in base 16) doesn't have. */
export function missingCapabilities(status: string): string[] {
  const mask = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  return [...CAPABILITIES].filter(([, bit]) => ((mask >> BigInt(bit)) & 1n) === 0n).map(([name]) => name);
}

export interface NeedsOptions {
  /** The project directory; the current directory by default. */
  readonly root?: string;
  /** Install missing packages with apt-get; without it they are told in the error. */
  readonly install?: boolean;
  readonly onProgress?: (message: string) => void;
}

/** Makes sure nspawn hosts can run here: installs missing Debian packages, or throws one error that says what is needed. */
export async function labNeeds({
  root,
  install = false,
  onProgress = () => undefined,
}: NeedsOptions = {}): Promise<void> {
  const reason = obstacle(root);
  if (reason) throw new InputError({ message: reason, hint: 'use `--provider embedded` for shells on this machine' });
  const missing = missingPackages();
  if (missing.length > 0 && !install) {
    throw new InputError({
      message: `missing packages: ${missing.join(', ')}`,
      hint: `apt-get install ${missing.join(' ')}`,
    });
  }
  if (missing.length > 0) {
    onProgress(`installing ${missing.join(', ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    if (!hasPackageLists()) await mustRun(['apt-get', 'update', '--quiet'], { env });
    const command = [
      'apt-get',
      'install',
      '--yes',
      '--quiet',
      '--no-install-recommends',
      '-o',
      'DPkg::Lock::Timeout=120',
    ];
    await mustRun([...command, ...missing], { env });
  }
  if (!/\toverlay$/m.test(readFileSync('/proc/filesystems', 'latin1'))) {
    await mustRun(['modprobe', 'overlay']).catch(() => {
      throw new InputError({ message: "this kernel has no overlayfs, which the lab's hosts need" });
    });
  }
}

function hasPackageLists(): boolean {
  const folder = '/var/lib/apt/lists';
  return existsSync(folder) && readdirSync(folder).some((name) => /_Packages/.test(name));
}
