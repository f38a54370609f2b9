import { emptyMapping, type Values } from '../base/value.js';

/** A word of a free-form string: what it says without its quotes, and which characters it covers. */
interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Options that may stand among the words of a command, as in Ansible (`command: make creates=/usr/bin/x`). */
const OPTIONS = ['creates', 'removes', 'chdir', 'executable', 'stdin', 'stdin_add_newline', 'strip_empty_ends'];
const OPTION = new RegExp(`^(${OPTIONS.join('|')})=`);

/**
 * Splits at white space outside quotes and outside `{{ }}`; quotes may stand anywhere in a word. Throws a SyntaxError where a quote or a template does not end.
 */
function words(source: string): Word[] {
  const found: Word[] = [];
  let at = 0;
  while (at < source.length) {
    if (/\s/.test(source[at]!)) {
      at++;
      continue;
    }
    const start = at;
    let text = '';
    while (at < source.length && !/\s/.test(source[at]!)) {
      const char = source[at]!;
      if (source.startsWith('{{', at)) {
        const end = source.indexOf('}}', at);
        if (end === -1) throw new SyntaxError('a {{ does not end');
        text += source.slice(at, end + 2);
        at = end + 2;
      } else if (char === '"' || char === "'") {
        const end = closing(source, at);
        if (end === -1) throw new SyntaxError(`a ${char} does not end`);
        text += source.slice(at + 1, end).replaceAll(`\\${char}`, char);
        at = end + 1;
      } else {
        text += char;
        at++;
      }
    }
    found.push({ text, start, end: at });
  }
  return found;
}

/** Where the quote that opens at `at` closes; -1: nowhere. */
function closing(source: string, at: number): number {
  const quote = source[at]!;
  for (let end = at + 1; end < source.length; end++) {
    if (source[end] === quote && source[end - 1] !== '\\') return end;
  }
  return -1;
}

/**
 * Arguments written as `key=value` words: `src=a dest="b c"`. Throws a SyntaxError for a word without `=`,
 * a name given twice, and quotes that do not end.
 */
export function parsePairs(source: string): Values {
  const values = emptyMapping();
  for (const { text } of words(source)) {
    const equals = text.indexOf('=');
    if (equals < 1) throw new SyntaxError(`"${text}" is not of the form name=value`);
    const name = text.slice(0, equals);
    if (name in values) throw new SyntaxError(`"${name}" is given twice`);
    values[name] = text.slice(equals + 1);
  }
  return values;
}

/**
 * A command line with `creates=` and its like taken out of it; the rest stays as it was written, quotes and all,
 * and becomes the argument `main`. Throws a SyntaxError for an option given twice.
 */
export function parseCommand(source: string, main: string): Values {
  const values = emptyMapping();
  if (!source.includes('=')) {
    values[main] = source.trim();
    return values;
  }
  let rest = '';
  let from = 0;
  for (const word of splitLeniently(source)) {
    const raw = source.slice(word.start, word.end);
    const option = OPTION.exec(raw)?.[1];
    if (option === undefined) continue;
    if (option in values) throw new SyntaxError(`"${option}" is given twice`);
    values[option] = word.text.slice(option.length + 1);
    rest += source.slice(from, word.start);
    from = word.end + (/^\s/.exec(source.slice(word.end)) ? 1 : 0);
  }
  values[main] = (rest + source.slice(from)).trim();
  return values;
}

/** The words of a command, which may hold any quotes: where they do not pair up nothing is taken out of it. */
function splitLeniently(source: string): Word[] {
  try {
    return words(source);
  } catch {
    return [];
  }
}
