import { TaskError } from '../base/error.js';
import { ask, type Probe } from '../probes/registry.js';
import { checkAccountName } from './account-name.js';
import { explain } from './failure.js';
import { type Change, defineModule } from './module.js';
import { planUserChange } from './user-change.js';
import { planHome } from './user-home.js';
import { planKey } from './user-key.js';
import { planNewUser } from './user-new.js';
import { readsShadow, type UserArguments, type UserPart, userOptions, usualHome } from './user-options.js';
import { planPassword } from './user-password.js';
import { planRemoval } from './user-removal.js';

const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/UID .* is not unique/, 'another user has this uid: `getent passwd UID` names it; non_unique: true allows both'],
  [/group '.*' does not exist/, 'make the group first with the group module'],
  [/is currently used by process/, 'end its processes first, or with absent: force: true'],
];

export const user = defineModule({
  name: 'user',
  description: 'A user account.',
  options: userOptions,
  examples: `
- user: { name: app, uid: 2000, group: app, shell: /usr/sbin/nologin, home: /srv/app }
- user: { name: alice, groups: [sudo], append: true, shell: /bin/bash, password: "{{ alice_hash }}" }
- user: { name: bob, state: absent, remove: true }
`,
  probes: userProbes,
  plan: (args, state) => {
    checkUser(args);
    const there = state.read(ask('passwd', args.name));
    const result = { name: args.name, state: args.state, append: args.append };
    if (args.state === 'absent')
      return { ...planRemoval(args, there, state), result: { ...result, force: args.force, remove: args.remove } };
    const parts = there
      ? [planUserChange(args, there, state), planHome(args, there, state), planPassword(args, true, state)]
      : [planNewUser(args, state), planPassword(args, false, state)];
    parts.push(planKey(args, there, state));
    return join(parts, { ...result, create_home: args.create_home, system: args.system });
  },
  conclude: (args, outcomes) => {
    const last = outcomes.at(-1);
    return last && last.status !== 0 ? { failed: true, ...explain(`changing user ${args.name}`, last, KNOWN) } : {};
  },
});

/** What every plan for a user who may be there reads, asked in one go. */
function userProbes(args: UserArguments): Probe[] {
  const probes: Probe[] = [ask('passwd', args.name)];
  if (args.state === 'absent') return [...probes, ask('group', args.name)];
  // A group of the user's own name decides how a new user is made.
  probes.push(ask('group', args.group ?? args.name));
  if (args.create_home) probes.push(ask('stat', args.home ?? usualHome(args.name)));
  for (const name of args.groups ?? []) probes.push(ask('group', name));
  if (args.groups !== undefined && !args.append) probes.push(ask('groups'));
  if (readsShadow(args)) probes.push(ask('shadow', args.name));
  return probes;
}

function checkUser(args: UserArguments): void {
  checkAccountName(args.name, 'user');
  const shown = (['comment', 'home', 'shell'] as const).filter((name) => /[:\n]/.test(args[name] ?? ''));
  if (shown.length > 0)
    throw new TaskError(`${shown.join(', ')} of user ${args.name}: colons and newlines cannot be in /etc/passwd`);
  if (args.home !== undefined && !args.home.startsWith('/'))
    throw new TaskError(`home "${args.home}" is not an absolute path`);
  if (args.ssh_key_passphrase) {
    throw new TaskError('ssh_key_passphrase is not supported', 'make the key on your machine and bring it with copy');
  }
  for (const name of args.groups ?? []) checkAccountName(name, 'group');
}

function join(parts: readonly UserPart[], result: NonNullable<Change['result']>): Change {
  return {
    actions: parts.flatMap((part) => part.actions),
    diff: parts.flatMap((part) => part.notes.map((note) => ({ subject: `user ${result.name as string}`, note }))),
    result: Object.assign(result, ...parts.map((part) => part.result ?? {})),
  };
}
