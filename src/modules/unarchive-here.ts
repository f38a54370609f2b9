import { posix } from 'node:path';
import { digestOf } from '../actions/write.js';
import { TaskError } from '../base/error.js';
import { archiveEntries, isZip } from './archive.js';
import type { ArchiveEntry } from './archive-entry.js';
import { nameTest } from './find-filter.js';
import type { RealFile } from './host-path.js';
import type { Change, PlanContext, State } from './module.js';
import { differs, type Selection, selected } from './unarchive-compare.js';
import { type ArchiveArguments, extract, unpacked } from './unarchive-extract.js';

/** An archive of this machine: what it holds is compared with what is there; where that cannot be told, only a run can. */
export function fromHere(folder: RealFile, args: ArchiveArguments, state: State, context: PlanContext): Change {
  const dest = folder.path;
  const source = context.local.find(args.src, 'files');
  if (context.local.isDirectory(source))
    throw new TaskError(`${source} is a folder, not an archive`, 'copy brings folders');
  const bytes = context.local.bytes(source);
  const zip = isZip(source);
  const entries = archiveEntries(source, bytes, digestOf(bytes));
  const selection = selectionOf(args, zip);
  const result = {
    dest,
    src: source,
    handler: zip ? 'ZipArchive' : 'TarArchive',
    ...(args.list_files && entries ? { files: names(entries) } : {}),
  };
  const known = entries !== undefined && selection !== undefined;
  const files = known ? selected(entries, dest, selection) : undefined;
  if (files && !differs(files, args, state, context.user)) return { actions: [], result };
  const effects = unpacked(folder, files, args, context);
  return {
    actions: [{ ...extract(dest, '', zip, args, context, effects), stdin: bytes }],
    diff: [{ subject: dest, note: `unpacked from ${source}` }],
    ...(known ? {} : { unknown: 'what is in this archive is known only by unpacking it' }),
    result,
  };
}

const names = (entries: readonly ArchiveEntry[]): string[] =>
  entries.map(({ path, type }) => (type === 'directory' ? `${path}/` : path));

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
    const test = nameTest(
      patterns.map((pattern) => posix.normalize(pattern).replace(/^\.\/|\/$/g, '')),
      false,
    );
    // As tar does: a pattern may match the path or any part of its end, and what is below a match goes with it.
    return (path) => {
      const parts = path.split('/');
      return parts.some((_, end) =>
        parts.some((__, from) => from <= end && test(parts.slice(from, end + 1).join('/'))),
      );
    };
  };
  const exact = new Set(args.include.map((name) => posix.normalize(name).replace(/^\.\/|\/$/g, '')));
  const included = (path: string): boolean =>
    exact.size === 0 || [...exact].some((name) => path === name || path.startsWith(`${name}/`));
  return { strip, excluded: args.exclude.length > 0 ? matcher(args.exclude) : () => false, included };
}
