import { type Effect, predict } from '../actions/action.js';
import { TaskError } from '../base/error.js';
import type { GroupEntry } from '../probes/accounts.js';
import { ask } from '../probes/registry.js';
import type { State } from './module.js';
import { readAll } from './read-all.js';

/** Groups of a user, and what must change to have the wanted ones. */
export interface Memberships {
  readonly add: readonly GroupEntry[];
  readonly remove: readonly GroupEntry[];
}

/**
 * Compares a user's further groups with the wanted ones.
 * @param exists false for a user still to be made, who is in no group
 * @throws TaskError where a wanted group does not exist
 */
export function memberships(
  name: string,
  wanted: readonly string[],
  append: boolean,
  exists: boolean,
  state: State,
): Memberships {
  const entries = readAll(
    state,
    wanted.map((group) => ask('group', group)),
  );
  const missing = wanted.filter((_, i) => entries[i] === null);
  if (missing.length > 0) {
    throw new TaskError(
      `user ${name}: no group named ${missing.join(', ')}`,
      'make the group first with the group module',
    );
  }
  const add = entries.flatMap((entry) => (entry && !(exists && entry.members.includes(name)) ? [entry] : []));
  if (append || !exists) return { add, remove: [] };
  const remove = state
    .read(ask('groups'))
    .filter((entry) => entry.members.includes(name) && !wanted.includes(entry.name));
  return { add, remove };
}

/** What is known of groups after the user joined and left them. */
export function membershipEffects(name: string, { add, remove }: Memberships): Effect[] {
  if (add.length + remove.length === 0) return [];
  return [
    { type: 'stale-kinds', kinds: ['groups'] },
    ...add.map((entry) => predict(ask('group', entry.name), { ...entry, members: [...entry.members, name] })),
    ...remove.map((entry) =>
      predict(ask('group', entry.name), { ...entry, members: entry.members.filter((each) => each !== name) }),
    ),
  ];
}
