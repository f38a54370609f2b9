import type { AttributesAction } from '../actions/files.js';
import { TaskError } from '../base/error.js';
import { ask, type Probe } from '../probes/registry.js';
import type { FileStat } from '../probes/stat.js';
import type { Diff } from '../report/event.js';
import { resolveMode, showMode } from './mode.js';
import type { State } from './module.js';
import type { Options } from './options.js';

/** The options that every module which makes files has, as in Ansible. */
export const fileOptions = {
  mode: {
    type: 'mode',
    description: "Permissions: octal digits in quotes ('0644') or chmod's symbolic form (u=rw,g=r).",
  },
  owner: { type: 'str', description: 'Name or number of the user who owns it.' },
  group: { type: 'str', description: 'Name or number of the group that owns it.' },
} as const satisfies Options;

export interface FileArguments {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** What `requireAccounts` will read. */
export function accountProbes({ owner, group }: FileArguments): Probe[] {
  const probes: Probe[] = [];
  if (owner !== undefined && !isNumber(owner)) probes.push(ask('passwd', owner));
  if (group !== undefined && !isNumber(group)) probes.push(ask('group', group));
  return probes;
}

const isNumber = (name: string): boolean => /^\d+$/.test(name);

/** An owner that does not exist is told before anything is changed, not by chown when half of it is done. */
export function requireAccounts({ owner, group }: Pick<FileArguments, 'owner' | 'group'>, state: State): void {
  if (owner !== undefined && !isNumber(owner) && state.read(ask('passwd', owner)) === null) {
    throw new TaskError(
      `the user "${owner}" does not exist on the host`,
      'make it in an earlier task, or check the name',
    );
  }
  if (group !== undefined && !isNumber(group) && state.read(ask('group', group)) === null) {
    throw new TaskError(
      `the group "${group}" does not exist on the host`,
      'make it in an earlier task, or check the name',
    );
  }
}

/** True where any attribute is wanted. */
export function wantsAttributes({ mode, owner, group }: FileArguments): boolean {
  return mode !== undefined || owner !== undefined || group !== undefined;
}

/**
 * Of something that is there: the action and diff that give it the wanted attributes, or undefined where it has them.
 * @param path not a symlink to what `stat` is about; of a symlink itself only the owners are set, it has no mode
 */
export function planAttributes(
  path: string,
  stat: FileStat,
  wanted: FileArguments,
  state: State,
): { action: AttributesAction; diff: Diff } | undefined {
  const probe = ask('stat', path);
  const notes: string[] = [];
  const action: { -readonly [K in keyof AttributesAction]: AttributesAction[K] } = { kind: 'attributes', path };
  // What the host said has an inode; what a prediction leaves open must be asked for.
  const open = <V>(value: V | undefined): V | undefined =>
    stat.inode === undefined ? state.field(probe, value) : value;
  if (wanted.owner !== undefined && !isOwner(wanted.owner, stat.owner, stat.uid, open)) {
    action.owner = wanted.owner;
    notes.push(`owner ${stat.owner ?? stat.uid} → ${wanted.owner}`);
  }
  if (wanted.group !== undefined && !isOwner(wanted.group, stat.group, stat.gid, open)) {
    action.group = wanted.group;
    notes.push(`group ${stat.group ?? stat.gid} → ${wanted.group}`);
  }
  if (wanted.mode !== undefined && stat.type !== 'symlink') {
    const before = state.field(probe, stat.mode);
    const mode = resolveMode(wanted.mode, before, stat.type === 'directory');
    // A new owner makes the kernel drop setuid and setgid, so the mode is said again then.
    const dropped = (action.owner !== undefined || action.group !== undefined) && mode > 0o777;
    if (mode !== before) notes.push(`mode ${showMode(before)} → ${showMode(mode)}`);
    if (mode !== before || dropped) action.mode = mode;
  }
  if (notes.length === 0) return undefined;
  requireAccounts(action, state);
  return { action, diff: { subject: path, note: notes.join(', ') } };
}

/** Names and numbers may both be given. */
function isOwner(
  wanted: string,
  name: string | undefined,
  id: number | undefined,
  open: <V>(value: V | undefined) => V | undefined,
): boolean {
  if (wanted === name) return true;
  return /^\d+$/.test(wanted) ? Number(wanted) === open(id) : wanted === open(name);
}

/**
 * The attributes of a file to be written anew: as wanted, else as the old one has them, else the defaults.
 * @param user whose session writes: what that user makes is that user's without being said
 */
export function writtenAttributes(
  path: string,
  before: FileStat | null,
  wanted: FileArguments,
  state: State,
  user = 'root',
): { mode: number; owner?: string; group?: string } {
  requireAccounts(wanted, state);
  const old = before ? state.field(ask('stat', path), before.mode) : 0o644;
  const attributes: { mode: number; owner?: string; group?: string } = {
    mode: wanted.mode === undefined ? old : resolveMode(wanted.mode, old, false),
  };
  const owner = wanted.owner ?? kept(before?.owner, before?.uid, user);
  const group = wanted.group ?? kept(before?.group, before?.gid, user);
  if (owner !== undefined) attributes.owner = owner;
  if (group !== undefined) attributes.group = group;
  return attributes;
}

/** The owner of the old file where it must be said: the session's user owns what it writes anyway. */
function kept(name: string | undefined, id: number | undefined, user: string): string | undefined {
  if (name === user || (user === 'root' && id === 0)) return undefined;
  return name ?? (id === undefined ? undefined : String(id));
}
