import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { baseTree, type Progress } from './base.js';
import { clearCgroups } from './cgroup.js';
import { aptSettings } from './debian.js';
import { raiseLimits } from './limits.js';
import { machineName, startMachine, stopMachine, waitUntilReady } from './machine.js';
import { bridgeName, hostAddress, labBridges, lowerNetwork, raiseNetwork } from './network.js';
import { isAlive, runCommand } from './process.js';
import { type LabHost, type LabState, labId, type Release, writeState } from './state.js';
import { hostFolders, mountTree, personalize, removeTrees } from './tree.js';

export interface NspawnHost {
  readonly name: string;
  readonly release: Release;
}

/** Starts those of `hosts` that don't run; the state with all of them, and each one's public host key by its name. */
export async function nspawnUp(
  state: LabState,
  hosts: readonly NspawnHost[],
  authorizedKey: string,
  progress: Progress,
): Promise<{ state: LabState; hostKeys: Map<string, string> }> {
  const id = labId(state.folder);
  const releases = [...new Set(hosts.map((host) => host.release))];
  const apt = new Map(await Promise.all(releases.map(async (each) => [each, await aptSettings(each)] as const)));
  const bases = new Map<Release, string>();
  // One after the other: a build takes all of a small machine.
  for (const release of releases) bases.set(release, await baseTree(release, apt.get(release)!, progress));
  raiseLimits();
  const network = await raiseNetwork(id, state.network);
  const planned = hosts.map((host, index): LabHost => {
    const recorded = state.hosts.find((each) => each.name === host.name)?.process;
    return { ...host, address: hostAddress(network, index + 1), port: 22, user: 'root', process: recorded };
  });
  let current: LabState = { ...state, network, hosts: planned };
  writeState(current);
  const neighbours = new Map(planned.map((host) => [host.name, host.address]));
  const hostKeys = new Map<string, string>();
  const started = planned.map(async (host, index) => {
    const release = host.release as Release;
    const alive = await isAlive(host.process);
    if (!alive) await clearMachine(id, network, index + 1, host.name);
    const root = await mountTree(state.folder, host.name, bases.get(release)!);
    const { name, address } = host;
    const password = state.password;
    hostKeys.set(
      name,
      await personalize(root, { name, address, network, apt: apt.get(release)!, authorizedKey, password, neighbours }),
    );
    let process = host.process;
    if (!alive) {
      process = await startMachine({ folder: state.folder, labId: id, network, index: index + 1, name, release });
      current = { ...current, hosts: current.hosts.map((each) => (each.name === name ? { ...each, process } : each)) };
      writeState(current);
    }
    await waitUntilReady({ own: hostFolders(state.folder, name).own, name, address, process: process! });
    progress(`${name} is up at ${address} (Debian ${release})`);
  });
  const failed = (await Promise.allSettled(started)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return { state: current, hostKeys };
}

// What a host that died may have left: processes in its groups, its end of the cable.
async function clearMachine(id: string, network: number, index: number, name: string): Promise<void> {
  await clearCgroups(id, name);
  await runCommand(['ip', 'link', 'delete', `vb-${machineName(network, index)}`]);
}

/** Removes everything of a lab from this machine, whatever state it is in; `state` may be missing or stale. */
export async function nspawnDown(folder: string, state: LabState | undefined): Promise<void> {
  const id = labId(folder);
  await Promise.all((state?.hosts ?? []).map((host) => stopMachine(host.process)));
  await clearCgroups(id);
  // The names on the bridge go with nspawn; a killed one leaves them.
  for (const { network } of (await labBridges()).filter((bridge) => bridge.owner === id)) {
    const { stdout } = await runCommand(['ip', '-oneline', 'link', 'show', 'master', bridgeName(network)]);
    for (const [, link = ''] of stdout.matchAll(/^\d+: (vb-[^@:]+)/gm))
      await runCommand(['ip', 'link', 'delete', link]);
    forgetMachines(network);
  }
  await lowerNetwork(id);
  if (existsSync(folder)) await removeTrees(folder);
}

// What a killed nspawn leaves in /run; a network's number is in the names of all its machines.
function forgetMachines(network: number): void {
  const folder = '/run/systemd/nspawn/propagate';
  const names = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of names.filter((each) => each.startsWith(machineName(network, 0).slice(0, -1)))) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}
