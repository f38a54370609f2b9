import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../base/error.js';
import type { ProcessIdentity } from './process.js';

export type ProviderName = 'nspawn' | 'embedded';
export type Release = 'bookworm' | 'trixie';

/** What a caller asks for: a host's name and, for nspawn, its Debian release. */
export interface HostRequest {
  readonly name: string;
  readonly release?: Release;
}

export interface LabHost {
  readonly name: string;
  /** A Debian release, or `embedded`. */
  readonly release: Release | 'embedded';
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** What keeps the host alive: the parent of its nspawn, or the embedded server. */
  readonly process?: ProcessIdentity;
}

/** A lab as recorded in `state.json` in its folder (mode 0600). All paths are absolute. */
export interface LabState {
  readonly name: string;
  readonly provider: ProviderName;
  readonly hosts: readonly LabHost[];
  readonly folder: string;
  readonly inventoryFile: string;
  readonly keyFile: string;
  readonly knownHostsFile: string;
  /** The password of root and of the user `operator` on every host; for tests of become. */
  readonly password: string;
  /** The third byte of the lab's network 10.77.N.0/24; nspawn only. */
  readonly network?: number;
}

/** The folder of a lab, absolute and free of symbolic links as far as it exists. */
export function labFolder(root: string, name: string): string {
  const base = resolve(root);
  return join(existsSync(base) ? realpathSync(base) : base, '.hostwright', 'lab', name);
}

/** Ten digits in base 16 that no other lab on this machine has; names its cgroups and its bridge's owner. */
export function labId(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 10);
}

/** A state with nothing in it yet but its paths and a new password. */
export function newState(folder: string, name: string, provider: ProviderName): LabState {
  return {
    name,
    provider,
    hosts: [],
    folder,
    inventoryFile: join(folder, 'inventory.yml'),
    keyFile: join(folder, 'key'),
    knownHostsFile: join(folder, 'known_hosts'),
    password: randomBytes(9).toString('base64url'),
  };
}

/** The recorded state, or undefined where there is none (or only half a one, which `down` clears all the same). */
export function readState(folder: string): LabState | undefined {
  try {
    const state = JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as LabState;
    return Array.isArray(state.hosts) ? state : undefined;
  } catch {
    return undefined;
  }
}

export function writeState(state: LabState): void {
  mkdirSync(state.folder, { recursive: true, mode: 0o700 });
  writeWhole(join(state.folder, 'state.json'), `${JSON.stringify(state, undefined, 2)}\n`, 0o600);
}

/** Writes a file so that readers see the old or the new one, never half. */
export function writeWhole(path: string, content: string, mode = 0o644): void {
  const temporary = `${path}.${process.pid}.new`;
  writeFileSync(temporary, content, { mode });
  renameSync(temporary, path);
}

/** The names of the labs under a project directory, sorted. */
export function labNames(root: string): string[] {
  const parent = join(labFolder(root, '.'));
  if (!existsSync(parent)) return [];
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && NAME.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}

const NAME = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/;

/** Refuses names that cannot be host names; they become folders and host names. */
export function checkNames(labName: string, hosts: readonly HostRequest[]): void {
  const seen = new Set<string>();
  const problems = [];
  const hint = 'lower-case letters, digits and hyphens, at most 32, as in "web-1"';
  if (!NAME.test(labName)) problems.push({ message: `the lab name ${JSON.stringify(labName)} is not valid`, hint });
  for (const { name } of hosts) {
    if (!NAME.test(name) || name === 'localhost')
      problems.push({ message: `the host name ${JSON.stringify(name)} is not valid`, hint });
    if (seen.has(name)) problems.push({ message: `two hosts are named ${JSON.stringify(name)}` });
    seen.add(name);
  }
  if (hosts.length > 200) problems.push({ message: `a lab has at most 200 hosts, not ${hosts.length}` });
  if (problems.length > 0) throw new InputError(problems);
}
