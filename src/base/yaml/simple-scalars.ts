import type { ScalarNode } from './node.js';

/** Thrown for all that the simple reader does not know for certain. */
export class Unsure extends Error {}
export const UNSURE = new Unsure();

/** Characters that a plain scalar may not begin with, or that mean something the simple reader leaves alone. */
const PLAIN_START = /[^\s\-?:,[\]{}#&*!|>'"%@`]/;
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

/** The part of the simple reader that knows lines, comments and scalars. */
export class Scalars {
  protected at = 0;
  /** Column of the first character of the line that the reader stands on. */
  protected indent = 0;

  constructor(protected readonly text: string) {}

  /** Goes to the first character of the next line with content. */
  protected skipToContent(): void {
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

  protected lineFrom(start: number): string {
    const end = this.text.indexOf('\n', start);
    return this.text.slice(start, end < 0 ? this.text.length : end);
  }

  /** Expects nothing but blanks and a comment, and goes to the next content. */
  protected endLine(): void {
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

  protected isBlank(at: number): boolean {
    const code = this.text.charCodeAt(at);
    return code === 0x20 || code === 0x0a || Number.isNaN(code);
  }

  protected empty(start: number): ScalarNode {
    return { kind: 'scalar', start, textStart: start, text: '', plain: true };
  }

  protected scalar(inFlow: boolean): ScalarNode {
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
      const meant = ESCAPES[text[at + 1] ?? ''];
      if (meant === undefined) throw UNSURE;
      found += text.slice(from, at) + meant;
      from = at + 2;
      at++;
    }
  }

  /** `|` and `>` with `-` or `+`; the lines of a folded one are all on one level, or it is left alone. */
  protected blockScalar(column: number): ScalarNode {
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
