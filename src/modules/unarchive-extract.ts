import { posix } from 'node:path';
import { type Effect, predict } from '../actions/action.js';
import { freshStat, looksAgain, ownership } from '../actions/paths.js';
import type { Action } from '../actions/registry.js';
import { ask } from '../probes/registry.js';
import type { ArchiveEntry } from './archive-entry.js';
import { fileOptions } from './file-attributes.js';
import type { RealFile } from './host-path.js';
import { resolveMode } from './mode.js';
import type { PlanContext } from './module.js';
import type { Arguments } from './options.js';
import { TAR_EXTRACT, ZIP_EXTRACT } from './unarchive-script.js';

export const archiveOptions = {
  src: {
    type: 'path',
    required: true,
    description:
      'Archive of the role or playbook (looked for in files/), or with remote_src on the host: tar in any compression, or zip.',
  },
  dest: { type: 'path', required: true, description: 'Folder on the host to unpack in; it must be there.' },
  remote_src: { type: 'bool', default: false, description: 'src is a path on the host.' },
  copy: { type: 'bool', description: 'Old form: false is remote_src: true.' },
  creates: { type: 'path', description: 'Path on the host: where it exists, nothing is done.' },
  list_files: { type: 'bool', default: false, description: 'Register the names in the archive as `files`.' },
  exclude: { type: 'list', elements: 'str', default: [], description: 'Names that are left out.' },
  include: { type: 'list', elements: 'str', default: [], description: 'Names that alone are unpacked.' },
  keep_newer: { type: 'bool', default: false, description: 'Files that are newer than those of the archive stay.' },
  extra_opts: {
    type: 'list',
    elements: 'str',
    default: [],
    description: 'More options for tar or unzip, e.g. --strip-components=1.',
  },
  ...fileOptions,
} as const;

export type ArchiveArguments = Arguments<typeof archiveOptions>;

/** What typical failures of tar and unzip mean. */
export const FAILURES: readonly (readonly [RegExp, string])[] = [
  [/unzip is not there/, 'install the package unzip'],
  [/xz: (Cannot exec|not found)/, 'install the package xz-utils'],
  [/bzip2: (Cannot exec|not found)/, 'install the package bzip2'],
  [/zstd: (Cannot exec|not found)/, 'install the package zstd'],
  [
    /does not look like a tar archive|not in gzip format|cannot find zipfile directory|End-of-central-directory/i,
    'is it an archive, and whole?',
  ],
  [/Not found in archive|caution: filename not matched/, 'a name of include is not in the archive'],
];

/** Options for tar or unzip, behind the archive. */
export function words(zip: boolean, args: ArchiveArguments, extracting: boolean): string[] {
  if (zip) {
    const newer = extracting && args.keep_newer ? ['-u'] : [];
    return [...newer, ...args.extra_opts, ...args.include, ...(args.exclude.length > 0 ? ['-x', ...args.exclude] : [])];
  }
  const newer = extracting && args.keep_newer ? ['--keep-newer-files'] : [];
  return [
    ...newer,
    ...args.extra_opts,
    ...args.exclude.map((name) => `--exclude=${name}`),
    ...(args.include.length > 0 ? ['--', ...args.include] : []),
  ];
}

/** The action that unpacks; `archive` is empty where it comes on stdin. */
export function extract(
  dest: string,
  archive: string,
  zip: boolean,
  args: ArchiveArguments,
  context: PlanContext,
  effects: readonly Effect[],
): Action & { kind: 'run' } {
  const { owner, group } = args;
  return {
    kind: 'run',
    argv: [
      'sh',
      '-c',
      zip ? ZIP_EXTRACT : TAR_EXTRACT,
      'unarchive',
      dest,
      archive,
      ownership({ ...(owner === undefined ? {} : { owner }), ...(group === undefined ? {} : { group }) }) ?? '',
      args.mode ?? '',
      ...words(zip, args, true),
    ],
    environment: context.environment,
    ...(context.timeout === undefined ? {} : { timeout: context.timeout }),
    effects,
  };
}

/** Paths whose fate is told one by one; with more of them, everything below the folder counts as unknown. */
const MOST = 2000;

/** What is known after unpacking: of every path nothing any more, or what the archive says of it. */
export function unpacked(
  folder: RealFile,
  made: readonly Made[] | undefined,
  args: ArchiveArguments,
  { user }: PlanContext,
): Effect[] {
  if (made === undefined || made.length > MOST) return [{ type: 'stale-below', path: folder.path }, looksAgain];
  const told = new Set(made.map(({ path }) => path));
  const above = new Set<string>();
  for (const { path } of made) {
    for (let at = posix.dirname(path); at.length > folder.path.length && !told.has(at); at = posix.dirname(at))
      above.add(at);
  }
  return [
    // tar makes folders that the archive does not name.
    ...Array.from(above, (path) => predict(ask('stat', path), freshStat('directory', {}))),
    ...made.flatMap((each) => afterwards(each, args, user)),
    ...(folder.stat && !told.has(folder.path)
      ? [
          predict(ask('stat', folder.path), {
            ...folder.stat,
            mtime: undefined,
            ctime: undefined,
            size: undefined,
            links: undefined,
          }),
        ]
      : []),
    looksAgain,
  ];
}

/** A path that unpacking makes, with what the archive says of it where that was looked at. */
export interface Made {
  readonly path: string;
  readonly entry?: ArchiveEntry;
}

function afterwards({ path, entry }: Made, { owner, group, mode }: ArchiveArguments, user: string): Effect[] {
  const stale = (kind: 'stat' | 'digest' | 'content'): Effect => ({ type: 'stale', probe: ask(kind, path) });
  if (!entry || entry.mode === undefined || user !== 'root') return [stale('stat'), stale('digest'), stale('content')];
  const type = entry.type === 'directory' ? 'directory' : 'file';
  const bits = mode === undefined ? entry.mode : resolveMode(mode, entry.mode, type === 'directory');
  const attributes = {
    mode: bits,
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
  };
  const digest = entry.digest === undefined ? stale('digest') : predict(ask('digest', path), entry.digest);
  return [predict(ask('stat', path), freshStat(type, attributes)), digest, stale('content')];
}
