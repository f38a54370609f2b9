import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/error.js';
import { inventoryText } from './inventory.js';
import { generateKey, knownHostsLine } from './keys.js';
import { withLock } from './lock.js';
import { labNeeds } from './needs.js';
import { isAlive } from './process.js';
import { chooseProvider } from './provider.js';
import {
  checkNames,
  type HostRequest,
  type LabHost,
  type LabState,
  labFolder,
  labNames,
  newState,
  type ProviderName,
  type Release,
  readState,
  writeState,
  writeWhole,
} from './state.js';

export interface LabOptions {
  /** The lab's name; `lab` by default. */
  readonly name?: string;
  /** The project directory, in which `.hostwright/lab/NAME/` is kept; the current directory by default. */
  readonly root?: string;
}

export interface LabUpOptions extends LabOptions {
  /** Hosts to have; by default those recorded, and for a new lab lab1, lab2 (Debian 12) and lab3 (Debian 13). */
  readonly hosts?: readonly HostRequest[];
  readonly provider?: ProviderName;
  readonly onProgress?: (message: string) => void;
}

const DEFAULT_HOSTS: readonly HostRequest[] = [
  { name: 'lab1', release: 'bookworm' },
  { name: 'lab2', release: 'bookworm' },
  { name: 'lab3', release: 'trixie' },
];

/** Brings a lab up, or what of it is missing; returns when every host answers. */
export async function labUp(options: LabUpOptions = {}): Promise<LabState> {
  const { name = 'lab', root = process.cwd(), onProgress: progress = () => undefined } = options;
  checkNames(name, options.hosts ?? []);
  const folder = labFolder(root, name);
  return await withLock(join(folder, '..', `.${name}.lock`), async () => {
    const recorded = readState(folder);
    const provider = await pickProvider(options, recorded, progress);
    if (provider === 'nspawn') await labNeeds({ root, install: true, onProgress: progress });
    const state = recorded ?? newState(folder, name, provider);
    writeState(state);
    const hosts = mergeHosts(recorded?.hosts ?? [], options.hosts);
    const authorizedKey = clientKey(state);
    const { state: up, hostKeys } =
      provider === 'nspawn'
        ? await (await import('./nspawn.js')).nspawnUp(state, hosts, authorizedKey, progress)
        : await (await import('./embedded/provider.js')).embeddedUp(state, hosts, authorizedKey, progress);
    writeState(up);
    const known = up.hosts.map((host) => knownHostsLine(host.address, host.port, hostKeys.get(host.name) ?? ''));
    writeWhole(up.knownHostsFile, `${known.join('\n')}\n`);
    writeWhole(up.inventoryFile, inventoryText(up));
    return up;
  });
}

/** Takes a lab down and leaves nothing of it; harmless where there is none, and after a crash or a reboot. */
export async function labDown(options: LabOptions = {}): Promise<void> {
  const { name = 'lab', root = process.cwd() } = options;
  checkNames(name, []);
  const folder = labFolder(root, name);
  const parent = join(folder, '..');
  const before = ['.', '..'].map((up) => join(parent, up)).filter((path) => !existsSync(path));
  await withLock(join(parent, `.${name}.lock`), async () => {
    const state = readState(folder);
    if (state?.provider === 'embedded') await (await import('./embedded/provider.js')).embeddedDown(state);
    // Without a readable state the machine itself is asked what belongs to this lab.
    if (state?.provider !== 'embedded' && process.platform === 'linux' && process.getuid?.() === 0) {
      await (await import('./nspawn.js')).nspawnDown(folder, state);
    }
    rmSync(folder, { recursive: true, force: true });
  });
  for (const path of [...before, parent, join(parent, '..')]) removeIfEmpty(path);
}

export interface LabSummary {
  readonly name: string;
  readonly provider: ProviderName;
  readonly hosts: readonly (LabHost & { readonly running: boolean })[];
}

/** The labs of a project directory and which of their hosts run. */
export async function labList(root: string = process.cwd()): Promise<LabSummary[]> {
  const states = labNames(root).flatMap((name) => readState(labFolder(root, name)) ?? []);
  return await Promise.all(
    states.map(async ({ name, provider, hosts }) => {
      const running = hosts.map(async (host) => ({ ...host, running: await isAlive(host.process) }));
      return { name, provider, hosts: await Promise.all(running) };
    }),
  );
}

/** The recorded state of a lab that is up; an InputError with what to do where there is none. */
export function labState({ name = 'lab', root = process.cwd() }: LabOptions = {}): LabState {
  checkNames(name, []);
  const state = readState(labFolder(root, name));
  if (state) return state;
  throw new InputError({ message: `there is no lab "${name}"`, hint: `hostwright lab up --name ${name}` });
}

/** The system's ssh with this lab's key and known hosts, and nothing of the user's own configuration. */
export function labSsh(options: LabOptions & { readonly host?: string; readonly user?: string }): string[] {
  const state = labState(options);
  const host = options.host === undefined ? state.hosts[0] : state.hosts.find((each) => each.name === options.host);
  if (host === undefined) {
    const names = state.hosts.map((each) => each.name).join(', ');
    throw new InputError({
      message: `the lab "${state.name}" has no host "${options.host}"`,
      hint: `its hosts: ${names}`,
    });
  }
  const strict = [
    '-o',
    fileOption('UserKnownHostsFile', state.knownHostsFile),
    '-o',
    'GlobalKnownHostsFile=/dev/null',
    '-o',
    'StrictHostKeyChecking=yes',
  ];
  const only = ['-F', '/dev/null', '-o', fileOption('IdentityFile', state.keyFile), '-o', 'IdentitiesOnly=yes'];
  return ['ssh', ...only, ...strict, '-p', String(host.port), `${options.user ?? host.user}@${host.address}`];
}

// As ssh_config(5) has it: % begins a token, and a quoted value has backslashes before quotes.
function fileOption(name: string, file: string): string {
  return `${name}="${file.replaceAll('%', '%%').replace(/["\\]/g, '\\$&')}"`;
}

async function pickProvider(
  options: LabUpOptions,
  recorded: LabState | undefined,
  progress: (message: string) => void,
): Promise<ProviderName> {
  if (recorded) {
    if (options.provider === undefined || options.provider === recorded.provider) return recorded.provider;
    const hint = `hostwright lab down --name ${recorded.name}`;
    throw new InputError({ message: `the lab "${recorded.name}" is up with the provider ${recorded.provider}`, hint });
  }
  if (options.provider) return options.provider;
  const { provider, reason } = await chooseProvider(options.root);
  if (reason) progress(`hosts are embedded (shells on this machine, not Debian hosts): ${reason}`);
  return provider;
}

// Hosts keep their place, as their addresses follow from it; new ones come after them.
function mergeHosts(
  recorded: readonly LabHost[],
  asked?: readonly HostRequest[],
): { name: string; release: Release }[] {
  const hosts = recorded.map(({ name, release }) => ({ name, release: release === 'embedded' ? 'bookworm' : release }));
  for (const { name, release } of asked ?? (recorded.length > 0 ? [] : DEFAULT_HOSTS)) {
    const there = hosts.find((host) => host.name === name);
    const embedded = recorded.some((host) => host.release === 'embedded');
    if (there && release && there.release !== release && !embedded) {
      const hint = 'take the lab down first, or choose another host name';
      throw new InputError({ message: `the host "${name}" is up with Debian ${there.release}, not ${release}`, hint });
    }
    if (!there) hosts.push({ name, release: release ?? 'bookworm' });
  }
  return hosts;
}

function clientKey(state: LabState): string {
  const publicFile = `${state.keyFile}.pub`;
  mkdirSync(state.folder, { recursive: true, mode: 0o700 });
  if (!existsSync(state.keyFile) || !existsSync(publicFile)) {
    const key = generateKey(`lab ${state.name}`);
    writeWhole(publicFile, `${key.publicKey} lab ${state.name}\n`);
    writeWhole(state.keyFile, key.privateKey, 0o600);
  }
  return readFileSync(publicFile, 'utf8').trim().split(' ').slice(0, 2).join(' ');
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {}
}
