import { posix } from 'node:path';
import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { ask } from '../probes/registry.js';
import type { FileStat } from '../probes/stat.js';
import { fileOptions, planAttributes } from './file-attributes.js';
import { resolveMode } from './mode.js';
import { type Change, defineModule, type State } from './module.js';
import type { Arguments } from './options.js';

const options = {
  path: { type: 'path', required: true, aliases: ['dest', 'name'], description: 'Absolute path on the host.' },
  state: {
    type: 'str',
    choices: ['file', 'directory', 'link', 'hard', 'touch', 'absent'],
    description: 'What must be there. Left out: whatever is there, or a file.',
  },
  src: { type: 'path', description: 'Where a link points.' },
  recurse: { type: 'bool', default: false, description: 'Attributes also for everything below a directory.' },
  follow: { type: 'bool', default: true, description: 'A symlink at the path stands for what it leads to.' },
  force: { type: 'bool', default: false, description: 'Make a link although its target is missing, or in place of a file.' },
  access_time: { type: 'str', description: 'For touch: `preserve`, `now` or a time as touch -d reads it.' },
  modification_time: { type: 'str', description: 'For touch: `preserve`, `now` or a time as touch -d reads it.' },
  ...fileOptions,
} as const;

type FileArgs = Arguments<typeof options>;

export const file = defineModule({
  name: 'file',
  description: 'Directories, links, attributes of files, and the absence of them.',
  options,
  rules: { requiredIf: [['state', 'link', ['src']], ['state', 'hard', ['src']]] },
  examples: `
- file: { path: /srv/app, state: directory, mode: '0750' }
- file: { path: /srv/app/current, src: /srv/app/v1, state: link, force: true }
- file: { path: /srv/app/old, state: absent }
`,
  probes: ({ path, state, src }) => (state === 'hard' && src ? [ask('stat', path), ask('stat', src)] : [ask('stat', path)]),
  plan: (args, state) => {
    if (!posix.isAbsolute(args.path)) throw new TaskError(`"${args.path}" is not an absolute path`, 'begin it with /');
    const path = args.path.length > 1 ? args.path.replace(/\/+$/, '') : args.path;
    const there = state.read(ask('stat', path));
    switch (args.state ?? (there?.type === 'directory' ? 'directory' : there?.type === 'symlink' && !args.follow ? 'link' : 'file')) {
      case 'absent':
        return absent(path, there);
      case 'directory':
        return directory(path, there, args, state);
      case 'link':
        return symlink(path, there, args, state);
      case 'hard':
        return hardLink(path, there, args, state);
      case 'touch':
        return touch(path, there, args, state);
      default:
        return existing(path, there, args, state);
    }
  },
});

function absent(path: string, there: FileStat | null): Change {
  if (!there) return { actions: [] };
  return { actions: [{ kind: 'remove', path }], diff: [{ subject: path, note: `${there.type} removed` }] };
}

/** Where a symlink stands for its target, the stat of the target; the path's own stat otherwise. */
function followed(there: FileStat | null, follow: boolean): FileStat | null {
  return there?.type === 'symlink' && follow ? (there.followed ?? null) : there;
}

function directory(path: string, there: FileStat | null, args: FileArgs, state: State): Change {
  const found = followed(there, args.follow);
  if (there && !found) throw new TaskError(`${path} is a symlink to ${there.target}, which does not exist`);
  if (found && found.type !== 'directory') {
    throw new TaskError(`${path} is there and is a ${found.type}, not a directory`, 'remove it first, or choose another path');
  }
  if (found) return withAttributes(path, found, args, state);
  const missing = [path];
  for (let parent = posix.dirname(path); parent !== '/'; parent = posix.dirname(parent)) {
    const above = followed(state.read(ask('stat', parent)), true);
    if (above?.type === 'directory') break;
    if (above) throw new TaskError(`${parent} is a ${above.type}, so ${path} cannot be made in it`);
    missing.unshift(parent);
  }
  const mode = resolveMode(args.mode ?? '0755', 0o755, true);
  const action: Action = { kind: 'directory', paths: missing, mode, owner: args.owner, group: args.group };
  return { actions: [action], diff: missing.map((each) => ({ subject: each, note: 'directory made' })) };
}

function withAttributes(path: string, found: FileStat, args: FileArgs, state: State): Change {
  if (args.recurse && (args.mode ?? args.owner ?? args.group) !== undefined) return recursive(path, args, state);
  const planned = planAttributes(path, found, args, state);
  return planned ? { actions: [planned.action], diff: [planned.diff] } : { actions: [] };
}

/** What below a directory lacks the wanted attributes, as find(1) tells: one question whatever the size of the tree. */
function recursive(path: string, args: FileArgs, state: State): Change {
  const tests: string[] = [];
  const or = (...words: string[]): void => {
    if (tests.length > 0) tests.push('-o');
    tests.push(...words);
  };
  if (args.owner !== undefined) or('!', /^\d+$/.test(args.owner) ? '-uid' : '-user', args.owner);
  if (args.group !== undefined) or('!', /^\d+$/.test(args.group) ? '-gid' : '-group', args.group);
  const mode = args.mode === undefined ? undefined : resolveMode(args.mode, 0o755, true);
  if (mode !== undefined) or('!', '-type', 'l', '!', '-perm', mode.toString(8));
  const found = state.read(ask('output', JSON.stringify({ argv: ['find', path, '(', ...tests, ')', '-print', '-quit'] })));
  if (found.status !== 0) throw new TaskError(`find ${path}: ${found.stderr.trim()}`);
  if (found.stdout === '') return { actions: [] };
  return {
    actions: [{ kind: 'attributes', path, recursive: true, mode, owner: args.owner, group: args.group }],
    diff: [{ subject: path, note: 'attributes below it' }],
  };
}

function symlink(path: string, there: FileStat | null, args: FileArgs, state: State): Change {
  const target = args.src!;
  if (there?.type === 'symlink' && there.target === target) return { actions: [] };
  if (there && there.type !== 'symlink' && !args.force) {
    throw new TaskError(`${path} is there and is a ${there.type}, not a link`, 'force: true replaces a file');
  }
  if (there?.type === 'directory') throw new TaskError(`${path} is a directory; a link will not replace it`, 'remove it first');
  const absolute = posix.resolve(posix.dirname(path), target);
  if (!args.force && !state.read(ask('stat', absolute))) {
    throw new TaskError(`the target ${absolute} of the link does not exist`, 'force: true makes the link all the same');
  }
  return {
    actions: [{ kind: 'link', path, target, hard: false }],
    diff: [{ subject: path, note: `link ${there?.target ?? '(none)'} → ${target}` }],
  };
}

function hardLink(path: string, there: FileStat | null, args: FileArgs, state: State): Change {
  const target = args.src!;
  const source = state.read(ask('stat', target));
  if (!source) throw new TaskError(`the target ${target} of the hard link does not exist`);
  if (there && there.inode !== undefined && there.inode === source.inode && there.device === source.device) return { actions: [] };
  if (there && !args.force) throw new TaskError(`${path} is there and is another file`, 'force: true replaces it');
  return { actions: [{ kind: 'link', path, target, hard: true }], diff: [{ subject: path, note: `hard link to ${target}` }] };
}

function touch(path: string, there: FileStat | null, args: FileArgs, state: State): Change {
  const keep = args.access_time === 'preserve' && args.modification_time === 'preserve';
  const attributes = there && planAttributes(path, followed(there, args.follow) ?? there, args, state);
  const actions: Action[] = [];
  if (!there || !keep) {
    const time = (said: string | undefined): string | undefined => (said === 'now' ? undefined : said);
    actions.push({ kind: 'touch', path, accessTime: time(args.access_time), modificationTime: time(args.modification_time) });
  }
  if (attributes) actions.push(attributes.action);
  else if (!there && (args.mode ?? args.owner ?? args.group) !== undefined) {
    const mode = args.mode === undefined ? undefined : resolveMode(args.mode, 0o644, false);
    actions.push({ kind: 'attributes', path, mode, owner: args.owner, group: args.group });
  }
  return { actions, diff: actions.length === 0 ? [] : [{ subject: path, note: there ? 'times set' : 'empty file made' }] };
}

function existing(path: string, there: FileStat | null, args: FileArgs, state: State): Change {
  const found = followed(there, args.follow);
  if (!found) throw new TaskError(`${path} does not exist`, 'state: touch makes an empty file, copy and template make one with content');
  if (args.state === 'file' && found.type === 'directory') throw new TaskError(`${path} is a directory, not a file`);
  return withAttributes(path, found, args, state);
}
