import { freezeCgroups } from './cgroup.js';
import { initProcess, insideCommand, stopMachine } from './machine.js';
import { setDropped } from './network.js';
import { type CommandOptions, type CommandResult, isAlive, runCommand } from './process.js';
import { type LabHost, type LabState, labId } from './state.js';

/** One host of a lab, as tests handle it: apart from SSH, so that they can judge what came over SSH. nspawn only. */
export interface HostHandle {
  readonly lab: LabState;
  readonly host: LabHost;
}

/** A host of a lab by name; throws where the lab has none of that name. */
export function labHost(lab: LabState, name: string): HostHandle {
  const host = lab.hosts.find((each) => each.name === name);
  if (host === undefined) throw new Error(`the lab "${lab.name}" has no host "${name}"`);
  if (lab.provider !== 'nspawn') throw new Error(`the lab "${lab.name}" is embedded: its hosts can't be handled`);
  return { lab, host };
}

/** Runs `argv` inside the host as root, by its PID 1 and without the network. */
export async function labExec(
  handle: HostHandle,
  argv: readonly string[],
  input?: string | Buffer,
  options: Omit<CommandOptions, 'input'> = {},
): Promise<CommandResult> {
  const { process: nspawn, name } = handle.host;
  const init = (await isAlive(nspawn)) && nspawn ? initProcess(nspawn.pid) : undefined;
  if (init === undefined) throw new Error(`${name} is not running`);
  return await runCommand(insideCommand(init, argv), { ...options, input });
}

/** The power fails: every process of the host ends at once, unsaved data included. `labUp` starts it again. */
export async function labPowerOff({ host }: HostHandle): Promise<void> {
  await stopMachine(host.process);
}

/** Stops every process of the host where it stands; connections stay open and nothing answers. */
export function labFreeze({ lab, host }: HostHandle): void {
  if (!freezeCgroups(labId(lab.folder), host.name, true)) throw new Error('this machine offers no cgroup freezer');
}

/** Lets a frozen host go on. */
export function labThaw({ lab, host }: HostHandle): void {
  freezeCgroups(labId(lab.folder), host.name, false);
}

/** Drops all packets between this machine and the host, or (`false`) lets them pass again. */
export async function labDropPackets({ lab, host }: HostHandle, dropped = true): Promise<void> {
  if (lab.network === undefined) throw new Error(`the lab "${lab.name}" has no network`);
  await setDropped(lab.network, host.address, dropped);
}
