import { emptyMapping, type Value } from '../base/value.js';

const DEEPEST = 50;
const NUMBER =
  /(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:[0-9](?:_?[0-9])*)?\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?|[0-9](?:_?[0-9])*\.?(?:[eE][-+]?[0-9](?:_?[0-9])*)?)(?![\w.])/y;
const WORDS = new Map<string, Value>([
  ['True', true],
  ['False', false],
  ['None', null],
]);
const ESCAPES: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

class NoLiteral extends Error {}

/** Reads Python literals: numbers, strings, lists, tuples, sets (both become lists), dictionaries. */
class Reader {
  private at = 0;
  constructor(private readonly text: string) {}

  whole(): Value {
    const value = this.tuple(0);
    this.blanks();
    if (this.at < this.text.length && this.text[this.at] !== '#') throw new NoLiteral();
    return value;
  }

  /** `1, 2` is a tuple, also without parentheses. */
  private tuple(depth: number): Value {
    const first = this.value(depth);
    if (!this.take(',')) return first;
    const list = [first];
    while (!this.ended()) {
      list.push(this.value(depth));
      if (!this.take(',')) break;
    }
    return list;
  }

  private ended(): boolean {
    this.blanks();
    const char = this.text[this.at];
    return char === undefined || char === '#' || char === ')';
  }

  private value(depth: number): Value {
    if (depth > DEEPEST) throw new NoLiteral();
    this.blanks();
    const char = this.text[this.at] ?? '';
    if (char === '[') return this.list(']', depth);
    if (char === '{') return this.braces(depth);
    if (char === '(') return this.parentheses(depth);
    if (char === '-' || char === '+') return this.signed(char);
    if (/[0-9.]/.test(char)) return this.number();
    const prefix = /(?:[uU]|[bB]?[rR]|[rR]?[bB])?(?=['"])/y;
    prefix.lastIndex = this.at;
    const found = prefix.exec(this.text);
    if (found) return this.strings();
    return this.word();
  }

  private word(): Value {
    const pattern = /[A-Za-z_]\w*/y;
    pattern.lastIndex = this.at;
    const word = pattern.exec(this.text)?.[0] ?? '';
    const value = WORDS.get(word);
    if (value === undefined) throw new NoLiteral();
    this.at += word.length;
    return value;
  }

  private signed(sign: string): Value {
    this.at++;
    this.blanks();
    if (!/[0-9.]/.test(this.text[this.at] ?? '')) throw new NoLiteral();
    const value = this.number();
    return sign === '-' && value !== 0 ? -value : value;
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const source = NUMBER.exec(this.text)?.[0];
    // Python refuses decimal integers with leading zeros, except zero itself.
    if (source === undefined || /^0[0-9_]*[1-9][0-9_]*$/.test(source)) throw new NoLiteral();
    this.at += source.length;
    return Number(source.replaceAll('_', ''));
  }

  private list(close: string, depth: number): Value[] {
    this.at++;
    const list: Value[] = [];
    while (!this.take(close)) {
      list.push(this.value(depth + 1));
      if (this.take(',')) continue;
      if (!this.take(close)) throw new NoLiteral();
      break;
    }
    return list;
  }

  private parentheses(depth: number): Value {
    this.at++;
    if (this.take(')')) return [];
    const value = this.tuple(depth + 1);
    if (!this.take(')')) throw new NoLiteral();
    return value;
  }

  private braces(depth: number): Value {
    const start = this.at++;
    if (this.take('}')) return emptyMapping();
    const values = emptyMapping();
    for (;;) {
      const key = this.value(depth + 1);
      if (typeof key === 'object' && key !== null) throw new NoLiteral();
      if (!this.take(':')) {
        this.at = start;
        return this.list('}', depth);
      }
      const name = String(key);
      if (name === '__proto__') throw new NoLiteral();
      values[name] = this.value(depth + 1);
      const more = this.take(',');
      if (this.take('}')) return values;
      if (!more) throw new NoLiteral();
    }
  }

  /** One string, or several side by side, which are one. */
  private strings(): string {
    let text = '';
    for (;;) {
      const pattern = /([uUbBrR]{0,2})("""|'''|"|')/y;
      pattern.lastIndex = this.at;
      const found = pattern.exec(this.text);
      if (!found) return text;
      this.at = pattern.lastIndex;
      text += this.string(found[2]!, /r/i.test(found[1]!), /b/i.test(found[1]!));
      this.blanks();
    }
  }

  private string(quote: string, raw: boolean, bytes: boolean): string {
    let text = '';
    while (!this.text.startsWith(quote, this.at)) {
      const char = this.text[this.at];
      if (char === undefined) throw new NoLiteral();
      if (char !== '\\') {
        text += char;
        this.at++;
      } else text += raw ? this.rawEscape() : this.escape(bytes);
    }
    this.at += quote.length;
    return text;
  }

  private rawEscape(): string {
    const pair = this.text.slice(this.at, this.at + 2);
    this.at += 2;
    return pair;
  }

  private escape(bytes: boolean): string {
    const pattern = bytes
      ? /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|([\s\S]))/y
      : /\\(?:([0-7]{1,3})|(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|([\s\S]))/y;
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) throw new NoLiteral();
    this.at = pattern.lastIndex;
    const [octal, ...others] = found.slice(1, -1);
    const hexadecimal = others.find((digits) => digits !== undefined);
    const char = found.at(-1);
    if (char === undefined) {
      const code = octal === undefined ? Number.parseInt(hexadecimal!, 16) : Number.parseInt(octal, 8);
      if (code > 0x10ffff) throw new NoLiteral();
      return String.fromCodePoint(code);
    }
    if (/x/.test(char) || (!bytes && /[uUN]/.test(char))) throw new NoLiteral();
    return ESCAPES[char] ?? `\\${char}`;
  }

  private take(char: string): boolean {
    this.blanks();
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private blanks(): void {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t' || this.text[this.at] === '\f') this.at++;
  }
}

/**
 * What Ansible makes of a value in an INI inventory: the Python literal it is (`5`, `True`, `['a']`, `1,2`), or
 * else the text itself (`10.0.0.1`, `true`, `0644`).
 */
export function parseLiteral(text: string): Value {
  // Most values are plain words or paths: no literal begins so.
  if (/^[a-zA-Z_/~][^'"]*$/.test(text) && !WORDS.has(text.replace(/[\s#,].*$/s, ''))) return text;
  try {
    return new Reader(text).whole();
  } catch (error) {
    if (error instanceof NoLiteral) return text;
    throw error;
  }
}
