import type { TouchAction } from '../actions/files.js';
import { TaskError } from '../base/error.js';
import { ask, outputOf } from '../probes/registry.js';
import type { FileStat } from '../probes/stat.js';
import type { State } from './module.js';

/** Fields of strftime that a time may be written with, and how they look. */
const FIELDS: Readonly<Record<string, string>> = {
  Y: '\\d{4}',
  y: '\\d{2}',
  m: '\\d{1,2}',
  d: '\\d{1,2}',
  H: '\\d{1,2}',
  M: '\\d{1,2}',
  S: '\\d{1,2}',
};

/** Ansible's own form, `YYYYMMDDHHMM.SS`. */
export const TIME_FORMAT = '%Y%m%d%H%M.%S';

/**
 * `YYYY-MM-DD HH:MM:SS` of a time written in a strftime format of numbers.
 * @throws TaskError where it does not fit the format, or the format has other fields
 */
export function parseTime(text: string, format: string): string {
  const names: string[] = [];
  const pattern = format.replace(/%(.)|[^\w\s]/g, (all, field: string | undefined) => {
    if (field === undefined) return `\\${all}`;
    if (field === '%') return '%';
    const digits = FIELDS[field];
    if (digits === undefined)
      throw new TaskError(
        `the time format "${format}" has %${field}`,
        `known: ${Object.keys(FIELDS)
          .map((name) => `%${name}`)
          .join(' ')}`,
      );
    names.push(field);
    return `(${digits})`;
  });
  const match = new RegExp(`^${pattern}$`).exec(text);
  if (!match)
    throw new TaskError(`"${text}" is no time of the form ${format}`, 'write preserve, now, or e.g. 202401312359.00');
  const value = new Map(names.map((name, i) => [name, match[i + 1]!]));
  const two = (name: string, usual: string): string => (value.get(name) ?? usual).padStart(2, '0');
  const year = value.get('Y') ?? (value.has('y') ? `20${value.get('y')!}` : '1900');
  return `${year}-${two('m', '01')}-${two('d', '01')} ${two('H', '00')}:${two('M', '00')}:${two('S', '00')}`;
}

interface TimeArguments {
  readonly access_time?: string | undefined;
  readonly access_time_format: string;
  readonly modification_time?: string | undefined;
  readonly modification_time_format: string;
}

/**
 * The action that gives a file its times, or undefined where it has them.
 * @param usual what a time that is not given means: `now` for touch, `preserve` otherwise
 */
export function planTimes(
  path: string,
  stat: FileStat | null,
  args: TimeArguments,
  usual: 'now' | 'preserve',
  state: State,
): TouchAction | undefined {
  const access = wanted(args.access_time ?? usual, args.access_time_format, state);
  const modification = wanted(args.modification_time ?? usual, args.modification_time_format, state);
  const kept = (time: string, now: number | undefined): boolean =>
    time === 'preserve' ||
    (stat !== null && time !== 'now' && Number(time.slice(1)) === state.field(ask('stat', path), now));
  const keepAccess = kept(access, stat?.atime);
  const keepModification = kept(modification, stat?.mtime);
  if (stat && keepAccess && keepModification) return undefined;
  const said = (time: string, keep: boolean) =>
    stat && keep ? 'preserve' : time === 'now' || time === 'preserve' ? undefined : time;
  const accessTime = said(access, keepAccess);
  const modificationTime = said(modification, keepModification);
  return {
    kind: 'touch',
    path,
    ...(accessTime === undefined ? {} : { accessTime }),
    ...(modificationTime === undefined ? {} : { modificationTime }),
  };
}

/** `preserve`, `now` or `@SECONDS`; the host's date(1) reads a time in the host's time zone. */
function wanted(time: string, format: string, state: State): string {
  if (time === 'preserve' || time === 'now') return time;
  const text = parseTime(time, format);
  const said = state.read(outputOf({ argv: ['date', '-d', text, '+%s'] }));
  if (said.status !== 0) throw new TaskError(`the host does not know the time ${text}: ${said.stderr.trim()}`);
  return `@${said.stdout.trim()}`;
}
