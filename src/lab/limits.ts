import { readFileSync, writeFileSync } from 'node:fs';

/** Watches that hosts keep open count against one limit of this machine's root: a host needs about ten, the default is 128 in all. */
const INSTANCES = { file: '/proc/sys/fs/inotify/max_user_instances', least: 8192 };

/** Raises the limits of this machine that many hosts would run into; they boot half and hang otherwise. */
export function raiseLimits(): void {
  try {
    if (Number(readFileSync(INSTANCES.file, 'latin1')) < INSTANCES.least)
      writeFileSync(INSTANCES.file, `${INSTANCES.least}\n`);
  } catch {
    // Read-only in some containers: a few hosts work all the same.
  }
}
