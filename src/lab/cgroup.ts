import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Every cgroup hierarchy's mount point on this machine (version 1 has one per controller, version 2 a single one). */
export function cgroupMounts(mountinfo: string = readFileSync('/proc/self/mountinfo', 'utf8')): string[] {
  const mounts = new Set<string>();
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const point = before.split(' ')[4];
    if (point?.startsWith('/sys/fs/cgroup') && /^cgroup2? /.test(after)) mounts.add(point);
  }
  return [...mounts];
}

/** The lab's own group in each hierarchy; a host's group is a child of it. */
export function labCgroups(id: string, host?: string): string[] {
  return cgroupMounts().map((mount) => join(mount, 'hostwright-lab', id, host ?? '.'));
}

/** Makes a host's groups, so that hosts don't share one and everything of a host can be found by its group. */
export function makeCgroups(id: string, host: string): string[] {
  return labCgroups(id, host).filter((path) => {
    try {
      mkdirSync(path, { recursive: true });
      for (let depth = 2; depth >= 0; depth--) inheritCpuset(join(path, ...Array<string>(depth).fill('..')));
      return true;
    } catch {
      // A hierarchy mounted read-only or without us: the host does without it.
      return false;
    }
  });
}

// Version 1's cpuset starts empty, and takes no process until it names processors and memory nodes.
function inheritCpuset(path: string): void {
  for (const name of ['cpuset.cpus', 'cpuset.mems']) {
    const file = join(path, name);
    if (!existsSync(file) || readFileSync(file, 'utf8').trim() !== '') continue;
    writeFileSync(file, readFileSync(join(path, '..', name), 'utf8').trim());
  }
}

/** Kills every process in the lab's groups (or one host's) and removes the groups; both may be gone already. */
export async function clearCgroups(id: string, host?: string): Promise<void> {
  const groups = labCgroups(id, host);
  for (let attempt = 0; attempt < 100; attempt++) {
    const pids = new Set(groups.flatMap(processesIn));
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {}
    }
    for (const group of groups) setFrozen(group, false);
    if (pids.size === 0 && groups.every(removeTree)) break;
    await sleep(20);
  }
  // Shared by all labs: goes with the last.
  if (host === undefined) for (const mount of cgroupMounts()) tryRemove(join(mount, 'hostwright-lab'));
}

/** Freezes or thaws a host: version 1's freezer, or version 2's own. False where the machine offers neither. */
export function freezeCgroups(id: string, host: string, frozen: boolean): boolean {
  return labCgroups(id, host).filter((group) => setFrozen(group, frozen)).length > 0;
}

function setFrozen(group: string, frozen: boolean): boolean {
  for (const [file, value] of [
    ['freezer.state', frozen ? 'FROZEN' : 'THAWED'],
    ['cgroup.freeze', frozen ? '1' : '0'],
  ] as const) {
    if (!existsSync(join(group, file))) continue;
    writeFileSync(join(group, file), value);
    return true;
  }
  return false;
}

function children(group: string): string[] {
  try {
    return readdirSync(group, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(group, entry.name));
  } catch {
    return [];
  }
}

function processesIn(group: string): number[] {
  try {
    const own = readFileSync(join(group, 'cgroup.procs'), 'latin1').split('\n').map(Number);
    return [...own.filter((pid) => pid > 1 && pid !== process.pid), ...children(group).flatMap(processesIn)];
  } catch {
    return [];
  }
}

function removeTree(group: string): boolean {
  return children(group).map(removeTree).every(Boolean) && tryRemove(group);
}

function tryRemove(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
