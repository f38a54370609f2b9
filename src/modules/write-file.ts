import { posix } from 'node:path';
import type { Bytes } from '../actions/action.js';
import type { Action } from '../actions/registry.js';
import { digestOf, sha1Of } from '../actions/write.js';
import { TaskError } from '../base/error.js';
import type { Values } from '../base/value.js';
import { splitWords } from '../base/words.js';
import { ask, type Probe } from '../probes/registry.js';
import type { FileStat } from '../probes/stat.js';
import { contentDiff, SHOWN } from './content-diff.js';
import { type FileArguments, planAttributes, writtenAttributes } from './file-attributes.js';
import { missingFolders, realFile, typeName, usualMode } from './host-path.js';
import { showMode } from './mode.js';
import type { Change, PlanContext, State } from './module.js';

/** What modules that put whole files in place have in common. */
export interface WriteArguments extends FileArguments {
  /** False: a file that is there stays as it is. */
  readonly force?: boolean;
  readonly backup?: boolean;
  readonly validate?: string | undefined;
  /** False: a symlink at the path is replaced, not what it leads to. */
  readonly follow?: boolean;
  /** Makes the folders above the file where they are missing. */
  readonly parents?: boolean;
}

/** What planFile reads. */
export function fileProbes(path: string, { diff }: PlanContext): Probe[] {
  const probes: Probe[] = [ask('stat', path), ask('stat', posix.dirname(path)), ask('digest', path)];
  return diff ? [...probes, ask('content', path)] : probes;
}

/** The plan that makes one file hold these bytes, with these attributes. */
export function planFile(path: string, bytes: Bytes, args: WriteArguments, state: State, context: PlanContext): Change {
  const file = destination(path, args, state);
  const digest = digestOf(bytes);
  if (file.stat && (args.force === false || state.read(ask('digest', file.path)) === digest)) {
    const kept = unchanged(path, file.path, file.stat, args, state, args.force === false ? undefined : bytes);
    return args.force === false ? kept : withChecksum(kept, bytes);
  }
  const old = context.diff && file.shown ? oldContent(file.path, file.stat ?? file.shown, state) : null;
  const plan = replacement(
    path,
    file,
    { bytes },
    args,
    state,
    context,
    () => file.stat && state.read(ask('digest', file.path)),
  );
  const diff = context.diff ? [old === undefined ? tooLarge(path, bytes) : contentDiff(path, old, bytes)] : [];
  return withChecksum({ ...plan, diff }, bytes);
}

function withChecksum(change: Change, bytes: Bytes): Change {
  const checksum = sha1Of(bytes);
  return checksum === undefined ? change : { ...change, result: { ...change.result, checksum } };
}

/** The same for a module that has read the old content and made the new one of it. */
export function planEdit(
  path: string,
  before: Buffer | null,
  after: Buffer,
  args: WriteArguments,
  state: State,
  context: PlanContext,
): Change {
  const file = destination(path, args, state);
  if (file.stat && before?.equals(after)) return unchanged(path, file.path, file.stat, args, state, after);
  const plan = replacement(path, file, { bytes: after }, args, state, context, () => before && digestOf(before));
  return { ...plan, diff: context.diff ? [contentDiff(path, before, after)] : [] };
}

/** The same for a copy of a file of the host, whose digest is known. */
export function planDuplicate(
  path: string,
  from: string,
  digest: string,
  args: WriteArguments,
  state: State,
  context: PlanContext,
): Change {
  const file = destination(path, args, state);
  if (file.stat && (args.force === false || state.read(ask('digest', file.path)) === digest))
    return unchanged(path, file.path, file.stat, args, state);
  const plan = replacement(
    path,
    file,
    { from },
    args,
    state,
    context,
    () => file.stat && state.read(ask('digest', file.path)),
  );
  return { ...plan, diff: [{ subject: path, note: `content of ${from}` }] };
}

interface Destination {
  /** The path to write, links followed where they should be. */
  readonly path: string;
  /** The file there, or null where a new one is made. */
  readonly stat: FileStat | null;
  /** What the old content, for people's eyes, is taken from. */
  readonly shown: FileStat | null;
}

function destination(path: string, args: WriteArguments, state: State): Destination {
  const real = realFile(path, state);
  if (real.stat && real.stat.type !== 'file') {
    const hint = real.stat.type === 'directory' ? 'name the file in it' : undefined;
    throw new TaskError(`${path} is a ${typeName(real.stat.type)}, not a file`, hint);
  }
  if (args.follow === false && real.path !== path && args.force !== false)
    return { path, stat: null, shown: real.stat };
  return { ...real, shown: real.stat };
}

function unchanged(
  path: string,
  real: string,
  stat: FileStat,
  args: WriteArguments,
  state: State,
  bytes?: Bytes,
): Change {
  const planned = planAttributes(real, stat, args, state);
  const result = written(path, bytes, { mode: planned?.action.mode ?? stat.mode });
  return planned ? { actions: [planned.action], diff: [planned.diff], result } : { actions: [], result };
}

function replacement(
  path: string,
  file: Destination,
  source: { readonly bytes: Bytes } | { readonly from: string },
  args: WriteArguments,
  state: State,
  context: PlanContext,
  oldDigest: () => string | null,
): Change {
  const folders = file.stat || file.shown ? [] : missingFolders(posix.dirname(file.path), state);
  if (folders.length > 0 && !args.parents) {
    throw new TaskError(
      `the folder ${posix.dirname(file.path)} does not exist`,
      'make it first: file: {path: ..., state: directory}',
    );
  }
  const actions: Action[] = [];
  if (folders.length > 0)
    actions.push({ kind: 'directory', paths: folders, mode: usualMode(posix.dirname(folders[0]!), state) });
  const saved = file.stat && args.backup ? backupName(file.path, oldDigest() ?? '', context) : undefined;
  if (saved !== undefined)
    actions.push({
      kind: 'run',
      argv: ['cp', '-p', '--', file.path, saved],
      effects: [{ type: 'stale-below', path: saved }],
    });
  const attributes = writtenAttributes(file.path, file.stat, args, state, context.user);
  const validate = args.validate === undefined ? {} : { validate: validation(args.validate) };
  if ('bytes' in source)
    actions.push({ kind: 'write', path: file.path, content: source.bytes, ...attributes, ...validate });
  else actions.push({ kind: 'duplicate', path: file.path, from: source.from, ...attributes, ...validate });
  const result = written(path, 'bytes' in source ? source.bytes : undefined, attributes);
  return { actions, result: saved === undefined ? result : { ...result, backup_file: saved } };
}

/** What Ansible registers of a file that was put in place, as far as it is known without looking again. */
function written(
  path: string,
  bytes: Bytes | undefined,
  attributes: { mode?: number | undefined; owner?: string; group?: string },
): Values {
  const result: Values = { dest: path, path, state: 'file' };
  if (attributes.mode !== undefined) result.mode = showMode(attributes.mode);
  if (attributes.owner !== undefined) result.owner = attributes.owner;
  if (attributes.group !== undefined) result.group = attributes.group;
  if (bytes === undefined) return result;
  result.size = Buffer.isBuffer(bytes) ? bytes.length : bytes.size;
  return result;
}

/** Undefined where it is too large to be shown, and so to be read. */
function oldContent(path: string, stat: FileStat, state: State): Buffer | null | undefined {
  return stat.size !== undefined && stat.size > SHOWN ? undefined : state.read(ask('content', path));
}

const tooLarge = (path: string, bytes: Bytes) => ({
  subject: path,
  note: `large: now ${Buffer.isBuffer(bytes) ? bytes.length : bytes.size} bytes`,
});

/** A name for the old file; with a part of its digest, so that two changes in one run keep two old files. */
export function backupName(path: string, digest: string, context: PlanContext): string {
  const stamp = new Date(context.now * 1000).toISOString().slice(0, 19).replace('T', '@');
  return `${path}.${digest.slice(0, 8)}.${stamp}~`;
}

/** Words of a validate command; %s must be in one of them. No shell reads them, as in Ansible. */
export function validation(command: string): string[] {
  if (!command.includes('%s'))
    throw new TaskError('validate must contain %s, the path of the new file', `e.g. validate: 'visudo -cf %s'`);
  return splitWords(command);
}
