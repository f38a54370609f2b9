import { describe, inject } from 'vitest';
import { type HostHandle, labExec, labHost } from '../../src/lab/control.js';
import type { LabState } from '../../src/lab/state.js';
import { Project } from '../support/project.js';

export { Heard, type Overrides, Project } from '../support/project.js';

const { state, skipped } = inject('lab');

/** A suite that needs real hosts: skipped, with the reason told by the set-up, where there can be none. */
export const onLab = describe.skipIf(skipped !== undefined);

/** The lab that the tests share. */
export function theLab(): LabState {
  if (state === undefined) throw new Error(`there is no lab: ${skipped}`);
  return state;
}

/** A temporary project whose runs use the lab's inventory. */
export const labProject = (): Project => new Project(theLab().inventoryFile);

export const host = (name: string): HostHandle => labHost(theLab(), name);

/** Runs a shell text on a host as root, apart from SSH; its standard output without the last newline. */
export async function on(name: string, text: string, lab = theLab()): Promise<string> {
  const { code, stdout, stderr } = await labExec(labHost(lab, name), ['sh', '-c', text]);
  if (code !== 0) throw new Error(`${name}: ${text}: status ${code}: ${stderr.trim()} ${stdout.trim()}`);
  return stdout.replace(/\n$/, '');
}

/** Waits until something holds; throws with `what` where it does not in time (seconds). */
export async function eventually<T>(what: string, seconds: number, look: () => Promise<T | undefined | false>): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(0.1);
  }
}

export const sleep = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Files and folders under these paths that are newer than the mark file. */
export async function newerThan(name: string, mark: string, folders: string, lab = theLab()): Promise<string[]> {
  const found = await on(name, `find ${folders} -newer ${mark} 2>/dev/null || :`, lab);
  return found === '' ? [] : found.split('\n');
}
