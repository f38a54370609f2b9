import { posix } from 'node:path';
import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { ask } from '../probes/registry.js';
import type { Diff } from '../report/event.js';
import { type AuthorizedKey, parseKey, withKeys, withoutKeys } from './authorized-keys.js';
import { type FileArguments, planAttributes } from './file-attributes.js';
import { cleanPath } from './host-path.js';
import { defineModule, type PlanContext, type State } from './module.js';
import type { Arguments } from './options.js';
import { usualHome } from './user-options.js';
import { planEdit } from './write-file.js';

const options = {
  user: { type: 'str', required: true, description: 'Whose keys.' },
  key: { type: 'str', required: true, description: 'Public keys, one a line, as in a .pub file.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    description: 'Whether the keys must let the user in.',
  },
  exclusive: { type: 'bool', default: false, description: 'No other key lets the user in.' },
  key_options: { type: 'str', description: 'Options put before each key, e.g. no-pty,command="...".' },
  comment: { type: 'str', description: 'Comment in place of the one the key has.' },
  path: { type: 'path', description: "Another file than the user's .ssh/authorized_keys." },
  manage_dir: {
    type: 'bool',
    default: true,
    description: "Make the user's .ssh folder, with the right owner and permissions.",
  },
  follow: { type: 'bool', default: false, description: 'A symlink at the path stands for the file it leads to.' },
  validate_certs: { type: 'bool', default: true, description: 'Not used: keys are never fetched from an address.' },
} as const;

type KeyArguments = Arguments<typeof options>;

export const authorizedKey = defineModule({
  name: 'authorized_key',
  description: 'Public keys that let a user in.',
  options,
  examples: `
- authorized_key: { user: deploy, key: "{{ lookup 'file' 'deploy.pub' }}" }
- authorized_key: { user: root, key: "{{ lookup 'file' 'admins.pub' }}", exclusive: true }
`,
  probes: (args) => {
    const path = args.path ?? `${args.user === 'root' ? '/root' : usualHome(args.user)}/.ssh/authorized_keys`;
    return [ask('passwd', args.user), ask('stat', path), ask('stat', posix.dirname(path)), ask('content', path)];
  },
  plan: (args, state, context) => {
    const keys = parseKeys(args);
    const user = state.read(ask('passwd', args.user));
    if (!user)
      throw new TaskError(`there is no user ${args.user} on the host`, 'make the user first with the user module');
    const home =
      args.path !== undefined && args.path.startsWith('/')
        ? user.home
        : state.field(ask('passwd', args.user), user.home);
    const path = filePath(args, home);
    const owned: FileArguments = { owner: args.user, group: groupOf(args.user, user.gid, state, context) };
    const before = state.read(ask('content', path));
    const lines = before === null || before.length === 0 ? [] : before.toString('utf8').replace(/\n$/, '').split('\n');
    const next = args.state === 'absent' ? withoutKeys(lines, keys) : withKeys(lines, keys, args.exclusive);
    const result = { user: args.user, keyfile: path, key: args.key, exclusive: args.exclusive };
    if (next.length === lines.length && next.every((line, i) => line === lines[i])) return { actions: [], result };
    const folder =
      args.manage_dir && home !== undefined && path.startsWith(`${home}/`)
        ? manageFolder(posix.dirname(path), args, owned, state)
        : [];
    const text = next.length === 0 ? '' : `${next.join('\n')}\n`;
    const made: Action[] = folder.map(({ action }) => action);
    const written = {
      mode: '0600',
      ...owned,
      follow: args.follow,
      parents: made.some(({ kind }) => kind === 'directory'),
    };
    const change = planEdit(path, before, Buffer.from(text), written, state, context);
    const file = change.actions.filter(({ kind }) => !(kind === 'directory' && made.length > 0));
    return { actions: [...made, ...file], diff: [...folder.map(({ diff }) => diff), ...(change.diff ?? [])], result };
  },
});

function parseKeys(args: KeyArguments): AuthorizedKey[] {
  const text = args.key.trim();
  if (/^(https?|ftp|file):\/\//.test(text)) {
    throw new TaskError(
      'key is an address: who controls it would control the user',
      'fetch the keys, look at them, and give them with a lookup',
    );
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  const keys = lines.map((line, i) => {
    const key = parseKey(line);
    if (key) return { ...key, options: args.key_options ?? key.options, comment: args.comment ?? key.comment };
    const secret = /PRIVATE KEY/.test(line);
    throw new TaskError(
      `line ${i + 1} of key is not a public key`,
      secret ? 'it is a private key: give the .pub file' : 'it must be: TYPE BASE64 COMMENT, as in a .pub file',
    );
  });
  if (keys.length === 0 && !(args.exclusive && args.state === 'present')) throw new TaskError('key is empty');
  if (/\n/.test(`${args.key_options ?? ''}${args.comment ?? ''}`))
    throw new TaskError('key_options and comment must be one line each');
  return keys;
}

function filePath(args: KeyArguments, home: string | undefined): string {
  if (args.path === undefined) return `${home}/.ssh/authorized_keys`;
  if (args.path.startsWith('~/')) return cleanPath(`${home}/${args.path.slice(2)}`);
  if (!args.path.startsWith('/')) throw new TaskError(`"${args.path}" is not an absolute path`, 'begin it with /');
  return cleanPath(args.path);
}

/** The user's own group by number. In check mode a user still to be made may have one that nobody knows yet. */
function groupOf(user: string, gid: number | undefined, state: State, context: PlanContext): string | undefined {
  if (gid === undefined && context.check) return undefined;
  return String(state.field(ask('passwd', user), gid));
}

/** sshd passes over keys in a folder that others may write to. */
function manageFolder(
  path: string,
  args: KeyArguments,
  owned: FileArguments,
  state: State,
): { action: Action; diff: Diff }[] {
  const there = state.read(ask('stat', path));
  if (!there) {
    const action: Action = {
      kind: 'directory',
      paths: [path],
      mode: 0o700,
      owner: owned.owner!,
      ...(owned.group === undefined ? {} : { group: owned.group }),
    };
    return [{ action, diff: { subject: path, note: 'directory made' } }];
  }
  // The user may have put the link there: what it leads to must not become the user's.
  if (there.type === 'symlink' && !args.follow) {
    throw new TaskError(
      `${path} is a symlink to ${there.target}`,
      'follow: true trusts it, manage_dir: false leaves the folder alone',
    );
  }
  if (there.type === 'symlink') return [];
  if (there.type !== 'directory') throw new TaskError(`${path} is not a directory`);
  const planned = planAttributes(path, there, { ...owned, mode: '0700' }, state);
  return planned ? [planned] : [];
}
