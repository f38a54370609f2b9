import type { Action } from '../actions/registry.js';
import type { Change } from './module.js';
import type { Arguments } from './options.js';

export const userOptions = {
  name: { type: 'str', required: true, aliases: ['user'], description: 'Login name.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    description: 'Whether the user must exist.',
  },
  uid: { type: 'int', description: 'Number of the user; left out: the host chooses.' },
  non_unique: { type: 'bool', default: false, description: 'The number may be in use already.' },
  group: {
    type: 'str',
    description: 'Name or number of the primary group; left out: a group of the same name is made.',
  },
  groups: { type: 'list', elements: 'str', description: 'Further groups; an empty list: none.' },
  append: { type: 'bool', default: false, description: 'Leave the user in groups that `groups` does not name.' },
  shell: { type: 'path', description: 'Login shell.' },
  home: { type: 'path', description: 'Home directory.' },
  create_home: {
    type: 'bool',
    default: true,
    aliases: ['createhome'],
    description: 'Make the home directory where it is missing.',
  },
  move_home: { type: 'bool', default: false, description: 'Move the old home directory when `home` differs.' },
  skeleton: { type: 'path', description: 'Folder whose files a new home gets; the host has a default (/etc/skel).' },
  umask: { type: 'mode', description: 'umask for a new home directory.' },
  comment: { type: 'str', description: 'Full name or purpose (GECOS).' },
  system: { type: 'bool', default: false, description: 'A new user gets a number of the system range.' },
  password: {
    type: 'str',
    secret: true,
    description: "Hash of the password as crypt(5) has it; '!' or '*': no password works.",
  },
  update_password: {
    type: 'str',
    choices: ['always', 'on_create'],
    default: 'always',
    description: 'Whether the password of a user who is there is set too.',
  },
  password_lock: { type: 'bool', description: 'Lock or unlock the password; keys still work.' },
  password_expire_max: { type: 'int', description: 'Days after which the password must be changed.' },
  password_expire_min: { type: 'int', description: 'Days before which it cannot be changed again.' },
  password_expire_warn: { type: 'int', description: 'Days of warning before it expires.' },
  expires: { type: 'float', description: 'When the account expires, seconds since 1970; negative: never.' },
  remove: { type: 'bool', default: false, description: 'With absent: remove home directory and mail too.' },
  force: { type: 'bool', default: false, description: 'With absent: also a user who is logged in.' },
  generate_ssh_key: { type: 'bool', default: false, description: 'Make a key pair for the user where there is none.' },
  ssh_key_bits: { type: 'int', description: "Size of that key; left out: ssh-keygen's default." },
  ssh_key_type: { type: 'str', default: 'rsa', description: 'Its type: rsa, ed25519, ...' },
  ssh_key_file: { type: 'path', description: 'Where it is kept, absolute or below the home; .ssh/id_TYPE otherwise.' },
  ssh_key_comment: { type: 'str', description: 'Its comment; ansible-generated on the host otherwise.' },
  ssh_key_passphrase: {
    type: 'str',
    secret: true,
    description: 'Not supported: it could only be given in an argument list.',
  },
} as const;

export type UserArguments = Arguments<typeof userOptions>;

/** Whether the options say anything of what /etc/shadow holds. */
export function readsShadow(args: UserArguments): boolean {
  const { password, update_password, password_lock, expires } = args;
  const ages = [args.password_expire_max, args.password_expire_min, args.password_expire_warn];
  return (
    (password !== undefined && update_password === 'always') ||
    [password_lock, expires, ...ages].some((each) => each !== undefined)
  );
}

/** Where useradd puts a home that nobody names. */
export function usualHome(name: string): string {
  return `/home/${name}`;
}

/** One part of a plan for a user. */
export interface UserPart {
  readonly actions: readonly Action[];
  readonly notes: readonly string[];
  readonly result?: Change['result'];
}
