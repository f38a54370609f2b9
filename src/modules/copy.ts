import { posix } from 'node:path';
import type { Bytes } from '../actions/action.js';
import type { Action } from '../actions/registry.js';
import { digestOf } from '../actions/write.js';
import { TaskError } from '../base/error.js';
import type { Value } from '../base/value.js';
import { ask } from '../probes/registry.js';
import { showMode } from './mode.js';
import { contentDiff } from './content-diff.js';
import { type FileArguments, fileOptions, planAttributes, writtenAttributes } from './file-attributes.js';
import { type Change, defineModule, type PlanContext, type State } from './module.js';
import type { Arguments } from './options.js';

const options = {
  dest: { type: 'path', required: true, description: 'Absolute path on the host; ends in / for a folder to put it in.' },
  src: { type: 'path', description: 'A file or folder of the role or playbook (looked for in files/).' },
  content: { type: 'raw', description: 'The content itself; a mapping or list is written as JSON.' },
  remote_src: { type: 'bool', default: false, description: 'src is a path on the host.' },
  force: { type: 'bool', default: true, description: 'Replace a file that differs.' },
  backup: { type: 'bool', default: false, description: 'Keep the old file beside the new one, with the time in its name.' },
  validate: { type: 'str', description: 'Command that must accept the new file before it lands; %s is its path.' },
  directory_mode: { type: 'mode', description: 'Permissions of folders made while a folder is copied.' },
  follow: { type: 'bool', default: true, description: 'A symlink at dest stands for the file it leads to.' },
  ...fileOptions,
} as const;

export const copy = defineModule({
  name: 'copy',
  description: 'Puts a file, a folder or given text on the host.',
  options,
  rules: { requiredOneOf: [['src', 'content']], mutuallyExclusive: [['src', 'content']] },
  examples: `
- copy: { dest: /etc/motd, content: "Welcome\\n", mode: '0644' }
- copy: { src: app.conf, dest: /etc/app/app.conf, owner: root, group: root, mode: '0640' }
`,
  probes: (args, context) => {
    if (args.remote_src || args.dest.endsWith('/')) return [ask('stat', args.dest.replace(/(.)\/+$/, '$1'))];
    return fileProbes(args.dest, context);
  },
  plan: (args, state, context) => {
    if (args.remote_src) return copyOnHost(args, state, context);
    if (args.content !== undefined) return planFile(args.dest, Buffer.from(asText(args.content)), args, state, context);
    const source = context.local.find(args.src!, 'files');
    if (context.local.isDirectory(source)) return copyFolder(source, args, state, context);
    const mode = args.mode === 'preserve' ? showMode(context.local.mode(source)) : args.mode;
    return planFile(target(args.dest, source, state), context.local.bytes(source), { ...args, mode }, state, context);
  },
});

type CopyArgs = Arguments<typeof options>;

/** What a plan for one file reads. */
export function fileProbes(path: string, { diff }: PlanContext) {
  return diff ? [ask('stat', path), ask('digest', path), ask('content', path)] : [ask('stat', path), ask('digest', path)];
}

/** A mapping or list is written as JSON, as Ansible does. */
function asText(content: Value): string {
  return typeof content === 'string' ? content : typeof content === 'object' && content !== null ? JSON.stringify(content) : String(content);
}

/** A folder as dest means: in it, under the source's name. */
export function target(dest: string, source: string, state: State): string {
  if (dest.endsWith('/')) return posix.join(dest, posix.basename(source));
  const there = state.read(ask('stat', dest));
  return (there?.followed ?? there)?.type === 'directory' ? posix.join(dest, posix.basename(source)) : dest;
}

interface WriteArguments extends FileArguments {
  readonly force?: boolean;
  readonly backup?: boolean;
  readonly validate?: string | undefined;
}

/** The plan that makes one file hold these bytes, with these attributes. */
export function planFile(path: string, bytes: Bytes, args: WriteArguments, state: State, context: PlanContext): Change {
  if (!posix.isAbsolute(path)) throw new TaskError(`"${path}" is not an absolute path`, 'begin it with /');
  const link = state.read(ask('stat', path));
  const there = link?.type === 'symlink' ? (link.followed ?? null) : link;
  const real = link?.type === 'symlink' ? posix.resolve(posix.dirname(path), link.target ?? '') : path;
  if (there?.type === 'directory') throw new TaskError(`${path} is a directory`, 'name the file in it');
  const digest = digestOf(bytes);
  const result = { dest: path, checksum: digest };
  if (there && (args.force === false || state.read(ask('digest', real)) === digest)) {
    const planned = planAttributes(real, there, args, state);
    return planned ? { actions: [planned.action], diff: [planned.diff], result } : { actions: [], result };
  }
  if (!there) requireFolder(real, state);
  const actions: Action[] = [];
  if (there && args.backup) actions.push(backup(real, context));
  actions.push({
    kind: 'write',
    path: real,
    content: bytes,
    ...writtenAttributes(real, there, args, state),
    ...(args.validate === undefined ? {} : { validate: validation(args.validate) }),
  });
  const diff = context.diff ? [contentDiff(path, there ? state.read(ask('content', real)) : null, bytes)] : [];
  return { actions, diff, result };
}

/** A folder that is missing is told before anything is written. */
function requireFolder(path: string, state: State): void {
  const folder = posix.dirname(path);
  const above = state.read(ask('stat', folder));
  const found = above?.type === 'symlink' ? above.followed : above;
  if (!found) throw new TaskError(`the folder ${folder} does not exist`, 'make it first: file: {path: ..., state: directory}');
  if (found.type !== 'directory') throw new TaskError(`${folder} is a ${found.type}, not a folder`);
}

function backup(path: string, context: PlanContext): Action {
  const stamp = new Date(context.now * 1000).toISOString().replaceAll(':', '').slice(0, 17);
  return { kind: 'run', argv: ['cp', '-p', '--', path, `${path}.${stamp}~`], effects: [] };
}

/** Words of a validate command; %s must be among them. */
function validation(command: string): string[] {
  if (!command.includes('%s')) throw new TaskError('validate must contain %s, the path of the new file');
  return ['sh', '-c', `${command.replaceAll('%s', '"$1"')}`, 'validate', '%s'];
}

function copyFolder(source: string, args: CopyArgs, state: State, context: PlanContext): Change {
  // As with rsync: `src/` copies what is in the folder, `src` the folder itself.
  const root = args.src!.endsWith('/') ? args.dest.replace(/\/+$/, '') : posix.join(args.dest, posix.basename(source));
  const actions: Action[] = [];
  const diff: NonNullable<Change['diff']>[number][] = [];
  const entries = ['./', ...context.local.list(source)];
  const made = new Set<string>();
  for (const entry of entries) {
    const path = posix.join(root, entry).replace(/\/+$/, '');
    const there = state.read(ask('stat', path));
    if (entry.endsWith('/')) {
      if (there && there.type !== 'directory') throw new TaskError(`${path} is a ${there.type}, not a folder`);
      if (!there) {
        made.add(path);
        const mode = args.directory_mode === undefined ? 0o755 : Number.parseInt(args.directory_mode, 8);
        actions.push({ kind: 'directory', paths: [path], mode, owner: args.owner, group: args.group });
      }
      continue;
    }
    const local = posix.join(source, entry);
    const mode = args.mode === 'preserve' ? showMode(context.local.mode(local)) : args.mode;
    const inNew = made.has(posix.dirname(path));
    const change = inNew
      ? { actions: [newFile(path, context.local.bytes(local), { ...args, mode }, state)], diff: [{ subject: path, note: 'new file' }] }
      : planFile(path, context.local.bytes(local), { ...args, mode }, state, context);
    actions.push(...change.actions);
    diff.push(...(change.diff ?? []));
  }
  return { actions, diff, result: { dest: args.dest } };
}

function newFile(path: string, content: Bytes, args: FileArguments, state: State): Action {
  return { kind: 'write', path, content, ...writtenAttributes(path, null, args, state) };
}

function copyOnHost(args: CopyArgs, state: State, context: PlanContext): Change {
  const source = args.src;
  if (source === undefined) throw new TaskError('remote_src needs src');
  const from = state.read(ask('stat', source));
  if (!from) throw new TaskError(`${source} does not exist on the host`);
  const path = target(args.dest, source, state);
  if ((from.followed ?? from).type === 'directory') throw new TaskError(`${source} is a folder; remote_src copies files`, 'use command: cp -a');
  const wanted = state.read(ask('digest', source));
  const there = state.read(ask('stat', path));
  if (there && (!args.force || state.read(ask('digest', path)) === wanted)) {
    const planned = planAttributes(path, there, args, state);
    return planned ? { actions: [planned.action], diff: [planned.diff] } : { actions: [] };
  }
  const bytes = state.read(ask('content', source));
  if (bytes === null) throw new TaskError(`${source} is not a regular file`);
  const mode = args.mode === 'preserve' && from.mode !== undefined ? showMode(from.mode) : args.mode;
  return planFile(path, bytes, { ...args, mode }, state, context);
}
