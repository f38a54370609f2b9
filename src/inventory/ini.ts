import type { Place } from '../base/place.js';
import { expandHosts, RangeMistake } from './address.js';
import { parseLiteral } from './literal.js';
import type { GroupNode, Report, Tree } from './tree.js';
import { splitWords, type Word } from './words.js';

const SECTION = /^\[([^:\]\s]+)(?::([\p{L}\p{N}_]+))?\]\s*(?:#.*)?$/u;
const GROUP_NAME = /^([^:\]\s]+)\s*(?:#.*)?$/;

/** A group that was named before it was declared. */
interface Pending {
  readonly place: Place;
  readonly kind: 'children' | 'vars';
  readonly parents: GroupNode[];
}

/** Reads an INI inventory into the tree, line by line; mistakes are reported, each with its line. */
class IniReader {
  private group: GroupNode;
  private state = 'hosts';
  private readonly pending = new Map<string, Pending>();

  constructor(
    private readonly tree: Tree,
    private readonly file: string,
    private readonly report: Report,
  ) {
    this.group = tree.ungrouped;
  }

  read(text: string): void {
    let number = 0;
    for (const whole of text.split(/\r\n|\n|\r/)) {
      number++;
      const line = whole.trim();
      if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
      this.line(line, { file: this.file, line: number, col: whole.indexOf(line[0]!) + 1 });
    }
    for (const [name, { place, kind, parents }] of this.pending) {
      const message = kind === 'vars' ? `[${name}:vars] is for a group that is nowhere defined` : undefined;
      const unknown = `[${parents.at(-1)?.name}:children] names a group that is nowhere defined: ${name}`;
      this.report(message ?? unknown, place, `define it, if only as an empty section [${name}]`);
    }
  }

  private line(line: string, place: Place): void {
    const section = SECTION.exec(line);
    if (section) this.section(section[1]!, section[2] ?? 'hosts', place);
    else if (line.startsWith('[') && (line.endsWith(']') || !line.includes(']'))) {
      this.report(
        `${line} is no section`,
        place,
        'a section is [group], [group:children] or [group:vars], without spaces',
      );
    } else if (this.state === 'hosts') this.hosts(line, place);
    else if (this.state === 'vars') this.variable(line, place);
    else if (this.state === 'children') this.child(line, place);
  }

  private section(name: string, state: string, place: Place): void {
    this.state = state;
    if (state !== 'hosts' && state !== 'children' && state !== 'vars') {
      this.report(
        `[${name}:${state}] is no kind of section`,
        place,
        'known are [group], [group:children] and [group:vars]',
      );
      return;
    }
    const pending = this.pending.get(name);
    if (!this.tree.groups.has(name) && state === 'vars' && !pending) {
      this.pending.set(name, { place, kind: 'vars', parents: [] });
    }
    this.group = this.tree.group(name);
    if (!pending || state === 'vars') return;
    for (const parent of pending.parents) this.tree.child(parent, this.group, pending.place);
    this.pending.delete(name);
  }

  private child(line: string, place: Place): void {
    const name = GROUP_NAME.exec(line)?.[1];
    if (name === undefined) {
      this.report(`expected the name of a group, not: ${line}`, place);
      return;
    }
    const group = this.tree.groups.get(name);
    const pending = this.pending.get(name);
    if (group) this.tree.child(this.group, group, place);
    else if (pending) pending.parents.push(this.group);
    else this.pending.set(name, { place, kind: 'children', parents: [this.group] });
  }

  private variable(line: string, place: Place): void {
    const equals = line.indexOf('=');
    if (equals < 0) {
      this.report(`expected name=value, not: ${line}`, place);
      return;
    }
    const name = line.slice(0, equals).trim();
    const written = line.slice(equals + 1);
    const col = place.col + equals + 1 + (written.length - written.trimStart().length);
    this.tree.groupVariable(this.group, name, { value: parseLiteral(written.trim()), place: { ...place, col } });
  }

  private hosts(line: string, place: Place): void {
    let words: Word[];
    try {
      words = splitWords(line);
    } catch (error) {
      this.report((error as Error).message, place, 'quote a value as name="value"');
      return;
    }
    const [first, ...rest] = words;
    if (!first) return;
    const found = this.expand(first.text, place);
    if (!found) return;
    const variables = rest.flatMap((word) => this.assignment(word, place));
    for (const name of found.names) {
      const host = this.tree.host(name, this.group, found.port, place);
      for (const { name: variable, definition } of variables) this.tree.hostVariable(host, variable, definition);
    }
  }

  private expand(pattern: string, place: Place) {
    if (pattern === '---') {
      this.report('--- begins a YAML file, but this is read as INI', place, 'name a YAML inventory .yml');
      return undefined;
    }
    try {
      const found = expandHosts(pattern);
      if (!pattern.endsWith(':') || found.port !== undefined) return found;
      this.report(`${pattern} ends in ":", which is for a port`, place, 'host:port; a YAML inventory is named .yml');
    } catch (error) {
      if (!(error instanceof RangeMistake)) throw error;
      this.report(`${pattern}: ${error.message}`, place);
    }
    return undefined;
  }

  private assignment({ text, start }: Word, place: Place) {
    const col = place.col + start;
    const equals = text.indexOf('=');
    if (equals < 0) {
      this.report(
        `expected name=value, not: ${text}`,
        { ...place, col },
        'no spaces around "="; quote a value with spaces',
      );
      return [];
    }
    const value = parseLiteral(text.slice(equals + 1));
    return [{ name: text.slice(0, equals), definition: { value, place: { ...place, col: col + equals + 1 } } }];
  }
}

/** Reads the text of an INI inventory into the tree. */
export function readIni(text: string, file: string, tree: Tree, report: Report): void {
  new IniReader(tree, file, report).read(text);
}
