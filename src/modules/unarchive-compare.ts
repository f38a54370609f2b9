import { posix } from 'node:path';
import { ask, type Probe } from '../probes/registry.js';
import type { ArchiveEntry } from './archive-entry.js';
import { type FileArguments, planAttributes } from './file-attributes.js';
import { showMode } from './mode.js';
import type { State } from './module.js';
import { readAll } from './read-all.js';

/** How an archive's entries become paths on the host. */
export interface Selection {
  /** Leading parts of every path that are dropped. */
  readonly strip: number;
  /** Shell patterns of what is left out, as tar reads them; entries below one are left out too. */
  readonly excluded: (path: string) => boolean;
  /** True for what is wanted. */
  readonly included: (path: string) => boolean;
}

/** The entries that come to the host, with the paths they get there; of two with one path the last one counts. */
export function selected(
  entries: readonly ArchiveEntry[],
  dest: string,
  { strip, excluded, included }: Selection,
): { entry: ArchiveEntry; path: string }[] {
  const chosen = new Map<string, { entry: ArchiveEntry; path: string }>();
  for (const entry of entries) {
    const parts = entry.path.split('/').slice(strip);
    // tar passes over paths that lead out of the folder.
    if (excluded(entry.path) || !included(entry.path) || parts.length === 0 || parts.includes('..')) continue;
    const path = posix.join(dest, ...parts);
    chosen.set(path, { entry, path });
  }
  return [...chosen.values()];
}

/** Whether anything of the archive is missing on the host or differs there, as `tar --diff` would tell. */
export function differs(
  files: readonly { entry: ArchiveEntry; path: string }[],
  wanted: FileArguments,
  state: State,
  user: string,
): boolean {
  const stats = readAll(
    state,
    files.map(({ path }) => ask('stat', path)),
  );
  const digests: { probe: Probe<'digest'>; digest: string }[] = [];
  for (const [i, { entry, path }] of files.entries()) {
    const stat = stats[i];
    if (!stat) return true;
    if (entry.type === 'other') continue;
    if (stat.type !== entry.type) return true;
    if (entry.type === 'symlink') {
      if (stat.target !== entry.target) return true;
      continue;
    }
    // Only root keeps what the umask takes away.
    const usual = entry.mode === undefined || user === 'root' ? entry.mode : entry.mode & 0o755;
    const mode = wanted.mode ?? (usual === undefined ? undefined : showMode(usual));
    if (planAttributes(path, stat, { ...wanted, mode }, state)) return true;
    if (
      entry.type === 'file' &&
      entry.mtime !== undefined &&
      state.field(ask('stat', path), stat.mtime) !== entry.mtime
    )
      return true;
    if (entry.digest !== undefined) digests.push({ probe: ask('digest', path), digest: entry.digest });
  }
  const found = readAll(
    state,
    digests.map(({ probe }) => probe),
  );
  return digests.some(({ digest }, i) => found[i] !== digest);
}
