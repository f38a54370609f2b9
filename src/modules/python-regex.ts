import { TaskError } from '../base/error.js';

/*
 * Regular expressions as Python's `re` reads them, made into JavaScript's. What differs is translated
 * (named groups, \A, \Z, $ before a last newline, . and ^ at other line ends, flags at the beginning,
 * verbose patterns, { and ] as ordinary characters); what has no counterpart is refused with its name.
 * Character classes (\w, \d, \s, \b) are ASCII, as in Ansible's modules that work on bytes, or else Unicode's.
 */

/** Longest pattern, characters. */
const LONGEST_PATTERN = 4096;

export interface PythonRegexFlags {
  /** re.MULTILINE: ^ and $ at every line. */
  readonly multiline?: boolean;
  /** re.DOTALL: . matches newlines too. */
  readonly dotAll?: boolean;
  /** The pattern is for text, not bytes: \w, \d, \s and \b know all letters, digits and spaces. */
  readonly unicode?: boolean;
}

/** Expressions made before: a task's are the same for every host and every loop item, mostly. */
const made = new Map<string, RegExp>();
const MOST_MADE = 500;

/**
 * @param flags of the JavaScript expression, e.g. `g` or `d`, beside `u` and those the pattern asks for
 * @returns an expression that others use too: without `y`, and `g` only for matchAll, so that it has no state
 * @throws TaskError where the pattern is invalid or has no counterpart
 */
export function pythonRegex(
  pattern: string,
  { multiline = false, dotAll = false, unicode = false }: PythonRegexFlags = {},
  flags = '',
): RegExp {
  const key = `${multiline ? 'm' : ''}${dotAll ? 's' : ''}${unicode ? 'u' : ''}${flags}/${pattern}`;
  const known = made.get(key);
  if (known) return known;
  const regex = make(pattern, { multiline, dotAll, unicode }, flags);
  if (made.size >= MOST_MADE) made.clear();
  made.set(key, regex);
  return regex;
}

function make(pattern: string, { multiline, dotAll, unicode }: Required<PythonRegexFlags>, flags: string): RegExp {
  if (pattern.length > LONGEST_PATTERN)
    throw new TaskError(`the regular expression has ${pattern.length} characters; ${LONGEST_PATTERN} are allowed`);
  const start = /^\(\?([aimsuxL]+)\)/.exec(pattern);
  const given = start?.[1] ?? '';
  if (given.includes('L')) throw refused(pattern, 'the flag L');
  const settings: Settings = {
    multiline: multiline || given.includes('m'),
    dotAll: dotAll || given.includes('s'),
    verbose: given.includes('x'),
    classes: unicode && !given.includes('a') ? UNICODE : ASCII,
  };
  const translated = translate(pattern, start?.[0].length ?? 0, settings);
  try {
    return new RegExp(translated, `u${given.includes('i') ? 'i' : ''}${flags}`);
  } catch (error) {
    const reason = (error as Error).message.replace(/^Invalid regular expression: \/.*\/\w*: /s, '');
    throw new TaskError(`the regular expression "${pattern}" is invalid: ${reason}`);
  }
}

interface Settings {
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly verbose: boolean;
  readonly classes: Classes;
}

function refused(pattern: string, what: string): TaskError {
  return new TaskError(
    `the regular expression "${pattern}" has ${what}, which is not supported here`,
    'write it in another way',
  );
}

/** What goes into a set for \w, \d and \s. */
interface Classes {
  readonly w: string;
  readonly d: string;
  readonly s: string;
}
const ASCII: Classes = { w: 'A-Za-z0-9_', d: '0-9', s: ' \\t\\n\\r\\f\\v' };
const UNICODE: Classes = { w: '\\p{L}\\p{N}_', d: '\\p{Nd}', s: '\\s\\u{1c}-\\u{1f}\\u{85}' };
const START = '(?<![\\s\\S])';
const END = '(?![\\s\\S])';

function translate(pattern: string, from: number, settings: Settings): string {
  let out = '';
  let at = from;
  while (at < pattern.length) {
    const char = pattern[at]!;
    if (char === '\\') {
      const piece = readEscape(pattern, at, false, settings.classes);
      out += piece.text;
      at = piece.end;
    } else if (char === '[') {
      const set = readSet(pattern, at, settings.classes);
      out += set.text;
      at = set.end;
    } else if (char === '(') {
      const group = readGroup(pattern, at);
      out += group.text;
      at = group.end;
    } else if (char === '{') {
      const counts = /^\{(\d*)(,?)(\d*)\}/.exec(pattern.slice(at, at + 24));
      if (counts && (counts[1] !== '' || counts[2] !== '') && out !== '') {
        out += `{${counts[1] || '0'}${counts[2]}${counts[3]}}`;
        at += counts[0].length;
        at = refusePossessive(pattern, at);
      } else {
        out += '\\{';
        at++;
      }
    } else if (char === '*' || char === '+' || char === '?') {
      out += char;
      at = refusePossessive(pattern, at + 1);
    } else if (settings.verbose && /\s/.test(char)) at++;
    else if (settings.verbose && char === '#') at = (pattern.indexOf('\n', at) + 1 || pattern.length + 1) - 1;
    else {
      out += ordinary(char, settings);
      at++;
    }
  }
  return out;
}

function ordinary(char: string, { multiline, dotAll }: Settings): string {
  if (char === '.') return dotAll ? '[\\s\\S]' : '[^\\n]';
  if (char === '^') return multiline ? '(?<![^\\n])' : '^';
  if (char === '$') return multiline ? '(?![^\\n])' : `(?=\\n?${END})`;
  return char === '}' || char === ']' ? `\\${char}` : char;
}

/** After a quantifier a `+` would be possessive: Python has it since 3.11, JavaScript has not. */
function refusePossessive(pattern: string, at: number): number {
  if (pattern[at] === '+') throw refused(pattern, 'a possessive quantifier');
  return at;
}

interface Piece {
  readonly text: string;
  readonly end: number;
}

/** What opens at a `(`. */
function readGroup(pattern: string, at: number): Piece {
  if (pattern[at + 1] !== '?') return { text: '(', end: at + 1 };
  const rest = pattern.slice(at);
  const named = /^\(\?P?<([A-Za-z_]\w*)>/.exec(rest);
  if (named) return { text: `(?<${named[1]}>`, end: at + named[0].length };
  const reference = /^\(\?P=([A-Za-z_]\w*)\)/.exec(rest);
  if (reference) return { text: `(?:\\k<${reference[1]}>)`, end: at + reference[0].length };
  const plain = /^\(\?(?::|=|!|<=|<!)/.exec(rest);
  if (plain) return { text: plain[0], end: at + plain[0].length };
  if (rest.startsWith('(?#')) {
    const close = pattern.indexOf(')', at);
    if (close < 0) throw new TaskError(`the regular expression "${pattern}" is invalid: a comment is not closed`);
    return { text: '', end: close + 1 };
  }
  if (rest.startsWith('(?>')) throw refused(pattern, 'an atomic group (?>...)');
  if (rest.startsWith('(?(')) throw refused(pattern, 'a condition (?(...)...)');
  if (/^\(\?[aiLmsux]*(-[imsx]+)?:/.test(rest)) throw refused(pattern, 'flags for a part of it (?i:...)');
  if (/^\(\?[aiLmsux]+\)/.test(rest))
    throw new TaskError(
      `the regular expression "${pattern}" has flags that are not at its beginning`,
      'move them there',
    );
  throw new TaskError(`the regular expression "${pattern}" is invalid: unknown extension ${rest.slice(0, 4)}`);
}

const SIMPLE: Readonly<Record<string, string>> = { n: '\\n', t: '\\t', r: '\\r', f: '\\f', v: '\\v', a: '\\u{7}' };
const codePoint = (code: number): string => `\\u{${code.toString(16)}}`;

/** An escape, in or outside a set. */
function readEscape(pattern: string, at: number, inSet: boolean, classes: Classes): Piece {
  const char = pattern[at + 1];
  if (char === undefined) throw new TaskError(`the regular expression "${pattern}" ends in a backslash`);
  const rest = pattern.slice(at + 1, at + 12);
  const code = /^(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/.exec(rest);
  if (code) {
    const value = Number.parseInt((code[1] ?? code[2] ?? code[3])!, 16);
    if (value > 0x10ffff)
      throw new TaskError(`the regular expression "${pattern}" is invalid: \\${code[0]} is no character`);
    return { text: codePoint(value), end: at + 1 + code[0].length };
  }
  const octal = (inSet ? /^[0-7]{1,3}/ : /^(?:0[0-7]{0,2}|[1-3][0-7]{2})/).exec(rest);
  if (octal) return { text: codePoint(Number.parseInt(octal[0], 8)), end: at + 1 + octal[0].length };
  const reference = /^[1-9]\d?/.exec(rest);
  if (reference && !inSet) return { text: `(?:\\${reference[0]})`, end: at + 1 + reference[0].length };
  const end = at + 2;
  if (SIMPLE[char] !== undefined) return { text: SIMPLE[char], end };
  if (char === 'w' || char === 'd' || char === 's') return { text: inSet ? classes[char] : `[${classes[char]}]`, end };
  const negated = char.toLowerCase() as keyof Classes;
  if ('WDS'.includes(char)) {
    if (!inSet) return { text: `[^${classes[negated]}]`, end };
    if (classes === UNICODE) throw refused(pattern, `\\${char} in a set`);
    return { text: `\\${char}`, end };
  }
  if (char === 'b' && inSet) return { text: codePoint(8), end };
  if (char === 'b' || (char === 'B' && !inSet))
    return { text: classes === ASCII ? `\\${char}` : boundary(char === 'b'), end };
  if (char === 'A' && !inSet) return { text: START, end };
  if (char === 'Z' && !inSet) return { text: END, end };
  if (/[A-Za-z0-9]/.test(char))
    throw new TaskError(`the regular expression "${pattern}" is invalid: bad escape \\${char}`);
  const whole = String.fromCodePoint(pattern.codePointAt(at + 1)!);
  return { text: codePoint(whole.codePointAt(0)!), end: at + 1 + whole.length };
}

/** The edge of a word, or what is none, for letters that JavaScript's own does not know. */
function boundary(edge: boolean): string {
  const [before, after] = [`(?<=[${UNICODE.w}])`, `(?=[${UNICODE.w}])`];
  const [notBefore, notAfter] = [`(?<![${UNICODE.w}])`, `(?![${UNICODE.w}])`];
  return edge ? `(?:${before}${notAfter}|${notBefore}${after})` : `(?:${before}${after}|${notBefore}${notAfter})`;
}

/** A set `[...]`, in which a ] at the beginning and any [ are ordinary characters. */
function readSet(pattern: string, from: number, classes: Classes): Piece {
  let at = from + 1;
  let out = '[';
  if (pattern[at] === '^') {
    out += '^';
    at++;
  }
  for (let first = true; ; first = false) {
    const char = pattern[at];
    if (char === undefined)
      throw new TaskError(`the regular expression "${pattern}" is invalid: a set [ is not closed`);
    if (char === ']' && !first) return { text: `${out}]`, end: at + 1 };
    if (char === '\\') {
      const piece = readEscape(pattern, at, true, classes);
      out += piece.text;
      at = piece.end;
    } else if (char === '-') {
      out += first || pattern[at + 1] === ']' ? '\\-' : '-';
      at++;
    } else {
      out += '[]^/'.includes(char) ? `\\${char}` : char;
      at++;
    }
  }
}
