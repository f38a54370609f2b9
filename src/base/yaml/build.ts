import { emptyMapping, type Value, type Values } from '../value.js';
import type { MapNode, OffsetProblem, ScalarNode, SequenceNode, YamlNode } from './node.js';
import { type NoticeKind, resolvePlain } from './scalar.js';

const DEEPEST = 100;
/** Values that aliases may stand for, all together: far above any real file, far below a bomb. */
const MOST_EXPANDED = 2_000_000;
const STANDARD = 'tag:yaml.org,2002:';

export interface OffsetNotice {
  readonly kind: NoticeKind;
  readonly path: readonly (string | number)[];
  readonly node: ScalarNode;
}

export interface Built {
  readonly value: Value;
  readonly problems: readonly OffsetProblem[];
  readonly notices: readonly OffsetNotice[];
  /** The node of every mapping and list, by identity. */
  readonly nodes: Map<object, MapNode | SequenceNode>;
  /** Something in it is marked `!unsafe`. */
  readonly hasUnsafe: boolean;
}

interface Anchor {
  readonly node: YamlNode;
  value: Value;
  /** How many values it stands for, those of its own aliases included. */
  size: number;
  open: boolean;
}

/** Turns nodes into values, and checks all that a hostile or mistaken file may hold. */
class Builder implements Built {
  value: Value = null;
  readonly problems: OffsetProblem[] = [];
  readonly notices: OffsetNotice[] = [];
  readonly nodes = new Map<object, MapNode | SequenceNode>();
  private readonly anchors = new Map<string, Anchor>();
  private readonly path: (string | number)[] = [];
  hasUnsafe = false;
  private expanded = 0;
  private made = 0;

  constructor(private readonly isJson: boolean) {}

  build(node: YamlNode): Value {
    if (node.kind === 'alias') return this.alias(node);
    if (node.tag === '!unsafe') this.hasUnsafe = true;
    const anchor = node.anchor === undefined ? undefined : { node, value: null as Value, size: 0, open: true };
    if (anchor) this.anchors.set(node.anchor!, anchor);
    const before = this.made + this.expanded;
    this.made++;
    const value = node.kind === 'scalar' ? this.scalar(node) : this.collection(node);
    if (anchor) Object.assign(anchor, { value, size: this.made + this.expanded - before, open: false });
    return value;
  }

  private problem(offset: number, message: string, hint?: string): null {
    if (this.problems.length < 20) this.problems.push({ offset, message, hint });
    return null;
  }

  private alias(node: Extract<YamlNode, { kind: 'alias' }>): Value {
    const anchor = this.anchors.get(node.name);
    if (!anchor) return this.problem(node.start, `no anchor "&${node.name}" stands before this alias`);
    if (anchor.open) return this.problem(node.start, `the alias "*${node.name}" stands inside what it stands for`);
    node.target = anchor.node;
    this.expanded += anchor.size;
    if (this.expanded > MOST_EXPANDED) {
      if (this.expanded - anchor.size <= MOST_EXPANDED) {
        this.problem(
          node.start,
          `aliases stand for more than ${MOST_EXPANDED} values`,
          'is this file meant to exhaust memory?',
        );
      }
      return null;
    }
    return anchor.value;
  }

  private collection(node: MapNode | SequenceNode): Value {
    if (this.path.length >= DEEPEST) return this.problem(node.start, `nested deeper than ${DEEPEST} levels`);
    const { tag } = node;
    if (tag !== undefined && tag !== '!') {
      const fits =
        node.kind === 'map' ? tag === `${STANDARD}map` || tag === `${STANDARD}set` : tag === `${STANDARD}seq`;
      // `!unsafe` on a collection holds for everything inside.
      if (!fits && tag !== '!unsafe') return this.refuseTag(node.start, tag);
    }
    if (node.kind === 'map') return this.mapping(node);
    const list: Value[] = [];
    this.nodes.set(list, node);
    for (const item of node.items) {
      this.path.push(list.length);
      list.push(this.build(item));
      this.path.pop();
    }
    return list;
  }

  private mapping(node: MapNode): Values {
    const values = emptyMapping();
    this.nodes.set(values, node);
    for (const pair of node.pairs) if (isMerge(pair.key)) this.merge(values, pair.value);
    const seen = new Map<string, YamlNode>();
    for (const { key, value } of node.pairs) {
      if (isMerge(key)) continue;
      const name = this.key(key);
      if (name === undefined) continue;
      if (seen.has(name)) this.problem(key.start, `the key "${name}" stands here twice`, 'the first would be lost');
      seen.set(name, key);
      this.path.push(name);
      values[name] = this.build(value);
      this.path.pop();
    }
    return values;
  }

  private key(key: YamlNode): string | undefined {
    // Aliases find their node, and anchors become known, when they are built.
    if (key.kind === 'alias' || key.anchor !== undefined) this.build(key);
    const node = key.kind === 'alias' ? key.target : key;
    if (node?.kind !== 'scalar') {
      if (node) this.problem(key.start, 'a key must be text', 'quote a value that starts with {{');
      return undefined;
    }
    const name = keyName(node);
    if (name !== '__proto__') return name;
    this.problem(key.start, 'the key "__proto__" is refused');
    return undefined;
  }

  /** Keys of a `<<`: the first of several mappings wins, and the mapping's own keys win over all. */
  private merge(values: Values, node: YamlNode): void {
    const sources = node.kind === 'sequence' ? node.items.toReversed() : [node];
    for (const source of sources) {
      const value = this.build(source);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        this.problem(source.start, 'a merge key (<<) needs a mapping or a list of mappings');
      } else {
        for (const name in value) values[name] = value[name]!;
      }
    }
  }

  private scalar(node: ScalarNode): Value {
    const { tag, text } = node;
    if (tag === undefined) return node.plain ? this.plain(node) : text;
    switch (tag) {
      case '!':
      case '!unsafe':
      case `${STANDARD}str`:
      case `${STANDARD}timestamp`:
        return text;
      case `${STANDARD}null`:
        return null;
      case `${STANDARD}bool`:
      case `${STANDARD}int`:
      case `${STANDARD}float`:
        return this.tagged(node, tag.slice(STANDARD.length));
    }
    return this.refuseTag(node.start, tag);
  }

  private tagged(node: ScalarNode, type: string): Value {
    const { value } = resolvePlain(node.text);
    if (typeof value === (type === 'bool' ? 'boolean' : 'number')) return value;
    const number = type === 'float' && node.text !== '' ? Number(node.text) : Number.NaN;
    return Number.isNaN(number) ? this.problem(node.start, `"${node.text}" is no ${type}`) : number;
  }

  private plain(node: ScalarNode): Value {
    // In JSON a number is never octal, and 1e3 is one.
    if (this.isJson) return JSON.parse(node.text) as Value;
    const { value, notice } = resolvePlain(node.text);
    if (notice) this.notices.push({ kind: notice, path: [...this.path], node });
    return value;
  }

  private refuseTag(offset: number, tag: string): null {
    const shown = tag.startsWith(STANDARD) ? `!!${tag.slice(STANDARD.length)}` : tag;
    if (/^!vault(-encrypted)?$/.test(tag)) {
      return this.problem(offset, 'values encrypted with Ansible Vault (!vault) cannot be read yet');
    }
    return this.problem(
      offset,
      `unknown tag "${shown}"`,
      'known are !unsafe, !!str, !!int, !!float, !!bool and !!null',
    );
  }
}

/** Says whether a key is the merge key `<<` (quoted it is an ordinary name). */
export function isMerge(key: YamlNode): boolean {
  return key.kind === 'scalar' && key.plain && key.text === '<<' && key.tag === undefined;
}

/** The name that a key makes in a mapping; numbers and booleans become what JSON would write. */
export function keyName(key: ScalarNode): string {
  if (!key.plain || key.tag !== undefined) return key.text;
  const { value } = resolvePlain(key.text);
  return typeof value === 'string' ? value : String(value);
}

/**
 * The value of a tree of nodes, with every problem in it and what is worth a notice. `isJson`: the text is
 * JSON, by whose rules plain scalars are read.
 */
export function build(root: YamlNode | undefined, isJson: boolean): Built {
  const builder = new Builder(isJson);
  if (root) builder.value = builder.build(root);
  return builder;
}
