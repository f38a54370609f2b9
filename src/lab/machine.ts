import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCgroups } from './cgroup.js';
import { bridgeName } from './network.js';
import { endProcess, isAlive, type ProcessIdentity, processIdentity, runCommand } from './process.js';
import type { Release } from './state.js';
import { hostFolders } from './tree.js';

export interface MachineSettings {
  readonly folder: string;
  readonly labId: string;
  readonly network: number;
  readonly index: number;
  readonly name: string;
  readonly release: Release;
}

/** The name nspawn knows a host by; the interface on the bridge is `vb-` and this, at most 15 characters in all. */
export const machineName = (network: number, index: number): string => `hw${network}n${index}`;

// Enters the host's own groups and becomes nspawn.
const ENTER = 'while [ "$1" != -- ]; do echo 0 > "$1/cgroup.procs" || exit 1; shift; done; shift; exec "$@"';
// A host that reboots makes nspawn end with 133; its end of the cable may take a moment to go.
const KEEPER = `enter=$1 cable=$2; shift 2
while sh -c "$enter" sh "$@"; [ $? = 133 ]; do ip link delete "$cable" 2> /dev/null; done`;

/** Starts a host in the background; the process that keeps it, over reboots too, and ends when the host does. Its console is kept in `console.log` in its folder. */
export async function startMachine(settings: MachineSettings): Promise<ProcessIdentity> {
  const { own, root } = hostFolders(settings.folder, settings.name);
  const machine = machineName(settings.network, settings.index);
  const groups = makeCgroups(settings.labId, settings.name);
  const nspawn = [
    'systemd-nspawn',
    '--quiet',
    '--boot',
    `--directory=${root}`,
    `--machine=${machine}`,
    `--hostname=${settings.name}`,
    `--network-bridge=${bridgeName(settings.network)}`,
    '--register=no',
    '--keep-unit',
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    '--capability=all',
    '--system-call-filter=@keyring bpf',
    '--console=pipe',
  ];
  const log = openSync(join(own, 'console.log'), 'a', 0o600);
  const child = spawn('sh', ['-c', KEEPER, 'sh', ENTER, `vb-${machine}`, ...groups, '--', ...nspawn], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
      LC_ALL: 'C.UTF-8',
      // `yes` would make networkd in the host wait for udev for ever.
      SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network',
      // The systemd of Debian 13 refuses cgroup version 1.
      ...(settings.release === 'bookworm' ? {} : { SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' }),
    },
  });
  closeSync(log);
  child.unref();
  const identity = await new Promise<ProcessIdentity | undefined>((resolve, reject) => {
    child.on('error', reject);
    child.on('spawn', () => resolve(processIdentity(child.pid ?? 0)));
  });
  if (identity === undefined) throw new Error(`${settings.name} ended at once: ${consoleTail(own)}`);
  return identity;
}

/** The process that is PID 1 inside a host, by its id on this machine; it changes when the host reboots. */
export function initProcess(keeper: number): number | undefined {
  return childrenOf(keeper).flatMap(childrenOf).find(isInit);
}

function isInit(pid: number): boolean {
  try {
    const ids = /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]?.split(/\s+/) ?? [];
    return ids.length > 1 && ids.at(-1) === '1';
  } catch {
    return false;
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Ends a host as if its power failed; nspawn then clears up after it, and with nspawn its keeper ends. */
export async function stopMachine(keeper: ProcessIdentity | undefined): Promise<void> {
  if (keeper === undefined || !(await isAlive(keeper))) return;
  const init = initProcess(keeper.pid);
  const targets = init === undefined ? childrenOf(keeper.pid) : [init];
  // Without an init the host is between two boots: its keeper must not start it again.
  if (init === undefined) targets.unshift(keeper.pid);
  for (const pid of targets) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {}
  }
  await endProcess(keeper, 'SIGCONT', 5000);
}

/** The command that runs `argv` inside a host, by its PID 1, without any network. */
export function insideCommand(init: number, argv: readonly string[]): string[] {
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return ['nsenter', '--all', '-t', String(init), 'env', '-i', path, 'HOME=/root', 'LC_ALL=C.UTF-8', ...argv];
}

/** Waits until a host has finished booting and its sshd greets; fails with the end of its console when it doesn't. */
export async function waitUntilReady(
  settings: { own: string; name: string; address: string; process: ProcessIdentity },
  timeout = 60_000,
): Promise<void> {
  const until = Date.now() + timeout;
  const check = async (): Promise<void> => {
    if (!(await isAlive(settings.process)))
      throw new Error(`${settings.name} ended while it booted: ${consoleTail(settings.own)}`);
    if (Date.now() > until)
      throw new Error(`${settings.name} was not up after ${timeout / 1000} s: ${consoleTail(settings.own)}`);
    await sleep(50);
  };
  for (let init = initProcess(settings.process.pid); ; init = initProcess(settings.process.pid)) {
    if (init !== undefined) {
      // The limit is kept inside: a command killed from out here goes on in the host and holds its output open.
      const ask = insideCommand(init, ['timeout', '10', 'systemctl', 'is-system-running', '--wait']);
      const { stdout } = await runCommand(ask);
      if (/^(running|degraded)/.test(stdout)) break;
    }
    await check();
  }
  while (!(await greets(settings.address, 22))) await check();
}

/** Whether an SSH server's greeting comes within a second. */
export function greets(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => end(false));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
    socket.once('data', (chunk) => end(chunk.toString('latin1').startsWith('SSH-2.0-')));
  });
}

function consoleTail(own: string): string {
  try {
    return readFileSync(join(own, 'console.log'), 'utf8').trim().split('\n').slice(-5).join('\n');
  } catch {
    return '(no console)';
  }
}
