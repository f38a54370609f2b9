import { posix } from 'node:path';
import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { ask, outputOf } from '../probes/registry.js';
import type { FileStat } from '../probes/stat.js';
import type { FileArgs } from './file.js';
import { planAttributes, wantsAttributes } from './file-attributes.js';
import { realFile, requireParent, requireReal, typeName } from './host-path.js';
import type { Change, PlanContext, State } from './module.js';

/** A symlink at `path`; its attributes are those of what it leads to, unless follow is false. */
export function planSymlink(
  path: string,
  there: FileStat | null,
  args: FileArgs,
  state: State,
  context: PlanContext,
): Change {
  const target = args.src ?? there?.target;
  const result = { dest: path, path, src: target ?? '', state: 'link' };
  if (target === undefined) throw new TaskError(`${path} is not a link, and src does not say where it should point`);
  if (there?.type === 'symlink' && there.target === target) {
    const attributes = linkAttributes(path, target, there, args, state);
    return attributes ? { actions: [attributes.action], diff: [attributes.diff], result } : { actions: [], result };
  }
  const actions: Action[] = [];
  if (there?.type === 'directory') actions.push(emptied(path, there, args, state, context));
  else if (there && there.type !== 'symlink' && !args.force) {
    throw new TaskError(`${path} is there and is a ${typeName(there.type)}, not a link`, 'force: true replaces a file');
  }
  const absolute = posix.resolve(posix.dirname(path), target);
  if (!args.force && !realFile(absolute, state).stat) {
    throw new TaskError(`the target ${absolute} of the link does not exist`, 'force: true makes the link all the same');
  }
  if (!there) requireParent(path, state);
  if (there && there.type !== 'directory' && there.type !== 'symlink' && realFile(absolute, state).path === path) {
    throw new TaskError(`the file ${path} would become a link that leads to itself`, 'move the file away first');
  }
  actions.push({ kind: 'link', path, target, hard: false });
  const attributes = linkAttributes(path, target, undefined, args, state);
  if (attributes) actions.push(attributes.action);
  const before = there?.target ?? (there ? `(${typeName(there.type)})` : '(none)');
  return { actions, diff: [{ subject: path, note: `link ${before} → ${target}` }], result };
}

/** An empty directory makes way for a link, with force. */
function emptied(path: string, stat: FileStat, { force }: FileArgs, state: State, context: PlanContext): Action {
  if (!force)
    throw new TaskError(`${path} is there and is a directory, not a link`, 'force: true replaces it where it is empty');
  requireReal({ path, stat }, context);
  const found = state.read(outputOf({ argv: ['find', path, '-mindepth', '1', '-print', '-quit'] }));
  if (found.stdout !== '' || found.status !== 0) {
    throw new TaskError(
      `${path} is a directory with something in it; a link will not replace it`,
      'remove it first: state: absent',
    );
  }
  return { kind: 'run', argv: ['rmdir', '--', path], effects: [{ type: 'stale-below', path, gone: true }] };
}

function linkAttributes(path: string, target: string, there: FileStat | undefined, args: FileArgs, state: State) {
  if (!wantsAttributes(args)) return undefined;
  if (!args.follow) {
    const fresh: FileStat = { ...UNKNOWN, target };
    return planAttributes(path, there ?? fresh, args, state);
  }
  const real = realFile(posix.resolve(posix.dirname(path), target), state);
  return real.stat ? planAttributes(real.path, real.stat, args, state) : undefined;
}

/** Of a link that is still to be made nothing is known, and the owners are set whatever they will be. */
const UNKNOWN: FileStat = {
  type: 'symlink',
  mode: 0o777,
  uid: -1,
  gid: -1,
  owner: '',
  group: '',
  size: undefined,
  mtime: undefined,
  atime: undefined,
  ctime: undefined,
  inode: undefined,
  device: undefined,
  links: undefined,
};

/** A second name for a file. */
export function planHardLink(path: string, there: FileStat | null, args: FileArgs, state: State): Change {
  const target = args.src;
  if (target === undefined) throw new TaskError('state: hard needs src, the file to link to');
  const source = state.read(ask('stat', target));
  const result = { dest: path, path, src: target, state: 'hard' };
  if (!source) throw new TaskError(`the target ${target} of the hard link does not exist`);
  if (source.type === 'directory') throw new TaskError(`${target} is a directory, and directories have no hard links`);
  if (there) {
    const same =
      state.field(ask('stat', path), there.inode) === state.field(ask('stat', target), source.inode) &&
      there.device === source.device;
    if (same) {
      const attributes = planAttributes(path, there, args, state);
      return attributes ? { actions: [attributes.action], diff: [attributes.diff], result } : { actions: [], result };
    }
    if (there.type === 'directory')
      throw new TaskError(`${path} is there and is a directory`, 'remove it first: state: absent');
    if (!args.force) throw new TaskError(`${path} is there and is another file`, 'force: true replaces it');
  }
  if (!there) requireParent(path, state);
  const attributes = planAttributes(path, source, args, state);
  return {
    actions: [{ kind: 'link', path, target, hard: true }, ...(attributes ? [attributes.action] : [])],
    diff: [{ subject: path, note: `hard link to ${target}` }],
    result,
  };
}
