import { predict } from '../actions/action.js';
import type { GroupEntry } from '../probes/accounts.js';
import { ask } from '../probes/registry.js';
import { checkAccountName } from './account-name.js';
import { explain } from './failure.js';
import { type Change, defineModule, type State } from './module.js';
import type { Arguments } from './options.js';

const options = {
  name: { type: 'str', required: true, description: 'Name of the group.' },
  gid: { type: 'int', description: 'Number of the group; left out: the host chooses.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    description: 'Whether the group must exist.',
  },
  system: { type: 'bool', default: false, description: 'A new group gets a number of the system range.' },
  non_unique: { type: 'bool', default: false, description: 'The number may be in use already.' },
  force: { type: 'bool', default: false, description: "Remove the group although it is some user's primary group." },
} as const;

type GroupArguments = Arguments<typeof options>;

const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/GID .* already exists/, 'another group has this gid: `getent group GID` names it; non_unique: true allows both'],
  [/cannot remove the primary group/, 'a user has it as primary group: remove the user first, or force: true'],
];

export const group = defineModule({
  name: 'group',
  description: 'A group of users.',
  options,
  examples: `
- group: { name: app, gid: 2000 }
- group: { name: old, state: absent }
`,
  probes: ({ name }) => [ask('group', name)],
  plan: (args, state) => {
    checkAccountName(args.name, 'group');
    const there = state.read(ask('group', args.name));
    return args.state === 'absent' ? absent(args, there) : present(args, there, state);
  },
  conclude: (args, outcomes) => {
    const last = outcomes.at(-1);
    return last && last.status !== 0 ? { failed: true, ...explain(`changing group ${args.name}`, last, KNOWN) } : {};
  },
});

function absent(args: GroupArguments, there: GroupEntry | null): Change {
  const result = { name: args.name, state: args.state };
  if (!there) return { actions: [], result };
  return {
    actions: [
      {
        kind: 'run',
        argv: ['groupdel', ...(args.force ? ['-f'] : []), '--', args.name],
        effects: [{ type: 'stale-kinds', kinds: ['groups'] }, predict(ask('group', args.name), null)],
      },
    ],
    diff: [{ subject: `group ${args.name}`, note: 'removed' }],
    result,
  };
}

function present(args: GroupArguments, there: GroupEntry | null, state: State): Change {
  const { name, gid } = args;
  const probe = ask('group', name);
  const result = { name, state: args.state, system: args.system, ...(gid === undefined ? {} : { gid }) };
  const same = there !== null && (gid === undefined || state.field(probe, there.gid) === gid);
  if (same) return { actions: [], result: { ...result, gid: there.gid ?? gid ?? null } };
  const number = gid === undefined ? [] : ['-g', String(gid), ...(args.non_unique ? ['-o'] : [])];
  const argv = there
    ? ['groupmod', ...number, '--', name]
    : ['groupadd', ...(args.system ? ['-r'] : []), ...number, '--', name];
  return {
    actions: [
      {
        kind: 'run',
        argv,
        effects: [
          // groupmod also moves the users whose primary group it is; files keep the old number.
          { type: 'stale-kinds', kinds: there ? ['groups', 'passwd'] : ['groups'] },
          predict(probe, { name, gid, members: there?.members ?? [] }),
        ],
      },
    ],
    diff: [
      {
        subject: `group ${name}`,
        note: there ? `gid ${there.gid} → ${gid}` : `made${gid === undefined ? '' : `, gid ${gid}`}`,
      },
    ],
    result,
  };
}
