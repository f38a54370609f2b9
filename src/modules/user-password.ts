import { type Effect, predict } from '../actions/action.js';
import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import type { ShadowEntry } from '../probes/accounts.js';
import { ask } from '../probes/registry.js';
import type { State } from './module.js';
import { readsShadow, type UserArguments, type UserPart } from './user-options.js';

const DAY = 86_400;

/** The date `useradd -e` wants for seconds since 1970; empty: never. */
export function expiryDay(seconds: number): string {
  return seconds < 0 ? '' : new Date(Math.floor(seconds / DAY) * DAY * 1000).toISOString().slice(0, 10);
}

const bare = (hash: string): string => hash.replace(/^!+/, '');

/** The plan for what /etc/shadow holds: password, lock, expiry. `exists` is false right after useradd. */
export function planPassword(args: UserArguments, exists: boolean, state: State): UserPart {
  if (args.password !== undefined) checkHash(args.password);
  if (!exists) return newPassword(args);
  if (!readsShadow(args)) return { actions: [], notes: [] };
  const probe = ask('shadow', args.name);
  const there = state.read(probe);
  if (!there)
    throw new TaskError(`the entry of ${args.name} in /etc/shadow cannot be read`, 'run the task with become: true');
  const next: { -readonly [K in keyof ShadowEntry]: ShadowEntry[K] } = { ...there };
  const actions: Action[] = [];
  const notes: string[] = [];
  const act = (argv: string[], stdin?: string): void => {
    const effects = [predict(probe, { ...next })];
    actions.push({ kind: 'run', argv, effects, ...(stdin === undefined ? {} : { stdin: Buffer.from(stdin) }) });
  };
  if (args.password !== undefined && args.update_password === 'always' && bare(args.password) !== bare(there.hash)) {
    next.hash = hashOf(args);
    act(['chpasswd', '-e'], `${args.name}:${next.hash}\n`);
    notes.push('password set');
  } else if (args.password_lock !== undefined && args.password_lock !== there.hash.startsWith('!')) {
    if (!args.password_lock && bare(there.hash) === '') {
      throw new TaskError(`user ${args.name} has no password to unlock`, 'give password too');
    }
    next.hash = args.password_lock ? `!${there.hash}` : bare(there.hash);
    act(['usermod', args.password_lock ? '-L' : '-U', '--', args.name]);
    notes.push(args.password_lock ? 'password locked' : 'password unlocked');
  }
  const day = args.expires === undefined || args.expires < 0 ? undefined : Math.floor(args.expires / DAY);
  if (args.expires !== undefined && there.expires !== day) {
    next.expires = day;
    act(['usermod', '-e', expiryDay(args.expires), '--', args.name]);
    notes.push(`expires ${day === undefined ? 'never' : expiryDay(args.expires)}`);
  }
  const flags = ageFlags(args, there);
  if (flags.length > 0) {
    next.maximum = args.password_expire_max ?? there.maximum;
    next.minimum = args.password_expire_min ?? there.minimum;
    next.warning = args.password_expire_warn ?? there.warning;
    act(['chage', ...flags, '--', args.name]);
    notes.push('password ages set');
  }
  return { actions, notes };
}

/** The entry of a user just made, with what login.defs usually says where the arguments say nothing. */
export function freshShadow(args: UserArguments, hash: string): ShadowEntry {
  return {
    name: args.name,
    hash,
    lastChange: undefined,
    minimum: args.password_expire_min ?? 0,
    maximum: args.password_expire_max ?? 99_999,
    warning: args.password_expire_warn ?? 7,
    inactive: undefined,
    expires: args.expires === undefined || args.expires < 0 ? undefined : Math.floor(args.expires / DAY),
  };
}

/** For a user just made: nothing is there yet, so everything wanted is said. */
function newPassword(args: UserArguments): UserPart {
  const actions: Action[] = [];
  const effects: readonly Effect[] = [
    predict(ask('shadow', args.name), freshShadow(args, args.password === undefined ? '!' : hashOf(args)), false),
  ];
  // useradd leaves `!`: locked already, and nothing that could be unlocked.
  if (args.password !== undefined) {
    actions.push({
      kind: 'run',
      argv: ['chpasswd', '-e'],
      stdin: Buffer.from(`${args.name}:${hashOf(args)}\n`),
      effects,
    });
  } else if (args.password_lock === false) {
    throw new TaskError(`user ${args.name} has no password to unlock`, 'give password too');
  }
  const flags = ageFlags(args, undefined);
  if (flags.length > 0) actions.push({ kind: 'run', argv: ['chage', ...flags, '--', args.name], effects });
  return { actions, notes: [] };
}

function ageFlags(args: UserArguments, there: ShadowEntry | undefined): string[] {
  const flag = (letter: string, wanted: number | undefined, now: number | undefined): string[] =>
    wanted === undefined || wanted === now ? [] : [letter, String(wanted)];
  return [
    ...flag('-M', args.password_expire_max, there?.maximum),
    ...flag('-m', args.password_expire_min, there?.minimum),
    ...flag('-W', args.password_expire_warn, there?.warning),
  ];
}

function hashOf({ password = '', password_lock }: UserArguments): string {
  return password_lock === undefined ? password : password_lock ? `!${bare(password)}` : bare(password);
}

/** A password in clear would be stored as if it were a hash, and no login would ever work. */
function checkHash(password: string): void {
  if (/^!*(\*|\*LK\*|\$[0-9a-z]+\$[^:\s]+|_[./0-9A-Za-z]{19}|[./0-9A-Za-z]{13})?$/.test(password) && password !== '')
    return;
  throw new TaskError(
    'password must be a hash as crypt(5) has it, not the password itself',
    'make one with: openssl passwd -6 -stdin',
  );
}
