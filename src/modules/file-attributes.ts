import type { AttributesAction } from '../actions/files.js';
import { ask } from '../probes/registry.js';
import type { FileStat } from '../probes/stat.js';
import type { Diff } from '../report/event.js';
import { resolveMode, showMode } from './mode.js';
import type { State } from './module.js';
import type { Options } from './options.js';

/** The options that every module which makes files has, as in Ansible. */
export const fileOptions = {
  mode: { type: 'mode', description: "Permissions: octal digits in quotes ('0644') or chmod's symbolic form (u=rw,g=r)." },
  owner: { type: 'str', description: 'Name or number of the user who owns it.' },
  group: { type: 'str', description: 'Name or number of the group that owns it.' },
} as const satisfies Options;

export interface FileArguments {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** Of a file that is there: the action and diff that give it the wanted attributes, or undefined where it has them. */
export function planAttributes(
  path: string,
  stat: FileStat,
  wanted: FileArguments,
  state: State,
): { action: AttributesAction; diff: Diff } | undefined {
  const probe = ask('stat', path);
  const notes: string[] = [];
  const action: { -readonly [K in keyof AttributesAction]: AttributesAction[K] } = { kind: 'attributes', path };
  if (wanted.owner !== undefined && !sameName(wanted.owner, stat.owner, stat.uid, () => state.field(probe, stat.owner ?? stat.uid))) {
    action.owner = wanted.owner;
    notes.push(`owner ${stat.owner ?? stat.uid} → ${wanted.owner}`);
  }
  if (wanted.group !== undefined && !sameName(wanted.group, stat.group, stat.gid, () => state.field(probe, stat.group ?? stat.gid))) {
    action.group = wanted.group;
    notes.push(`group ${stat.group ?? stat.gid} → ${wanted.group}`);
  }
  if (wanted.mode !== undefined) {
    const before = state.field(probe, stat.mode);
    const mode = resolveMode(wanted.mode, before, stat.type === 'directory');
    // A new owner makes the kernel drop setuid and setgid, so the mode is said again then.
    const dropped = (action.owner !== undefined || action.group !== undefined) && mode > 0o777;
    if (mode !== before) notes.push(`mode ${showMode(before)} → ${showMode(mode)}`);
    if (mode !== before || dropped) action.mode = mode;
  }
  return notes.length === 0 ? undefined : { action, diff: { subject: path, note: notes.join(', ') } };
}

/** Names and numbers may both be given; what a prediction left open is asked for. */
function sameName(wanted: string, name: string | undefined, id: number | undefined, known: () => unknown): boolean {
  if (name === undefined && id === undefined) known();
  return wanted === name || (/^\d+$/.test(wanted) && (Number(wanted) === id || (id === undefined && wanted === name)));
}

/** The attributes of a file to be written anew: as wanted, else as the old one has them, else the defaults. */
export function writtenAttributes(
  path: string,
  before: FileStat | null,
  wanted: FileArguments,
  state: State,
  usual = 0o644,
): { mode: number; owner?: string; group?: string } {
  const probe = ask('stat', path);
  const old = before ? state.field(probe, before.mode) : usual;
  const attributes: { mode: number; owner?: string; group?: string } = {
    mode: wanted.mode === undefined ? old : resolveMode(wanted.mode, before ? old : 0o644, false),
  };
  const owner = wanted.owner ?? keptName(before?.owner, before?.uid);
  const group = wanted.group ?? keptName(before?.group, before?.gid);
  if (owner !== undefined && !(before === null && wanted.owner === undefined)) attributes.owner = owner;
  if (group !== undefined && !(before === null && wanted.group === undefined)) attributes.group = group;
  return attributes;
}

/** root's files come out as root's by themselves; anyone else's must be said. */
function keptName(name: string | undefined, id: number | undefined): string | undefined {
  return id === 0 || name === 'root' ? undefined : (name ?? (id === undefined ? undefined : String(id)));
}
