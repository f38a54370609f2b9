import { posix } from 'node:path';
import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { ask, outputOf } from '../probes/registry.js';
import type { CopyArguments } from './copy.js';
import { wantsAttributes } from './file-attributes.js';
import { cleanPath, hostPath, inTarget, missingFolders, type RealFile, realFile, requireReal } from './host-path.js';
import { showMode } from './mode.js';
import type { Change, PlanContext, State } from './module.js';
import { planDuplicate } from './write-file.js';

/** The plan of `remote_src: true`: a file or folder of the host is copied there, without coming here. */
export function copyOnHost(
  dest: string,
  inFolder: boolean,
  args: CopyArguments,
  state: State,
  context: PlanContext,
): Change {
  if (args.src === undefined) throw new TaskError('remote_src needs src');
  const source = hostPath(args.src, state, context);
  const from = realFile(source, state);
  if (!from.stat) throw new TaskError(`${source} does not exist on the host`);
  if (from.stat.type === 'directory') return folder(from, dest, args, state, context);
  const digest = state.read(ask('digest', from.path));
  if (digest === null) throw new TaskError(`${source} is not a regular file`);
  if (args.checksum !== undefined && state.read(ask('sha1', from.path)) !== args.checksum.toLowerCase()) {
    throw new TaskError(`the checksum of ${source} is ${state.read(ask('sha1', from.path))}, not ${args.checksum}`);
  }
  const mode = args.mode === 'preserve' ? showMode(state.field(ask('stat', from.path), from.stat.mode)) : args.mode;
  const path = inTarget(dest, inFolder, posix.basename(source), state);
  return planDuplicate(path, from.path, digest, { ...args, mode, parents: inFolder }, state, context);
}

/** diff(1) tells whether anything is missing or differs; what is only in the destination stays. */
function folder(from: RealFile, dest: string, args: CopyArguments, state: State, context: PlanContext): Change {
  const source = from.path;
  const preserve = args.mode === 'preserve';
  if (wantsAttributes({ ...args, mode: preserve ? undefined : args.mode })) {
    throw new TaskError(
      'owner, group and mode are not set while a folder is copied on the host',
      'follow it with file: {recurse: true}',
    );
  }
  const root = args.src!.endsWith('/') ? dest : posix.join(dest, posix.basename(cleanPath(args.src!)));
  const missing = missingFolders(root, state);
  const result = { dest, src: source, state: 'directory' };
  if (missing.length === 0) {
    requireReal(from, context);
    requireReal(realFile(root, state), context);
    const said = state.read(outputOf({ argv: ['diff', '-rq', '--no-dereference', '--', source, root] }));
    if (said.status > 1) throw new TaskError(`diff ${source} ${root}: ${said.stderr.trim()}`);
    const here = `Only in ${root}`;
    const differs = said.stdout
      .split('\n')
      .some((line) => line !== '' && !(line.startsWith(`${here}:`) || line.startsWith(`${here}/`)));
    if (!differs) return { actions: [], result };
  }
  const actions: Action[] = missing.length === 0 ? [] : [{ kind: 'directory', paths: missing, mode: 0o755 }];
  const argv = ['cp', '-RP', ...(preserve ? ['-p'] : []), ...(args.force ? [] : ['-n']), '--', `${source}/.`, root];
  actions.push({
    kind: 'run',
    argv,
    effects: [
      { type: 'stale-below', path: root },
      { type: 'stale-kinds', kinds: ['output', 'sha1', 'chunk'] },
    ],
  });
  return { actions, diff: [{ subject: root, note: `content of ${source}` }], result };
}
