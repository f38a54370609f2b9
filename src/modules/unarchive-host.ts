import { posix } from 'node:path';
import { TaskError } from '../base/error.js';
import { outputOf } from '../probes/registry.js';
import { isZip } from './archive.js';
import { clean } from './archive-tar.js';
import { explain } from './failure.js';
import { wantsAttributes } from './file-attributes.js';
import { combinationsDiffer } from './file-tree.js';
import { hostPath, type RealFile, realFile, requireReal } from './host-path.js';
import type { Change, PlanContext, State } from './module.js';
import { type ArchiveArguments, extract, FAILURES, type Made, unpacked, words } from './unarchive-extract.js';
import { TAR_COMPARE, TAR_LIST, TAR_LOOK, ZIP_COMPARE, ZIP_LIST, ZIP_LOOK } from './unarchive-script.js';

/** An archive of the host: its own tar says what differs. */
export function fromHost(folder: RealFile, args: ArchiveArguments, state: State, context: PlanContext): Change {
  const dest = folder.path;
  if (args.src.includes('://'))
    throw new TaskError(
      `src "${args.src}" is a URL`,
      'get_url brings it to the host, with its checksum; unpack that with remote_src: true',
    );
  const source = hostPath(args.src, state, context);
  const archive = realFile(source, state);
  const there = archive.stat;
  if (there?.type !== 'file')
    throw new TaskError(
      `${source} ${there ? 'is not a file' : 'does not exist on the host'}`,
      'without remote_src it is looked for here',
    );
  const zip = isZip(source);
  const looking = (script: string) =>
    outputOf({ argv: ['sh', '-c', script, 'unarchive', dest, source, '', '', ...words(zip, args, false)] });
  const result = { dest, src: source, handler: zip ? 'ZipArchive' : 'TarArchive' };
  const change = (made: readonly Made[] | undefined): Change => ({
    actions: [extract(dest, source, zip, args, context, unpacked(folder, made, args, context))],
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
  if (!changed && wantsAttributes(args))
    changed = combinationsDiffer(state.read(looking(zip ? ZIP_LOOK : TAR_LOOK)).stdout, args);
  if (!changed) return { actions: [], result };
  const listed = state
    .read(looking(zip ? ZIP_LIST : TAR_LIST))
    .stdout.split('\n')
    .map(clean)
    .filter((name) => name !== '' && !name.split('/').includes('..'));
  return change(listed.map((name) => ({ path: posix.join(dest, name) })));
}

/** Lines of `tar --diff` count unless they are about what the task sets anyway, or what only root can. */
export function tarDiffers(
  lines: string,
  args: { owner?: string | undefined; group?: string | undefined; mode?: string | undefined },
  { user }: Pick<PlanContext, 'user'>,
): { differs: boolean; recognised: boolean } {
  let differ = false;
  let recognised = false;
  for (const line of lines.split('\n')) {
    const about =
      /: (Uid differs|Gid differs|Mode differs|Mod time differs|Size differs|Contents differ|Symlink differs|File type differs|Device number (?:changed|differs)|Not linked to .*|.*No such file or directory|Invalid owner|Invalid group)$/.exec(
        line,
      )?.[1];
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
  const differ = lines
    .split('\n')
    .some((line) => line !== '' && !line.startsWith(`Only in ${dest}:`) && !line.startsWith(`Only in ${dest}/`));
  return { differs: differ, recognised: differ };
}
