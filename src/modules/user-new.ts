import { type Effect, predict } from '../actions/action.js';
import { TaskError } from '../base/error.js';
import type { GroupEntry } from '../probes/accounts.js';
import { ask } from '../probes/registry.js';
import type { State } from './module.js';
import { membershipEffects, memberships } from './user-groups.js';
import { homeEffects } from './user-home.js';
import { type UserArguments, type UserPart, usualHome } from './user-options.js';
import { expiryDay, freshShadow } from './user-password.js';

/** The plan that makes a user. */
export function planNewUser(args: UserArguments, state: State): UserPart {
  const { name } = args;
  const primary = args.group === undefined ? undefined : primaryGroup(args.group, state);
  const namesake = args.group === undefined && state.read(ask('group', name)) !== null;
  const groups = memberships(name, args.groups ?? [], true, false, state);
  const home = args.home ?? usualHome(name);
  const argv = [
    'useradd',
    ...(args.system ? ['-r'] : []),
    ...option('-u', args.uid),
    ...(args.uid !== undefined && args.non_unique ? ['-o'] : []),
    ...option('-g', args.group),
    // A group of this name is there already: useradd would fail making it.
    ...(namesake ? ['-N'] : []),
    ...option('-G', groups.add.length === 0 ? undefined : groups.add.map((entry) => entry.name).join(',')),
    ...option('-s', args.shell),
    ...option('-d', args.home),
    ...option('-c', args.comment),
    ...option('-e', args.expires === undefined ? undefined : expiryDay(args.expires)),
    ...(args.create_home ? ['-m', ...option('-k', args.skeleton)] : ['-M']),
    ...option('-K', args.umask === undefined ? undefined : `UMASK=${args.umask}`),
    '--',
    name,
  ];
  const effects: Effect[] = [
    { type: 'stale-kinds', kinds: ['groups'] },
    predict(ask('shadow', name), freshShadow(args, '!'), false),
    predict(ask('passwd', name), {
      name,
      uid: args.uid,
      gid: primary?.gid,
      gecos: args.comment ?? '',
      home,
      shell: args.shell,
    }),
    ...membershipEffects(name, groups),
  ];
  // Whether useradd makes a group of the same name is the host's choice (USERGROUPS_ENAB).
  if (args.group === undefined && !namesake)
    effects.push(predict(ask('group', name), { name, gid: undefined, members: [] }, false));
  if (args.create_home)
    effects.push(...homeEffects(home, { owner: name, group: args.group ?? (namesake ? undefined : name) }));
  return {
    actions: [{ kind: 'run', argv, effects }],
    notes: [`made${args.uid === undefined ? '' : `, uid ${args.uid}`}`],
    result: {
      uid: args.uid ?? null,
      group: primary?.gid ?? null,
      home,
      shell: args.shell ?? null,
      comment: args.comment ?? '',
    },
  };
}

const option = (flag: string, value: string | number | undefined): string[] =>
  value === undefined ? [] : [flag, String(value)];

/** The primary group by name or number. A number need not have a name that we know. */
export function primaryGroup(group: string, state: State): Pick<GroupEntry, 'gid'> {
  const entry = state.read(ask('group', group));
  if (entry) return entry;
  if (/^\d+$/.test(group)) return { gid: Number(group) };
  throw new TaskError(`there is no group named ${group}`, 'make it first with the group module');
}
