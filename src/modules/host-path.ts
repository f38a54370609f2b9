import { posix } from 'node:path';
import { TaskError } from '../base/error.js';
import { ask, type Probe } from '../probes/registry.js';
import type { FileStat, FileType } from '../probes/stat.js';
import { type PlanContext, type State, Unknowable } from './module.js';

/** Symlinks that are followed in a row at the most, as Linux does. */
const MOST_LINKS = 40;

/** A path without doubled and trailing slashes; `..` stays, for it may lead through a symlink. */
export function cleanPath(path: string): string {
  return path.replace(/\/{2,}/g, '/').replace(/(?!^)\/$/, '');
}

/**
 * The absolute path on the host that an argument means; `~` and `~user` are homes there.
 * @throws TaskError where the path is relative
 */
export function hostPath(path: string, state: State, context: PlanContext): string {
  if (!path.startsWith('~')) return absolute(path);
  const { user, rest } = splitHome(path, context);
  const home = state.read(ask('passwd', user))?.home;
  if (home === undefined) throw new TaskError(`"${path}": there is no user ${user} on the host`);
  return cleanPath(home + rest);
}

/** What hostPath will read, and with it what is made of the path where that is known beforehand. */
export function pathProbes(
  path: string,
  context: PlanContext,
  then: (path: string) => readonly Probe[],
): readonly Probe[] {
  if (path.startsWith('~')) return [ask('passwd', splitHome(path, context).user)];
  return posix.isAbsolute(path) ? then(cleanPath(path)) : [];
}

function splitHome(path: string, context: PlanContext): { user: string; rest: string } {
  const slash = path.indexOf('/');
  const name = slash < 0 ? path.slice(1) : path.slice(1, slash);
  return { user: name === '' ? context.user : name, rest: slash < 0 ? '' : path.slice(slash) };
}

function absolute(path: string): string {
  if (posix.isAbsolute(path)) return cleanPath(path);
  throw new TaskError(
    `"${path}" is not an absolute path`,
    path.startsWith('$') ? 'variables of the host are not expanded in paths' : 'begin it with /',
  );
}

/** A path with all symlinks at its end followed, and what is there. */
export interface RealFile {
  readonly path: string;
  /** Never a symlink; null where nothing is there. */
  readonly stat: FileStat | null;
}

/** Where a path leads in the end, so that what is read, written and predicted is said of the file itself. */
export function realFile(path: string, state: State): RealFile {
  let at = path;
  for (let links = 0; links <= MOST_LINKS; links++) {
    const stat = state.read(ask('stat', at));
    if (stat?.type !== 'symlink') return { path: at, stat };
    at = posix.resolve(posix.dirname(at), stat.target ?? '');
  }
  throw new TaskError(`${path} leads through more than ${MOST_LINKS} symlinks`, 'does a link lead to itself?');
}

const NAMES: Readonly<Record<FileType, string>> = {
  file: 'file',
  directory: 'directory',
  symlink: 'symlink',
  block: 'block device',
  character: 'character device',
  fifo: 'fifo',
  socket: 'socket',
};

/** What a thing at a path is, for messages. */
export function typeName(type: FileType): string {
  return NAMES[type];
}

/** Folders from the outermost missing one down to `folder`; empty where it is there. */
export function missingFolders(folder: string, state: State): string[] {
  const missing: string[] = [];
  for (let at = folder; at !== '/'; at = posix.dirname(at)) {
    const { stat } = realFile(at, state);
    if (stat?.type === 'directory') break;
    if (stat) throw new TaskError(`${at} is a ${typeName(stat.type)}, not a directory, so ${folder} cannot be made`);
    const link = state.read(ask('stat', at));
    if (link)
      throw new TaskError(`${at} is a symlink to ${link.target}, which does not exist, so ${folder} cannot be made`);
    missing.unshift(at);
  }
  return missing;
}

/** What is put at a path needs a folder to be in. Throws TaskError where it is missing. */
export function requireParent(path: string, state: State): void {
  if (missingFolders(posix.dirname(path), state).length === 0) return;
  throw new TaskError(`the folder ${posix.dirname(path)} does not exist`, 'make it first, with state: directory');
}

/** Where a file of this name goes: into dest where that is a folder, or must be one. */
export function inTarget(dest: string, inFolder: boolean, name: string, state: State): string {
  return inFolder || realFile(dest, state).stat?.type === 'directory' ? posix.join(dest, name) : dest;
}

/** What mkdir gives a new directory: as the umask has it, and setgid where the one above has it. */
export function usualMode(above: string, state: State): number {
  return 0o755 | ((realFile(above, state).stat?.mode ?? 0) & 0o2000);
}

/**
 * For plans that let a program of the host look at a path: in check mode it would not see what an earlier
 * task of the run is to make there.
 * @throws Unknowable
 */
export function requireReal({ path, stat }: RealFile, { check }: PlanContext): void {
  if (check && !isReal(stat)) throw new Unknowable(`${path} depends on an earlier task`);
}

/** False where the stat is a prediction: something that is still to be made, or changed below. */
export function isReal(stat: FileStat | null): boolean {
  return stat === null || (stat.inode !== undefined && stat.mtime !== undefined);
}
