import type { MapNode, PairNode, SequenceNode, YamlNode } from './node.js';

import { Scalars, UNSURE, Unsure } from './simple-scalars.js';

/*
 * A reader for the YAML that people write by hand: block mappings and lists, plain and quoted scalars on one
 * line, flow collections on one line, block scalars. It is some ten times faster than the general one, which
 * needs not even be loaded. Whatever it does not know for certain (anchors, tags, scalars over several lines,
 * tabs, mistakes...) it leaves to the general reader, by throwing Unsure.
 */
const DEEPEST = 60;
/** Line breaks that the simple reader does not count. */
const STRANGE = /[\r\u0085\u2028\u2029\ufeff]/;

class Simple extends Scalars {
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
