import { posix } from 'node:path';
import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { ask, type Probe } from '../probes/registry.js';
import type { Diff } from '../report/event.js';
import type { CopyArguments } from './copy.js';
import { planAttributes } from './file-attributes.js';
import { missingFolders, realFile, typeName, usualMode } from './host-path.js';
import { resolveMode, showMode } from './mode.js';
import type { Change, PlanContext, State } from './module.js';
import { readAll } from './read-all.js';
import { planFile } from './write-file.js';

/** As with rsync: `src/` stands for what is in the folder, `src` for the folder itself. */
const rootOf = (source: string, dest: string, args: CopyArguments): string =>
  args.src!.endsWith('/') ? dest : posix.join(dest, posix.basename(source));

/** Every path on the host that the copy of a folder is about, with the entry of the list it comes from. */
function pathsOf(source: string, root: string, context: PlanContext): { entry: string; path: string }[] {
  return ['./', ...context.local.list(source)].map((entry) => ({
    entry,
    path: posix.join(root, entry).replace(/(.)\/$/, '$1'),
  }));
}

/** What copyFolder reads. */
export function folderProbes(source: string, dest: string, args: CopyArguments, context: PlanContext): Probe[] {
  return pathsOf(source, rootOf(source, dest, args), context).flatMap(({ entry, path }): Probe[] => {
    if (entry.endsWith('/')) return [ask('stat', path)];
    return context.diff
      ? [ask('stat', path), ask('digest', path), ask('content', path)]
      : [ask('stat', path), ask('digest', path)];
  });
}

/** The plan that brings a folder of this machine to the host; what else is in the folder there stays. */
export function copyFolder(
  source: string,
  dest: string,
  args: CopyArguments,
  state: State,
  context: PlanContext,
): Change {
  const root = rootOf(source, dest, args);
  readAll(state, folderProbes(source, dest, args, context));
  const actions: Action[] = [];
  const diff: Diff[] = [];
  const made = new Map<string, number>();
  for (const { entry, path } of pathsOf(source, root, context)) {
    if (entry.endsWith('/')) {
      const { owner, group } = args;
      const there = made.has(posix.dirname(path)) ? { path, stat: null } : realFile(path, state);
      if (there.stat && there.stat.type !== 'directory')
        throw new TaskError(`${path} is a ${typeName(there.stat.type)}, not a folder`);
      if (there.stat) {
        const planned = planAttributes(there.path, there.stat, { owner, group }, state);
        if (planned) actions.push(planned.action);
        if (planned) diff.push(planned.diff);
        continue;
      }
      const paths = made.has(posix.dirname(path)) ? [path] : missingFolders(path, state);
      const above = posix.dirname(paths[0]!);
      const mode =
        args.directory_mode === undefined
          ? (made.get(above) ?? usualMode(above, state))
          : resolveMode(args.directory_mode, 0o755, true);
      for (const each of paths) made.set(each, mode);
      actions.push({
        kind: 'directory',
        paths,
        mode,
        ...(owner === undefined ? {} : { owner }),
        ...(group === undefined ? {} : { group }),
      });
      diff.push(...paths.map((each) => ({ subject: each, note: 'directory made' })));
      continue;
    }
    const local = posix.join(source, entry);
    const mode = args.mode === 'preserve' ? showMode(context.local.mode(local)) : args.mode;
    // In a folder that is still to be made there is nothing, whatever it takes to make it.
    const change = planFile(
      path,
      context.local.bytes(local),
      { ...args, mode, parents: made.has(posix.dirname(path)) },
      state,
      context,
    );
    actions.push(...change.actions.filter((action) => action.kind !== 'directory'));
    diff.push(...(change.diff ?? []));
  }
  return { actions, diff, result: { dest, path: dest, state: 'directory' } };
}
