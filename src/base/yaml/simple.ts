import type { MapNode, PairNode, ScalarNode, SequenceNode, YamlNode } from './node.js';

/*
 * A reader for the YAML that people write by hand: block mappings and lists, plain and quoted scalars on one
 * line, flow collections on one line, block scalars. It is some ten times faster than the general one, which
 * needs not even be loaded. Whatever it does not know for certain (anchors, tags, scalars over several lines,
 * tabs, mistakes...) it leaves to the general reader, by throwing Unsure.
 */
class Unsure extends Error {}
const UNSURE = new Unsure();

const DEEPEST = 60;
/** Characters that a plain scalar may not begin with, or that mean something the simple reader leaves alone. */
const PLAIN_START = /[^\s\-?:,[\]{}#&*!|>'"%@`]/;
/** Line breaks that the simple reader does not count. */
const STRANGE = /[\r\u0085\u2028\u2029\ufeff]/;
const ESCAPES: Record<string, string> = {
  n: '\n',
  t: '\t',
  '"': '"',
  '\\': '\\',
  '/': '/',
  r: '\r',
  '0': '\0',
  e: '\x1b',
};

class Simple {
  private at = 0;
  /** Column of the first character of the line that the reader stands on. */
  private indent = 0;

  constructor(private readonly text: string) {}

  document(): YamlNode | undefined {
    this.skipToContent();
    if (this.at >= this.text.length) return undefined;
    if (this.text.startsWith('---', this.at)) {
      const rest = this.lineFrom(this.at + 3);
      if (this.indent !== 0 || !/^(?: +#.*| *)$/.test(rest)) throw UNSURE;
      this.at += 3 + rest.length;
      this.skipToContent();
      if (this.at >= this.text.length) return undefined;
    }
    if (this.indent !== 0) throw UNSURE;
    const first = this.text[this.at]!;
    const root = first === '[' || first === '{' ? this.flowRoot() : this.block(0, 0);
    if (this.at < this.text.length) throw UNSURE;
    return root;
  }

  private flowRoot(): YamlNode {
    const node = this.flow(0);
    this.endLine();
    return node;
  }

  /** Goes to the first character of the next line with content. */
  private skipToContent(): void {
    const { text } = this;
    for (;;) {
      const start = this.at;
      while (text.charCodeAt(this.at) === 0x20) this.at++;
      const code = text.charCodeAt(this.at);
      if (code === 0x0a) this.at++;
      else if (code === 0x23) {
        const end = text.indexOf('\n', this.at);
        this.at = end < 0 ? text.length : end + 1;
      } else {
        if (code === 0x09) throw UNSURE;
        this.indent = this.at - start;
        return;
      }
    }
  }

  private lineFrom(start: number): string {
    const end = this.text.indexOf('\n', start);
    return this.text.slice(start, end < 0 ? this.text.length : end);
  }

  /** Expects nothing but blanks and a comment, and goes to the next content. */
  private endLine(): void {
    const { text } = this;
    const start = this.at;
    while (text.charCodeAt(this.at) === 0x20) this.at++;
    const char = text[this.at];
    if (char === '#') {
      if (this.at === start) throw UNSURE;
      const end = text.indexOf('\n', this.at);
      this.at = end < 0 ? text.length : end;
    } else if (char !== '\n' && char !== undefined) throw UNSURE;
    if (this.at < text.length) this.at++;
    this.skipToContent();
  }

  private isEntry(): boolean {
    const { text, at } = this;
    if (text[at] !== '-') return false;
    const next = text[at + 1];
    return next === ' ' || next === '\n' || next === undefined;
  }

  private block(column: number, depth: number): YamlNode {
    if (depth > DEEPEST) throw UNSURE;
    return this.isEntry() ? this.sequence(column, depth) : this.mapping(column, depth);
  }

  private sequence(column: number, depth: number): SequenceNode {
    const start = this.at;
    const items: YamlNode[] = [];
    while (this.at < this.text.length && this.indent === column && this.isEntry()) {
      if (column === 0 && this.text.startsWith('---', this.at)) throw UNSURE;
      const dash = this.at++;
      let spaces = 0;
      while (this.text.charCodeAt(this.at) === 0x20) [this.at, spaces] = [this.at + 1, spaces + 1];
      items.push(this.entry(dash, column, spaces, depth));
    }
    if (this.at < this.text.length && this.indent > column) throw UNSURE;
    return { kind: 'sequence', start, items };
  }

  private entry(dash: number, column: number, spaces: number, depth: number): YamlNode {
    const char = this.text[this.at];
    if (char === undefined || char === '\n' || char === '#') {
      const empty = dash + 1;
      this.endLine();
      return this.indent > column && this.at < this.text.length
        ? this.block(this.indent, depth + 1)
        : this.empty(empty);
    }
    // A collection that begins behind the dash stands as far in as its first line.
    const inner = column + 1 + spaces;
    if (this.isEntry() || this.keyAhead()) {
      this.indent = inner;
      return this.block(inner, depth + 1);
    }
    return this.scalarOrFlow(column);
  }

  /** Says whether a key and a colon stand here, without reading values. */
  private keyAhead(): boolean {
    const back = this.at;
    const char = this.text[back]!;
    if (char === '{' || char === '[' || char === '|' || char === '>') return false;
    const key = this.scalar(false);
    const found = this.text[this.at] === ':' && this.isBlank(this.at + 1);
    this.at = back;
    if (key.text.includes('\n')) throw UNSURE;
    return found;
  }

  private isBlank(at: number): boolean {
    const code = this.text.charCodeAt(at);
    return code === 0x20 || code === 0x0a || Number.isNaN(code);
  }

  private mapping(column: number, depth: number): MapNode {
    const start = this.at;
    const pairs: PairNode[] = [];
    while (this.at < this.text.length && this.indent === column) {
      if (this.isEntry()) throw UNSURE;
      const key = this.scalar(false);
      if (this.text[this.at] !== ':' || !this.isBlank(this.at + 1) || key.text.length > 1000) throw UNSURE;
      if (key.plain && key.text === '<<') throw UNSURE;
      this.at++;
      pairs.push({ key, value: this.value(column, depth) });
    }
    if (this.at < this.text.length && this.indent > column) throw UNSURE;
    return { kind: 'map', start, pairs };
  }

  private value(column: number, depth: number): YamlNode {
    const colon = this.at;
    while (this.text.charCodeAt(this.at) === 0x20) this.at++;
    const char = this.text[this.at];
    if (char !== undefined && char !== '\n' && char !== '#') return this.scalarOrFlow(column);
    this.at = colon;
    this.endLine();
    if (this.at >= this.text.length) return this.empty(colon);
    if (this.indent > column) return this.block(this.indent, depth + 1);
    // A list may stand as far out as the key that it belongs to.
    return this.indent === column && this.isEntry() ? this.sequenceOf(column, depth) : this.empty(colon);
  }

  private sequenceOf(column: number, depth: number): YamlNode {
    if (depth > DEEPEST) throw UNSURE;
    return this.sequence(column, depth + 1);
  }

  private empty(start: number): ScalarNode {
    return { kind: 'scalar', start, textStart: start, text: '', plain: true };
  }

  /** A value on this line, after which the next content is deeper only by mistake, or in a longer scalar. */
  private scalarOrFlow(column: number): YamlNode {
    const char = this.text[this.at]!;
    if (char === '|' || char === '>') return this.blockScalar(column);
    const node = char === '[' || char === '{' ? this.flow(0) : this.scalar(false);
    this.endLine();
    if (this.at < this.text.length && this.indent > column) throw UNSURE;
    return node;
  }

  private flow(depth: number): YamlNode {
    if (depth > DEEPEST) throw UNSURE;
    const char = this.text[this.at];
    if (char === '[') return this.flowSequence(depth);
    if (char === '{') return this.flowMapping(depth);
    return this.scalar(true);
  }

  private blanks(): string {
    while (this.text.charCodeAt(this.at) === 0x20) this.at++;
    return this.text[this.at] ?? '\n';
  }

  private flowSequence(depth: number): SequenceNode {
    const start = this.at++;
    const items: YamlNode[] = [];
    while (this.blanks() !== ']') {
      items.push(this.flow(depth + 1));
      const next = this.blanks();
      if (next === ',') this.at++;
      else if (next !== ']') throw UNSURE;
    }
    this.at++;
    return { kind: 'sequence', start, items };
  }

  private flowMapping(depth: number): MapNode {
    const start = this.at++;
    const pairs: PairNode[] = [];
    while (this.blanks() !== '}') {
      const key = this.scalar(true);
      if (this.text[this.at] !== ':' || this.text[this.at + 1] !== ' ' || key.text === '<<') throw UNSURE;
      const colon = ++this.at;
      const next = this.blanks();
      pairs.push({ key, value: next === ',' || next === '}' ? this.empty(colon) : this.flow(depth + 1) });
      const after = this.blanks();
      if (after === ',') this.at++;
      else if (after !== '}') throw UNSURE;
    }
    this.at++;
    return { kind: 'map', start, pairs };
  }

  private scalar(inFlow: boolean): ScalarNode {
    const char = this.text[this.at] ?? '\n';
    if (char === '"') return this.doubleQuoted();
    if (char === "'") return this.singleQuoted();
    return this.plain(char, inFlow);
  }

  private plain(first: string, inFlow: boolean): ScalarNode {
    const { text } = this;
    const start = this.at;
    const next = text[start + 1];
    const signed = first === '-' && next !== undefined && /[\w./]/.test(next);
    if (!signed && !PLAIN_START.test(first)) throw UNSURE;
    let end = start;
    let at = start;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x0a) break;
      if (code === 0x20) continue;
      if (code === 0x09) throw UNSURE;
      if (code === 0x3a) {
        if (this.isBlank(at + 1)) break;
        if (text.charCodeAt(at + 1) === 0x09 || (inFlow && /[,[\]{}]/.test(text[at + 1]!))) throw UNSURE;
      } else if (code === 0x23 && text.charCodeAt(at - 1) === 0x20) break;
      else if (inFlow && (code === 0x2c || code === 0x5b || code === 0x5d || code === 0x7b || code === 0x7d)) break;
      end = at + 1;
    }
    // Blanks before a colon belong to neither; before a comment or an end they are skipped by who asked.
    this.at = text[at] === ':' ? at : end;
    if (this.at !== end && text[at] === ':') throw UNSURE;
    const found = text.slice(start, end);
    if (found.startsWith('...') || found.startsWith('---')) throw UNSURE;
    return { kind: 'scalar', start, textStart: start, text: found, plain: true };
  }

  private singleQuoted(): ScalarNode {
    const { text } = this;
    const start = this.at;
    let at = start + 1;
    for (;;) {
      const quote = text.indexOf("'", at);
      if (quote < 0) throw UNSURE;
      at = quote + 1;
      if (text[at] !== "'") break;
      at++;
    }
    const inside = text.slice(start + 1, at - 1);
    if (inside.includes('\n')) throw UNSURE;
    this.at = at;
    return { kind: 'scalar', start, textStart: start + 1, text: inside.replaceAll("''", "'"), plain: false };
  }

  private doubleQuoted(): ScalarNode {
    const { text } = this;
    const start = this.at;
    let found = '';
    let from = start + 1;
    for (let at = from; ; at++) {
      const char = text[at];
      if (char === undefined || char === '\n') throw UNSURE;
      if (char === '"') {
        this.at = at + 1;
        found += text.slice(from, at);
        return { kind: 'scalar', start, textStart: start + 1, text: found, plain: false };
      }
      if (char !== '\\') continue;
      const escape = ESCAPES[text[at + 1] ?? ''];
      if (escape === undefined) throw UNSURE;
      found += text.slice(from, at) + escape;
      from = at + 2;
      at++;
    }
  }

  /** `|` and `>` with `-` or `+`; the lines of a folded one are all on one level, or it is left alone. */
  private blockScalar(column: number): ScalarNode {
    const start = this.at;
    const header = this.lineFrom(start);
    const found = /^([|>])([-+]?)(?: +#.*| *)$/.exec(header);
    if (!found) throw UNSURE;
    const [, style, chomp] = found;
    const { lines, textStart } = this.blockLines(start + header.length + 1, column);
    let last = lines.length;
    while (last > 0 && lines[last - 1] === '') last--;
    const body = lines.slice(0, last);
    let text = style === '|' ? body.join('\n') : fold(body);
    if (body.length > 0 && chomp !== '-') text += '\n';
    if (chomp === '+') text += '\n'.repeat(lines.length - last);
    this.skipToContent();
    return { kind: 'scalar', start, textStart: textStart ?? start, text, plain: false };
  }

  private blockLines(from: number, column: number): { lines: string[]; textStart: number | undefined } {
    const { text } = this;
    const lines: string[] = [];
    let [at, indent] = [from, -1];
    let textStart: number | undefined;
    let widest = 0;
    while (at < text.length) {
      const end = text.indexOf('\n', at);
      const line = text.slice(at, end < 0 ? text.length : end);
      const spaces = /^ */.exec(line)![0].length;
      const isEmpty = spaces === line.length;
      if (isEmpty) {
        // Blanks beyond the indentation are text.
        if (indent >= 0 ? spaces > indent : false) lines.push(line.slice(indent));
        else lines.push('');
        widest = Math.max(widest, indent < 0 ? spaces : 0);
      } else {
        if (indent < 0) {
          // Where the parent is the document, text may stand at its very edge: rare, and left alone.
          if (spaces <= column) break;
          if (widest > spaces) throw UNSURE;
          [indent, textStart] = [spaces, at + spaces];
        }
        if (spaces < indent) break;
        if (line[indent] === '\t') throw UNSURE;
        lines.push(line.slice(indent));
      }
      // The last line without a newline: its chomping differs in readers.
      if (end < 0) throw UNSURE;
      at = end + 1;
    }
    if (indent < 0) throw UNSURE;
    const next = /^ */.exec(text.slice(at, at + 1000))![0].length;
    if (at < text.length && next > column && text[at + next] !== '#') throw UNSURE;
    this.at = at;
    return { lines, textStart };
  }
}

/** Joins the lines of a folded scalar: one break is a blank, more are one less. */
function fold(lines: readonly string[]): string {
  let text = '';
  let breaks = 0;
  for (const line of lines) {
    if (/^[ \t]/.test(line)) throw UNSURE;
    if (line === '') breaks++;
    else {
      if (breaks > 0) text += '\n'.repeat(breaks);
      else if (text !== '') text += ' ';
      text += line;
      breaks = 0;
    }
  }
  return text;
}

/** The nodes of a text that is simple enough (`root` undefined: it is empty); undefined: ask the general reader. */
export function readSimple(text: string): { root?: YamlNode; problems?: undefined } | undefined {
  if (STRANGE.test(text)) return undefined;
  try {
    return { root: new Simple(text).document() };
  } catch (error) {
    if (error instanceof Unsure) return undefined;
    throw error;
  }
}
