import { TaskError } from '../base/error.js';
import type { FileStat, FileType } from '../probes/stat.js';
import { pythonRegex } from './python-regex.js';

/** What find(1) printed of a file. */
export interface Found {
  readonly path: string;
  readonly stat: FileStat;
}

/** Fields of a file for find's -printf, each ended by a NUL. */
export const PRINTF = ['p', 'y', 'm', 'U', 'G', 'u', 'g', 's', 'T@', 'A@', 'C@', 'i', 'D', 'n', 'l']
  .map((field) => `%${field}\\0`)
  .join('');

const TYPES: Readonly<Record<string, FileType>> = {
  f: 'file',
  d: 'directory',
  l: 'symlink',
  b: 'block',
  c: 'character',
  p: 'fifo',
  s: 'socket',
};

/** The files that find printed with PRINTF. */
export function parseFound(output: string): Found[] {
  const fields = output.split('\0');
  const found: Found[] = [];
  for (let at = 0; at + 15 < fields.length; at += 15) {
    const [
      path = '',
      type = '',
      mode = '',
      uid,
      gid,
      owner,
      group,
      size,
      mtime,
      atime,
      ctime,
      inode,
      device,
      links,
      target = '',
    ] = fields.slice(at, at + 15);
    const stat: FileStat = {
      type: TYPES[type] ?? 'file',
      mode: Number.parseInt(mode, 8),
      uid: Number(uid),
      gid: Number(gid),
      // find prints the number where there is no name.
      owner: owner === uid ? undefined : owner,
      group: group === gid ? undefined : group,
      size: Number(size),
      mtime: Number(mtime),
      atime: Number(atime),
      ctime: Number(ctime),
      inode: Number(inode),
      device: Number(device),
      links: Number(links),
    };
    found.push({ path, stat: target === '' ? stat : { ...stat, target } });
  }
  return found;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };
const BYTES: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** A test "at least" of a number with a unit; a negative one is "at most". */
function bound(
  text: string,
  units: Readonly<Record<string, number>>,
  usual: string,
  what: string,
): (value: number) => boolean {
  const match = /^(-?)(\d+)([a-z]?)\w*$/.exec(text.trim().toLowerCase());
  const unit = units[match?.[3] || usual];
  if (!match || unit === undefined)
    throw new TaskError(
      `"${text}" is no ${what}`,
      `write a number and one of ${Object.keys(units).join(', ')}, e.g. 2${Object.keys(units)[3]}`,
    );
  const limit = Number(match[2]) * unit;
  return match[1] === '-' ? (value) => value <= limit : (value) => value >= limit;
}

/** A test of an age in seconds. */
export const ageTest = (text: string): ((seconds: number) => boolean) => bound(text, SECONDS, 's', 'age');

/** A test of a size in bytes. */
export const sizeTest = (text: string): ((bytes: number) => boolean) => bound(text, BYTES, 'b', 'size');

/** A test of a base name: any of the patterns, as a shell's or as regular expressions that match from its beginning. */
export function nameTest(patterns: readonly string[], useRegex: boolean): (name: string) => boolean {
  const tests = patterns.map((pattern) =>
    pythonRegex(useRegex ? `^(?:${pattern})` : `^(?:${globRegex(pattern)})\\Z`, { dotAll: !useRegex }),
  );
  return (name) => tests.some((test) => test.test(name));
}

/** A shell's pattern as fnmatch of Python reads it, as a regular expression of Python. */
export function globRegex(pattern: string): string {
  let out = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    const set = char === '[' ? /^\[(!?)(\]?[^\]]*)\]/.exec(pattern.slice(at)) : null;
    if (char === '*') {
      // Several in a row mean no more than one, and would take for ever.
      if (pattern[at + 1] !== '*') out += '.*';
    } else if (char === '?') out += '.';
    else if (set) {
      out += `[${set[1] ? '^' : ''}${set[2]!.replace(/[\\^]/g, '\\$&')}]`;
      at += set[0].length - 1;
    } else out += /\w/.test(char) || char > '\x7f' ? char : `\\${char}`;
  }
  return out;
}
