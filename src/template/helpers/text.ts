import { posix } from 'node:path';
import { quote, quoteAll } from '../../base/quote.js';
import type { Value, Values } from '../../base/value.js';
import { PatternError, pattern, search } from '../pattern.js';
import { count, flag, type Helper, HelperError, text } from './helper.js';

function changes(name: string, does: string, change: (text: string) => string): Helper {
  return { name, usage: `${name} TEXT`, does, takes: [1, 1], call: (args) => change(text(args, 0)) };
}

/** One word of a command line. */
function word(value: Value | undefined): string {
  const one = text([value], 0);
  if (one.includes('\0')) throw new HelperError('a shell cannot carry a NUL');
  return one;
}

/** Runs a search with a user's pattern, with the flags of its options. */
function searching<T>(source: string, options: Values, subject: string, run: (regex: RegExp, subject: string) => T): T {
  const flags = `${flag(options, 'ignorecase') ? 'i' : ''}${flag(options, 'multiline') ? 'm' : ''}`;
  try {
    return search(pattern(source, `${flags}g`), subject, run);
  } catch (error) {
    throw error instanceof PatternError ? new HelperError(error.message) : error;
  }
}

/** What `\1` and `\g<name>` in a replacement stand for; `\\` is a backslash. */
function expand(
  replacement: string,
  groups: readonly (string | undefined)[],
  named: Record<string, string> = {},
): string {
  return replacement.replace(/\\(?:(\d{1,2})|g<(\w{1,64})>|(\\))/g, (_, index?: string, name?: string) => {
    if (index !== undefined) return groups[Number(index)] ?? '';
    if (name === undefined) return '\\';
    return (/^\d+$/.test(name) ? groups[Number(name)] : Object.hasOwn(named, name) ? named[name] : '') ?? '';
  });
}

const REGEX_OPTIONS = ['ignorecase', 'multiline'];

export const texts: readonly Helper[] = [
  changes('lower', 'TEXT in small letters.', (value) => value.toLowerCase()),
  changes('upper', 'TEXT in capital letters.', (value) => value.toUpperCase()),
  changes('trim', 'TEXT without the white space at its ends.', (value) => value.trim()),
  changes('basename', 'The last part of a path.', (value) => posix.basename(value)),
  changes('dirname', 'A path without its last part.', (value) => posix.dirname(value)),
  changes('string', 'A number or boolean as text.', (value) => value),
  {
    name: 'split',
    usage: 'split TEXT [SEPARATOR]',
    does: 'The list of the parts of TEXT between SEPARATORs; without one, its words.',
    takes: [1, 2],
    call(args) {
      const subject = text(args, 0);
      if (args[1] === undefined) return subject.split(/\s+/).filter((part) => part !== '');
      const separator = text(args, 1);
      if (separator === '') throw new HelperError('SEPARATOR must not be empty');
      return subject.split(separator);
    },
  },
  {
    name: 'replace',
    usage: 'replace TEXT OLD NEW',
    does: 'TEXT with every OLD replaced by NEW.',
    takes: [3, 3],
    call: (args) => {
      const replacement = text(args, 2);
      return text(args, 0).replaceAll(text(args, 1), () => replacement);
    },
  },
  {
    name: 'regex_replace',
    usage: 'regex_replace TEXT PATTERN NEW [ignorecase=true] [multiline=true]',
    does: 'TEXT with every match of PATTERN replaced by NEW, in which \\1 and \\g<name> stand for groups.',
    takes: [3, 3],
    options: REGEX_OPTIONS,
    call(args, options) {
      const replacement = text(args, 2);
      return searching(text(args, 1), options, text(args, 0), (regex, subject) =>
        subject.replace(regex, (...match) => {
          const named = typeof match.at(-1) === 'object' ? (match.pop() as Record<string, string>) : undefined;
          return expand(replacement, match.slice(0, -2) as string[], named);
        }),
      );
    },
  },
  {
    name: 'regex_search',
    usage: 'regex_search TEXT PATTERN [group=1] [ignorecase=true] [multiline=true]',
    does: 'The first match of PATTERN in TEXT, or its group; undefined where there is none.',
    takes: [2, 2],
    options: [...REGEX_OPTIONS, 'group'],
    undefined: 'asked',
    absent: 'the pattern is not in the text',
    call(args, options) {
      if (args[0] === undefined) return undefined;
      const group = count(options, 'group', 0, 99);
      return searching(text(args, 1), options, text(args, 0), (regex, subject) => regex.exec(subject)?.[group]);
    },
  },
  {
    name: 'indent',
    usage: 'indent TEXT [WIDTH] [first=true]',
    does: 'TEXT with WIDTH (4) spaces before every line but the first (first=true: also before that), empty lines excepted.',
    takes: [1, 2],
    options: ['first'],
    call(args, options) {
      const width = count({ WIDTH: args[1] ?? 4 }, 'WIDTH', 4, 100);
      const margin = ' '.repeat(width);
      const indented = text(args, 0).replace(/\n(?=[^\n])/g, `\n${margin}`);
      return flag(options, 'first') && !/^\n|^$/.test(indented) ? margin + indented : indented;
    },
  },
  {
    name: 'quote',
    usage: 'quote VALUE',
    does: 'VALUE as one word of a POSIX shell; a list as that many words.',
    takes: [1, 1],
    call: ([value]) => (Array.isArray(value) ? quoteAll(value.map(word)) : quote(word(value))),
  },
];
