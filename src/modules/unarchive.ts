import { posix } from 'node:path';
import type { Action } from '../actions/registry.js';
import { type Effect, predict } from '../actions/action.js';
import { freshStat, looksAgain, ownership } from '../actions/paths.js';
import { digestOf } from '../actions/write.js';
import { TaskError } from '../base/error.js';
import { ask, outputOf } from '../probes/registry.js';
import { archiveEntries, isZip } from './archive.js';
import type { ArchiveEntry } from './archive-entry.js';
import { explain } from './failure.js';
import { fileOptions, wantsAttributes } from './file-attributes.js';
import { combinationsDiffer } from './file-tree.js';
import { nameTest } from './find-filter.js';
import { clean } from './archive-tar.js';
import { hostPath, pathProbes, type RealFile, realFile, requireReal } from './host-path.js';
import { resolveMode } from './mode.js';
import { type Change, defineModule, type PlanContext, type State } from './module.js';
import type { Arguments } from './options.js';
import { differs, selected, type Selection } from './unarchive-compare.js';
import { TAR_COMPARE, TAR_EXTRACT, TAR_LIST, TAR_LOOK, ZIP_COMPARE, ZIP_EXTRACT, ZIP_LIST, ZIP_LOOK } from './unarchive-script.js';

const options = {
  src: { type: 'path', required: true, description: 'Archive of the role or playbook (looked for in files/), or with remote_src on the host: tar in any compression, or zip.' },
  dest: { type: 'path', required: true, description: 'Folder on the host to unpack in; it must be there.' },
  remote_src: { type: 'bool', default: false, description: 'src is a path on the host.' },
  copy: { type: 'bool', description: 'Old form: false is remote_src: true.' },
  creates: { type: 'path', description: 'Path on the host: where it exists, nothing is done.' },
  list_files: { type: 'bool', default: false, description: 'Register the names in the archive as `files`.' },
  exclude: { type: 'list', elements: 'str', default: [], description: 'Names that are left out.' },
  include: { type: 'list', elements: 'str', default: [], description: 'Names that alone are unpacked.' },
  keep_newer: { type: 'bool', default: false, description: 'Files that are newer than those of the archive stay.' },
  extra_opts: { type: 'list', elements: 'str', default: [], description: 'More options for tar or unzip, e.g. --strip-components=1.' },
  ...fileOptions,
} as const;

type ArchiveArguments = Arguments<typeof options>;

export const unarchive = defineModule({
  name: 'unarchive',
  description: 'Unpacks an archive on the host.',
  options,
  rules: { mutuallyExclusive: [['include', 'exclude'], ['copy', 'remote_src']] },
  examples: `
- unarchive: { src: app-1.2.tar.gz, dest: /opt/app, owner: app, group: app, extra_opts: [--strip-components=1] }
- unarchive: { src: /var/cache/app.zip, dest: /opt/app, remote_src: true, creates: /opt/app/bin/app }
`,
  probes: ({ dest, creates, src, remote_src, copy }, context) => [
    ...pathProbes(dest, context, (path) => [ask('stat', path)]),
    ...(creates === undefined ? [] : pathProbes(creates, context, (path) => [ask('stat', path)])),
    ...(remote_src || copy === false ? pathProbes(src, context, (path) => [ask('stat', path)]) : []),
  ],
  plan: (args, state, context): Change => {
    const dest = hostPath(args.dest, state, context);
    const remote = args.remote_src || args.copy === false;
    if (args.creates !== undefined && state.read(ask('stat', hostPath(args.creates, state, context)))) {
      return { actions: [], message: `${args.creates} exists`, result: { dest } };
    }
    const real = realFile(dest, state);
    if (real.stat?.type !== 'directory') throw new TaskError(`${dest} is not a folder of the host`, 'make it first: file: {path: ..., state: directory}');
    return remote ? fromHost(real, args, state, context) : fromHere(real.path, args, state, context);
  },
  conclude: (args, outcomes) => {
    const last = outcomes.at(-1);
    return last && last.status !== 0 ? { failed: true, ...explain(`unpacking ${args.src}`, last, FAILURES) } : {};
  },
});

const FAILURES: readonly (readonly [RegExp, string])[] = [
  [/unzip is not there/, 'install the package unzip'],
  [/xz: (Cannot exec|not found)/, 'install the package xz-utils'],
  [/bzip2: (Cannot exec|not found)/, 'install the package bzip2'],
  [/zstd: (Cannot exec|not found)/, 'install the package zstd'],
  [/does not look like a tar archive|not in gzip format|cannot find zipfile directory|End-of-central-directory/i, 'is it an archive, and whole?'],
  [/Not found in archive|caution: filename not matched/, 'a name of include is not in the archive'],
];

/** Options for tar or unzip, behind the archive. */
function words(zip: boolean, args: ArchiveArguments, extracting: boolean): string[] {
  if (zip) {
    const newer = extracting && args.keep_newer ? ['-u'] : [];
    return [...newer, ...args.extra_opts, ...args.include, ...(args.exclude.length > 0 ? ['-x', ...args.exclude] : [])];
  }
  const newer = extracting && args.keep_newer ? ['--keep-newer-files'] : [];
  return [...newer, ...args.extra_opts, ...args.exclude.map((name) => `--exclude=${name}`), ...(args.include.length > 0 ? ['--', ...args.include] : [])];
}

function extract(dest: string, archive: string, zip: boolean, args: ArchiveArguments, context: PlanContext, effects: readonly Effect[]): Action & { kind: 'run' } {
  const { owner, group } = args;
  return {
    kind: 'run',
    argv: ['sh', '-c', zip ? ZIP_EXTRACT : TAR_EXTRACT, 'unarchive', dest, archive, ownership({ ...(owner === undefined ? {} : { owner }), ...(group === undefined ? {} : { group }) }) ?? '', args.mode ?? '', ...words(zip, args, true)],
    environment: context.environment,
    ...(context.timeout === undefined ? {} : { timeout: context.timeout }),
    effects,
  };
}

/** An archive of the host: its own tar says what differs. */
function fromHost(folder: RealFile, args: ArchiveArguments, state: State, context: PlanContext): Change {
  const dest = folder.path;
  if (args.src.includes('://')) throw new TaskError(`src "${args.src}" is a URL`, 'get_url brings it to the host, with its checksum; unpack that with remote_src: true');
  const source = hostPath(args.src, state, context);
  const archive = realFile(source, state);
  const there = archive.stat;
  if (there?.type !== 'file') throw new TaskError(`${source} ${there ? 'is not a file' : 'does not exist on the host'}`, 'without remote_src it is looked for here');
  const zip = isZip(source);
  const looking = (script: string) => outputOf({ argv: ['sh', '-c', script, 'unarchive', dest, source, '', '', ...words(zip, args, false)] });
  const result = { dest, src: source, handler: zip ? 'ZipArchive' : 'TarArchive' };
  const change = (made: readonly string[] | undefined): Change => ({
    actions: [extract(dest, source, zip, args, context, touched(dest, made))],
    diff: [{ subject: dest, note: `unpacked from ${source}` }],
    result,
  });
  // A folder that is still to be made holds nothing of any archive.
  if (context.check && folder.stat?.inode === undefined) return change(undefined);
  requireReal(archive, context);
  requireReal(folder, context);
  const said = state.read(looking(zip ? ZIP_COMPARE : TAR_COMPARE));
  const verdict = zip ? zipDiffers(said.stdout, dest) : tarDiffers(`${said.stdout}\n${said.stderr}`, args, context);
  if (said.status > 2 || (said.status !== 0 && !verdict.recognised)) {
    const outcome = { ...said, truncated: false, duration: 0 };
    const { message, hint } = explain(`comparing ${source}`, outcome, FAILURES);
    throw new TaskError(message, hint);
  }
  let changed = verdict.differs;
  if (!changed && wantsAttributes(args)) changed = combinationsDiffer(state.read(looking(zip ? ZIP_LOOK : TAR_LOOK)).stdout, args);
  if (!changed) return { actions: [], result };
  const listed = state.read(looking(zip ? ZIP_LIST : TAR_LIST)).stdout.split('\n').map(clean).filter((name) => name !== '' && !name.split('/').includes('..'));
  return change(listed.map((name) => posix.join(dest, name)));
}

/** Paths of which nothing is known after unpacking; too many of them, or unknown ones: all below the folder. */
function touched(dest: string, paths: readonly string[] | undefined): Effect[] {
  if (paths === undefined || paths.length > 2000) return [{ type: 'stale-below', path: dest }, looksAgain];
  return [...paths.flatMap((path): Effect[] => (['stat', 'digest', 'content'] as const).map((kind) => ({ type: 'stale', probe: ask(kind, path) }))), looksAgain];
}

/** What is known of a path after unpacking what was looked into here. */
function predicted({ entry, path }: { entry: ArchiveEntry; path: string }, { owner, group, mode }: ArchiveArguments): Effect[] {
  if (entry.type === 'other' || entry.type === 'symlink' || entry.mode === undefined) return touched('', [path]).slice(0, 3);
  const bits = mode === undefined ? entry.mode : resolveMode(mode, entry.mode, entry.type === 'directory');
  return [
    predict(ask('stat', path), freshStat(entry.type, { mode: bits, ...(owner === undefined ? {} : { owner }), ...(group === undefined ? {} : { group }) })),
    entry.digest === undefined ? { type: 'stale', probe: ask('digest', path) } : predict(ask('digest', path), entry.digest),
    { type: 'stale', probe: ask('content', path) },
  ];
}

/** Lines of `tar --diff` count unless they are about what the task sets anyway, or what only root can. */
export function tarDiffers(lines: string, args: { owner?: string | undefined; group?: string | undefined; mode?: string | undefined }, { user }: Pick<PlanContext, 'user'>): { differs: boolean; recognised: boolean } {
  let differ = false;
  let recognised = false;
  for (const line of lines.split('\n')) {
    const about = /: (Uid differs|Gid differs|Mode differs|Mod time differs|Size differs|Contents differ|Symlink differs|File type differs|Device number (?:changed|differs)|Not linked to .*|.*No such file or directory|Invalid owner|Invalid group)$/.exec(line)?.[1];
    if (about === undefined) continue;
    recognised = true;
    if (about === 'Uid differs' && (args.owner !== undefined || user !== 'root')) continue;
    if (about === 'Gid differs' && (args.group !== undefined || user !== 'root')) continue;
    if (about === 'Mode differs' && args.mode !== undefined) continue;
    differ = true;
  }
  return { differs: differ, recognised };
}

function zipDiffers(lines: string, dest: string): { differs: boolean; recognised: boolean } {
  const differ = lines.split('\n').some((line) => line !== '' && !line.startsWith(`Only in ${dest}:`) && !line.startsWith(`Only in ${dest}/`));
  return { differs: differ, recognised: differ };
}

/** An archive of this machine: what it holds is compared with what is there; where that cannot be told, only a run can. */
function fromHere(dest: string, args: ArchiveArguments, state: State, context: PlanContext): Change {
  const source = context.local.find(args.src, 'files');
  if (context.local.isDirectory(source)) throw new TaskError(`${source} is a folder, not an archive`, 'copy brings folders');
  const bytes = context.local.bytes(source);
  const zip = isZip(source);
  const entries = archiveEntries(source, bytes, digestOf(bytes));
  const selection = selectionOf(args, zip);
  const result = { dest, src: source, handler: zip ? 'ZipArchive' : 'TarArchive', ...(args.list_files && entries ? { files: names(entries) } : {}) };
  const known = entries !== undefined && selection !== undefined;
  const files = known ? selected(entries, dest, selection) : undefined;
  if (files && !differs(files, args, state, context.user)) return { actions: [], result };
  const effects = files && files.length <= 2000 && context.user === 'root' ? [...files.flatMap((file) => predicted(file, args)), looksAgain] : touched(dest, files?.map(({ path }) => path));
  return {
    actions: [{ ...extract(dest, '', zip, args, context, effects), stdin: bytes }],
    diff: [{ subject: dest, note: `unpacked from ${source}` }],
    ...(known ? {} : { unknown: 'what is in this archive is known only by unpacking it' }),
    result,
  };
}

const names = (entries: readonly ArchiveEntry[]): string[] => entries.map(({ path, type }) => (type === 'directory' ? `${path}/` : path));

/** What of the archive is wanted; undefined where options say it in a way that is not understood here. */
function selectionOf(args: ArchiveArguments, zip: boolean): Selection | undefined {
  let strip = 0;
  const extra = [...args.extra_opts];
  for (let word = extra.shift(); word !== undefined; word = extra.shift()) {
    const match = zip ? null : /^--strip(?:-components)?(?:=(\d+))?$/.exec(word);
    if (!match) return undefined;
    strip = Number(match[1] ?? extra.shift());
  }
  if (args.keep_newer || !Number.isInteger(strip)) return undefined;
  const matcher = (patterns: readonly string[]): ((path: string) => boolean) => {
    const test = nameTest(patterns.map((pattern) => posix.normalize(pattern).replace(/^\.\/|\/$/g, '')), false);
    // As tar does: a pattern may match the path or any part of its end, and what is below a match goes with it.
    return (path) => {
      const parts = path.split('/');
      return parts.some((_, end) => parts.some((__, from) => from <= end && test(parts.slice(from, end + 1).join('/'))));
    };
  };
  const exact = new Set(args.include.map((name) => posix.normalize(name).replace(/^\.\/|\/$/g, '')));
  const included = (path: string): boolean => exact.size === 0 || [...exact].some((name) => path === name || path.startsWith(`${name}/`));
  return { strip, excluded: args.exclude.length > 0 ? matcher(args.exclude) : () => false, included };
}
