/** A word of a line, unquoted, and the column (from 0) where it starts. */
export interface Word {
  readonly text: string;
  readonly start: number;
}

/**
 * The words of a line by the rules of a POSIX shell, as Python's shlex splits them: quotes may stand anywhere in
 * a word, a backslash escapes, `#` outside quotes begins a comment. Throws a RangeError for an open quote.
 */
export function splitWords(line: string): Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < line.length) {
    if (/\s/.test(line[at]!)) at++;
    else if (line[at] === '#') break;
    else {
      const { text, end } = readWord(line, at);
      words.push({ text, start: at });
      at = end;
    }
  }
  return words;
}

function readWord(line: string, start: number): { text: string; end: number } {
  let text = '';
  let at = start;
  while (at < line.length) {
    const char = line[at]!;
    if (/[\s#]/.test(char)) break;
    if (char === "'" || char === '"') {
      const quoted = readQuoted(line, at);
      text += quoted.text;
      at = quoted.end;
    } else if (char === '\\') {
      if (at + 1 >= line.length) throw new RangeError('a backslash at the end of the line escapes nothing');
      text += line[at + 1];
      at += 2;
    } else {
      text += char;
      at++;
    }
  }
  return { text, end: at };
}

function readQuoted(line: string, start: number): { text: string; end: number } {
  const quote = line[start]!;
  let text = '';
  for (let at = start + 1; at < line.length; at++) {
    const char = line[at]!;
    if (char === quote) return { text, end: at + 1 };
    const next = line[at + 1];
    if (char === '\\' && quote === '"' && (next === '"' || next === '\\')) {
      text += next;
      at++;
    } else text += char;
  }
  throw new RangeError(`no closing ${quote}`);
}
