import { posix } from 'node:path';
import { ask } from '../probes/registry.js';
import type { FileStat, FileType } from '../probes/stat.js';
import { type Effect, type Look, predict } from './action.js';

/** Who owns a path and what may be done with it; undefined: left as it is or as the host makes it. */
export interface Attributes {
  /** Permission bits, e.g. 0o644. */
  readonly mode?: number;
  /** Name or number of the owner. */
  readonly owner?: string;
  readonly group?: string;
}

/** `owner:group` for chown, or undefined where neither is wanted. */
export function ownership({ owner, group }: Attributes): string | undefined {
  if (owner === undefined && group === undefined) return undefined;
  return `${owner ?? ''}${group === undefined ? '' : `:${group}`}`;
}

/** The stat to expect of something just made, with the fields nobody can know left undefined. */
export function freshStat(type: FileType, attributes: Attributes, size?: number): FileStat {
  const id = (name: string | undefined): number | undefined =>
    name !== undefined && /^\d+$/.test(name) ? Number(name) : undefined;
  return {
    type,
    mode: attributes.mode,
    uid: id(attributes.owner),
    gid: id(attributes.group),
    owner: id(attributes.owner) === undefined ? attributes.owner : undefined,
    group: id(attributes.group) === undefined ? attributes.group : undefined,
    size,
    mtime: undefined,
    atime: undefined,
    ctime: undefined,
    inode: undefined,
    device: undefined,
    links: undefined,
  };
}

/** The folder a path is in has new times once something in it was made, replaced or removed. */
export function folderTouched(path: string, look: Look): Effect[] {
  const probe = ask('stat', posix.dirname(path));
  const before = look(probe);
  if (!before || before.mtime === undefined) return [];
  return [predict(probe, { ...before, mtime: undefined, ctime: undefined, size: undefined, links: undefined })];
}

/** What programs that looked, and digests of other kinds, said of files may be different after any change to a file. */
export const looksAgain: Effect = { type: 'stale-kinds', kinds: ['output', 'sha1', 'chunk'] };

/** A name beside `path` for its next content, which no other run chooses. */
export function temporaryName(path: string, random: string): string {
  return posix.join(posix.dirname(path), `.${posix.basename(path).slice(0, 200)}.${random}.hostwright`);
}

/** Octal digits as chmod and mkdir read them: five, for with fewer they leave setuid and setgid of a directory. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(5, '0');
}
