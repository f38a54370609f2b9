import type { Value } from '../../base/value.js';
import { type Helper, HelperError, nameOfType, text } from './helper.js';

function lookUp(holder: Value, name: Value): Value | undefined {
  if (typeof holder !== 'object' || holder === null) {
    throw new HelperError(`the first argument must be "env", "file", a mapping or a list, not ${nameOfType(holder)}`);
  }
  const key = text([name], 0);
  if (!Array.isArray(holder)) return Object.hasOwn(holder, key) ? holder[key] : undefined;
  return /^\d{1,9}$/.test(key) ? holder[Number(key)] : undefined;
}

/** `strftime` of the few letters that file names and stamps need. */
function format(now: Date, pattern: string): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const letters: Readonly<Record<string, string>> = {
    Y: String(now.getUTCFullYear()),
    m: two(now.getUTCMonth() + 1),
    d: two(now.getUTCDate()),
    H: two(now.getUTCHours()),
    M: two(now.getUTCMinutes()),
    S: two(now.getUTCSeconds()),
    s: String(Math.floor(now.getTime() / 1000)),
    '%': '%',
  };
  return pattern.replace(/%(.?)/g, (_, letter: string) => {
    if (Object.hasOwn(letters, letter)) return letters[letter]!;
    throw new HelperError('FORMAT knows %Y %m %d %H %M %S %s and %%');
  });
}

export const surroundings: readonly Helper[] = [
  {
    name: 'lookup',
    usage: 'lookup WHERE NAME',
    does: 'The value under NAME in a mapping or list; of an environment variable ("env"); of a file\'s text ("file"), both of this machine.',
    takes: [2, 2],
    undefined: 'asked',
    absent: 'there is nothing under that name',
    call([where, name], _options, around) {
      if (where === undefined || name === undefined) return undefined;
      if (where === 'env') return around.environment(text([name], 0));
      if (where === 'file') return around.readFile(text([name], 0)).replace(/\n+$/, '');
      return lookUp(where, name);
    },
  },
  {
    name: 'now',
    usage: 'now [FORMAT]',
    does: 'The time the run started, in UTC, the same in the whole run: 2026-01-31T09:05:00Z, or as FORMAT (strftime) says.',
    takes: [0, 1],
    call: (args, _options, { now }) => format(now, text(args, 0, '%Y-%m-%dT%H:%M:%SZ')),
  },
];
