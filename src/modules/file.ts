import { posix } from 'node:path';
import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { ask } from '../probes/registry.js';
import type { FileStat } from '../probes/stat.js';
import { accountProbes, fileOptions, planAttributes, requireAccounts, wantsAttributes } from './file-attributes.js';
import { planHardLink, planSymlink } from './file-link.js';
import { planTimes, TIME_FORMAT } from './file-time.js';
import { planTree } from './file-tree.js';
import {
  hostPath,
  missingFolders,
  pathProbes,
  type RealFile,
  realFile,
  requireParent,
  typeName,
  usualMode,
} from './host-path.js';
import { resolveMode } from './mode.js';
import { type Change, defineModule, type PlanContext, type State } from './module.js';
import type { Arguments } from './options.js';

const options = {
  path: { type: 'path', required: true, aliases: ['dest', 'name'], description: 'Absolute path on the host.' },
  state: {
    type: 'str',
    choices: ['file', 'directory', 'link', 'hard', 'touch', 'absent'],
    description: 'What must be there. Left out: whatever is there; with recurse a directory, otherwise a file.',
  },
  src: { type: 'path', description: 'Where a link points.' },
  recurse: { type: 'bool', default: false, description: 'Attributes also for everything below a directory.' },
  follow: { type: 'bool', default: true, description: 'A symlink at the path stands for what it leads to.' },
  force: {
    type: 'bool',
    default: false,
    description: 'Make a link although its target is missing, or in place of a file.',
  },
  access_time: {
    type: 'str',
    description: '`preserve`, `now` or a time in access_time_format; left out: preserve, with touch now.',
  },
  access_time_format: { type: 'str', default: TIME_FORMAT, description: 'strftime format of access_time.' },
  modification_time: {
    type: 'str',
    description: '`preserve`, `now` or a time in modification_time_format; left out: preserve, with touch now.',
  },
  modification_time_format: { type: 'str', default: TIME_FORMAT, description: 'strftime format of modification_time.' },
  ...fileOptions,
} as const;

export type FileArgs = Arguments<typeof options>;

export const file = defineModule({
  name: 'file',
  description: 'Directories, links, attributes of files, and the absence of them.',
  options,
  examples: `
- file: { path: /srv/app, state: directory, mode: '0750' }
- file: { path: /srv/app/current, src: /srv/app/v1, state: link, force: true }
- file: { path: /srv/app/stamp, state: touch, access_time: preserve, modification_time: preserve }
- file: { path: /srv/www, owner: www-data, mode: 'u=rwX,go=rX', recurse: true }
- file: { path: /srv/app/old, state: absent }
`,
  probes: (args, context) => [
    ...accountProbes(args),
    ...pathProbes(args.path, context, (path) => {
      const both = [ask('stat', path), ask('stat', posix.dirname(path))];
      if (args.state === 'directory') return both;
      if (args.src === undefined) return [ask('stat', path)];
      return args.force && args.state !== 'hard'
        ? both
        : [...both, ask('stat', posix.resolve(posix.dirname(path), args.src))];
    }),
  ],
  plan: (args, state, context) => {
    const path = hostPath(args.path, state, context);
    const there = state.read(ask('stat', path));
    const real = (): RealFile => (args.follow ? realFile(path, state) : { path, stat: there });
    const wanted = args.state ?? usualState(there, real, args);
    if (args.recurse && wanted !== 'directory')
      throw new TaskError('recurse is for directories', 'add state: directory');
    switch (wanted) {
      case 'absent':
        return absent(path, there);
      case 'directory':
        return directory(path, there, real(), args, state, context);
      case 'link':
        return planSymlink(path, there, args, state, context);
      case 'hard':
        return planHardLink(path, there, args, state);
      case 'touch':
        return touch(path, real(), args, state);
      default:
        return existing(path, there, real(), args, state, context);
    }
  },
});

function usualState(there: FileStat | null, real: () => RealFile, args: FileArgs): NonNullable<FileArgs['state']> {
  if (there?.type === 'symlink' && (!args.follow || args.src !== undefined)) return 'link';
  if (real().stat?.type === 'directory') return 'directory';
  return !there && args.recurse ? 'directory' : 'file';
}

function absent(path: string, there: FileStat | null): Change {
  const result = { path, state: 'absent' };
  if (!there) return { actions: [], result };
  if (path === '/') throw new TaskError('/ will not be removed');
  return {
    actions: [{ kind: 'remove', path }],
    diff: [{ subject: path, note: `${typeName(there.type)} removed` }],
    result,
  };
}

function directory(
  path: string,
  there: FileStat | null,
  real: RealFile,
  args: FileArgs,
  state: State,
  context: PlanContext,
): Change {
  if (there && !real.stat) throw new TaskError(`${path} is a symlink to ${there.target}, which does not exist`);
  if (real.stat && real.stat.type !== 'directory') {
    throw new TaskError(
      `${path} is there and is a ${typeName(real.stat.type)}, not a directory`,
      'remove it first, or choose another path',
    );
  }
  if (real.stat) return withAttributes(path, real as RealFile & { stat: FileStat }, args, state, context, 'directory');
  requireAccounts(args, state);
  const paths = missingFolders(path, state);
  const { owner, group } = args;
  const actions: Action[] = [
    {
      kind: 'directory',
      paths,
      mode: args.mode === undefined ? usualMode(posix.dirname(paths[0]!), state) : resolveMode(args.mode, 0o755, true),
      ...(owner === undefined ? {} : { owner }),
      ...(group === undefined ? {} : { group }),
    },
  ];
  const times = planTimes(path, { ...MADE }, args, 'preserve', state);
  if (times) actions.push(times);
  return {
    actions,
    diff: paths.map((each) => ({ subject: each, note: 'directory made' })),
    result: { path, state: 'directory' },
  };
}

/** Times of something that is still to be made: none that could be wanted. */
const MADE: FileStat = {
  type: 'directory',
  mode: undefined,
  uid: undefined,
  gid: undefined,
  owner: undefined,
  group: undefined,
  size: undefined,
  mtime: Number.NaN,
  atime: Number.NaN,
  ctime: undefined,
  inode: undefined,
  device: undefined,
  links: undefined,
};

/** Attributes and times of something that is there. */
function withAttributes(
  path: string,
  real: RealFile & { stat: FileStat },
  args: FileArgs,
  state: State,
  context: PlanContext,
  kind: string,
): Change {
  const result = { path, state: kind };
  const actions: Action[] = [];
  const diff: NonNullable<Change['diff']>[number][] = [];
  if (args.recurse && wantsAttributes(args)) {
    const action = planTree(real, args, state, context);
    if (action) actions.push(action);
    if (action) diff.push({ subject: path, note: 'attributes at and below it' });
  } else {
    const planned = planAttributes(real.path, real.stat, args, state);
    if (planned) actions.push(planned.action);
    if (planned) diff.push(planned.diff);
  }
  const times = planTimes(real.path, real.stat, args, 'preserve', state);
  if (times) actions.push(times);
  if (times) diff.push({ subject: path, note: 'times set' });
  return { actions, diff, result };
}

function touch(path: string, real: RealFile, args: FileArgs, state: State): Change {
  const actions: Action[] = [];
  const there = real.stat;
  const times = planTimes(real.path, there, args, 'now', state);
  if (times) actions.push(times);
  const attributes = there && planAttributes(real.path, there, args, state);
  if (attributes) actions.push(attributes.action);
  else if (!there) {
    requireParent(real.path, state);
    requireAccounts(args, state);
    const { owner, group } = args;
    const mode = args.mode === undefined ? undefined : resolveMode(args.mode, 0o644, false);
    if (wantsAttributes(args)) {
      actions.push({
        kind: 'attributes',
        path: real.path,
        ...(mode === undefined ? {} : { mode }),
        ...(owner === undefined ? {} : { owner }),
        ...(group === undefined ? {} : { group }),
      });
    }
  }
  const note = !there ? 'empty file made' : times ? 'times set' : undefined;
  const diff = [...(note === undefined ? [] : [{ subject: path, note }]), ...(attributes ? [attributes.diff] : [])];
  return { actions, diff, result: { dest: path, path, state: there?.type === 'directory' ? 'directory' : 'file' } };
}

function existing(
  path: string,
  there: FileStat | null,
  real: RealFile,
  args: FileArgs,
  state: State,
  context: PlanContext,
): Change {
  if (there && !real.stat) throw new TaskError(`${path} is a symlink to ${there.target}, which does not exist`);
  if (!real.stat)
    throw new TaskError(
      `${path} does not exist`,
      'state: touch makes an empty file, copy and template make one with content',
    );
  if (args.state === 'file' && real.stat.type === 'directory')
    throw new TaskError(`${path} is a directory, not a file`);
  return withAttributes(path, real as RealFile & { stat: FileStat }, args, state, context, 'file');
}
