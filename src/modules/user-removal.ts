import { type Effect, predict } from '../actions/action.js';
import type { PasswdEntry } from '../probes/accounts.js';
import { ask } from '../probes/registry.js';
import type { Change, State } from './module.js';
import type { UserArguments } from './user-options.js';

/** The plan that removes a user. */
export function planRemoval(args: UserArguments, there: PasswdEntry | null, state: State): Change {
  if (!there) return { actions: [] };
  const { name } = args;
  // userdel also removes the user's own group where nobody else is in it, and leaves all groups.
  const own = state.read(ask('group', name));
  const ownGroup = own !== null && own.gid === there.gid && own.members.every((member) => member === name);
  const effects: Effect[] = [
    { type: 'stale-kinds', kinds: ['groups', 'group'] },
    predict(ask('passwd', name), null),
    predict(ask('shadow', name), null),
    ...(ownGroup ? [predict(ask('group', name), null, false)] : []),
  ];
  const home = args.remove ? state.field(ask('passwd', name), there.home) : undefined;
  if (home) effects.push({ type: 'stale-below', path: home, gone: true }, predict(ask('stat', home), null, false));
  return {
    actions: [
      {
        kind: 'run',
        argv: ['userdel', ...(args.remove ? ['-r'] : []), ...(args.force ? ['-f'] : []), '--', name],
        effects,
      },
    ],
    diff: [{ subject: `user ${name}`, note: home ? `removed with ${home}` : 'removed' }],
  };
}
