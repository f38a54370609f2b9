import type { Action } from '../actions/registry.js';
import { ask, type Probe } from '../probes/registry.js';
import { type AptArguments, aptGet } from './apt-options.js';
import { listsFetched } from './apt-refresh.js';
import { aptAction } from './apt-script.js';
import type { PlanContext, State } from './module.js';
import { readAll } from './read-all.js';

const LISTS = '/var/lib/apt/lists';
/** Touched by hooks of some packages after each update; the folder of the lists itself otherwise. */
const STAMP = '/var/lib/apt/periodic/update-success-stamp';

/** What says how old the package lists are. */
export const listsProbes: readonly Probe<'stat'>[] = [ask('stat', STAMP), ask('stat', LISTS)];

/** Whether the arguments speak of fetching the lists at all; a time alone does, as in Ansible. */
export function wantsLists(args: AptArguments): boolean {
  return args.update_cache ?? args.cache_valid_time > 0;
}

/** Whether the package lists must be fetched before anything else. */
export function listsDue(args: AptArguments, state: State, context: PlanContext): boolean {
  if (!wantsLists(args)) return false;
  if (args.cache_valid_time <= 0) return true;
  return context.now - listsTime(state) > args.cache_valid_time;
}

/** When the lists were fetched, seconds since 1970; 0: never. */
export function listsTime(state: State): number {
  const times = readAll(state, listsProbes).map((stat, i) => (stat ? state.field(listsProbes[i]!, stat.mtime) : 0));
  return Math.max(...times);
}

/** True in check mode after a task that would fetch the lists: they may hold names that nobody can know yet. */
export function listsPredicted(state: State, context: PlanContext): boolean {
  if (!context.check) return false;
  const lists = state.read(ask('stat', LISTS));
  return lists !== null && lists.mtime === context.now && lists.inode === undefined;
}

/** $@ is the update; lists that did not change leave the folder's time as it was, so it is set by hand. */
const UPDATE = `"$@" && touch ${LISTS}`;

/** The action that fetches the package lists. */
export function fetchLists(args: AptArguments, context: PlanContext): Action {
  const command = ['sh', '-c', UPDATE, 'update', ...aptGet(args, '-o', 'APT::Update::Error-Mode=any', 'update')];
  return aptAction(command, args.lock_timeout, context, [
    { type: 'stale-kinds', kinds: ['candidate', 'output'] },
    listsFetched(context),
  ]);
}
