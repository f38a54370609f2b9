import { type Effect, predict } from '../actions/action.js';
import type { PasswdEntry } from '../probes/accounts.js';
import { ask } from '../probes/registry.js';
import type { State } from './module.js';
import { membershipEffects, memberships } from './user-groups.js';
import { primaryGroup } from './user-new.js';
import type { UserArguments, UserPart } from './user-options.js';

/** The plan that gives a user who is there the wanted uid, groups, home, shell and comment. */
export function planUserChange(args: UserArguments, there: PasswdEntry, state: State): UserPart {
  const { name } = args;
  const probe = ask('passwd', name);
  const flags: string[] = [];
  const notes: string[] = [];
  const next: { -readonly [K in keyof PasswdEntry]: PasswdEntry[K] } = { ...there };
  if (args.uid !== undefined && state.field(probe, there.uid) !== args.uid) {
    flags.push('-u', String(args.uid), ...(args.non_unique ? ['-o'] : []));
    notes.push(`uid ${there.uid} → ${args.uid}`);
    next.uid = args.uid;
  }
  if (args.group !== undefined) {
    const gid = state.field(ask('group', args.group), primaryGroup(args.group, state).gid);
    if (state.field(probe, there.gid) !== gid) {
      flags.push('-g', args.group);
      notes.push(`primary group ${there.gid} → ${args.group}`);
      next.gid = gid;
    }
  }
  const home = args.home?.replace(/(.)\/+$/, '$1');
  if (home !== undefined && state.field(probe, there.home) !== home) {
    flags.push('-d', home, ...(args.move_home ? ['-m'] : []));
    notes.push(`home ${there.home} → ${home}`);
    next.home = home;
  }
  if (args.shell !== undefined && state.field(probe, there.shell) !== args.shell) {
    flags.push('-s', args.shell);
    notes.push(`shell ${there.shell} → ${args.shell}`);
    next.shell = args.shell;
  }
  if (args.comment !== undefined && state.field(probe, there.gecos) !== args.comment) {
    flags.push('-c', args.comment);
    notes.push(`comment "${there.gecos}" → "${args.comment}"`);
    next.gecos = args.comment;
  }
  const groups =
    args.groups === undefined ? { add: [], remove: [] } : memberships(name, args.groups, args.append, true, state);
  if (groups.add.length + groups.remove.length > 0) {
    const list = args.append ? groups.add.map((entry) => entry.name) : args.groups!;
    flags.push(...(args.append ? ['-a'] : []), '-G', list.join(','));
    notes.push(
      `groups ${[...groups.add.map((each) => `+${each.name}`), ...groups.remove.map((each) => `-${each.name}`)].join(' ')}`,
    );
  }
  const result = {
    uid: next.uid ?? null,
    group: next.gid ?? null,
    home: next.home ?? null,
    shell: next.shell ?? null,
    comment: next.gecos ?? null,
  };
  if (flags.length === 0) return { actions: [], notes, result };
  const effects: Effect[] = [predict(probe, next), ...membershipEffects(name, groups)];
  // With a new uid, gid or home the files below the homes have new owners or places.
  const moved = next.uid !== there.uid || next.gid !== there.gid || next.home !== there.home;
  for (const path of new Set(moved ? [there.home, next.home] : []))
    if (path) effects.push({ type: 'stale-below', path });
  return { actions: [{ kind: 'run', argv: ['usermod', ...flags, '--', name], effects }], notes, result };
}
