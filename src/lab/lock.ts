import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessIdentity, processIdentity } from './process.js';

let count = 0;

/**
 * Runs `work` while holding the lock file `path`; waits for another holder, tells who it is once,
 * and takes the lock of a holder that died. The file holds the id and start time of the holder.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, onWait?: (pid: number) => void): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}.${count++}`;
  writeFileSync(own, JSON.stringify(await processIdentity(process.pid)), { mode: 0o600 });
  try {
    for (let told = false; !tryLink(own, path); ) {
      const holder = readHolder(path);
      if (holder !== undefined && !(await isAlive(holder))) {
        removeDead(path, holder, `${own}.dead`);
        continue;
      }
      if (!told && holder) onWait?.(holder.pid);
      told = true;
      await sleep(50);
    }
  } finally {
    rmSync(own, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

// A hard link appears whole or not at all, so the holder can always be read.
function tryLink(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

// Another waiter may have freed and taken the lock since `holder` was read: what was moved away is looked at again.
function removeDead(path: string, holder: ProcessIdentity, aside: string): void {
  try {
    renameSync(path, aside);
    if (readHolder(aside)?.startTime !== holder.startTime) tryLink(aside, path);
    rmSync(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function readHolder(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
