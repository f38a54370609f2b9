import { InputError, type Problem } from './error.js';
import { readBytes } from './file.js';
import type { Place } from './place.js';
import type { Value, Values } from './value.js';
import { type Built, build, isMerge, keyName } from './yaml/build.js';
import { Lines } from './yaml/lines.js';
import type { MapNode, OffsetProblem, ScalarNode, SequenceNode, YamlNode } from './yaml/node.js';
import type { NoticeKind } from './yaml/scalar.js';
import { readSimple } from './yaml/simple.js';
import { decode } from './yaml/text.js';

/** Keys and list indexes from the root down. */
export type YamlPath = readonly (string | number)[];

/**
 * What of an entry is meant: its key, its value, or the first character of its text (behind the quote, or
 * on the first line of a block scalar: offsets in the text count from there on that line).
 */
export type YamlPart = 'key' | 'value' | 'text';

/**
 * A plain scalar that may mean something else than its writer thought. `bare-boolean` is `yes`, `no`, `on` or
 * `off` (in any case): right where a boolean is expected. `octal` is an integer with a leading 0.
 */
export interface YamlNotice extends Problem {
  readonly kind: NoticeKind;
  readonly path: YamlPath;
  /** As written. */
  readonly source: string;
  readonly place: Place;
}

const NOTICES: Record<NoticeKind, (source: string, value: string) => { message: string; hint: string }> = {
  base60: (source, value) => ({
    message: `${source} is read in base 60, as ${value}`,
    hint: `quote it to keep the text: "${source}"`,
  }),
  'bare-boolean': (source, value) => ({
    message: `${source} is read as ${value}`,
    hint: `quote it where the text is meant: "${source}"`,
  }),
  octal: (source, value) => ({
    message: `${source} is read as octal, ${value}`,
    hint: `quote it to keep the text: "${source}"`,
  }),
  'big-integer': (source, value) => ({
    message: `${source} is too large to be kept exactly, and is read as ${value}`,
    hint: `quote it: "${source}"`,
  }),
};

/** A YAML file that was read: its value, and where each part of it stands. */
export class YamlDocument {
  private told: readonly YamlNotice[] | undefined;

  constructor(
    readonly file: string,
    private readonly lines: Lines,
    private readonly root: YamlNode | undefined,
    private readonly built: Built,
  ) {}

  /** The value of the whole document (null: empty). The same object every time; not to be changed. */
  value(): Value {
    return this.built.value;
  }

  /** Plain scalars worth a warning where text was meant. Whether it was, only the caller knows. */
  get notices(): readonly YamlNotice[] {
    this.told ??= this.built.notices.map(({ kind, path, node }) => {
      const value = String(this.at(path).value);
      return { kind, path, source: node.text, place: this.place(node.start), ...NOTICES[kind](node.text, value) };
    });
    return this.told;
  }

  /** The place of a path; where it does not exist, of the nearest part above it that does. */
  placeOf(path: YamlPath, part: YamlPart = 'value'): Place {
    const found = this.at(path);
    return this.partPlace(found.exact ? part : 'value', found.key, found.node);
  }

  /**
   * The place of an entry of a mapping or list that came out of this document, by identity:
   * of the collection itself where `name` is left out or has no entry.
   */
  placeIn(container: Values | Value[], name?: string | number, part: YamlPart = 'value'): Place {
    const node = this.built.nodes.get(container);
    const entry = node && name !== undefined ? entryOf(node, name) : undefined;
    return entry ? this.partPlace(part, entry.key, entry.value) : this.partPlace('value', undefined, node);
  }

  /** How a plain scalar was written, e.g. `0644` or `no`; undefined for quoted text and collections. */
  sourceOf(path: YamlPath): string | undefined {
    const { exact, node } = this.at(path);
    return exact ? plainSource(node) : undefined;
  }

  /** As `sourceOf`, for an entry of a mapping or list of this document. */
  sourceIn(container: Values | Value[], name: string | number): string | undefined {
    const node = this.built.nodes.get(container);
    return node && plainSource(entryOf(node, name)?.value);
  }

  /** Says whether the text at a path was marked `!unsafe`, itself or with what holds it: it has no templates. */
  isUnsafe(path: YamlPath): boolean {
    return this.at(path).unsafe;
  }

  /** False: nothing in the document is marked `!unsafe`. */
  get hasUnsafe(): boolean {
    return this.built.hasUnsafe;
  }

  /** As `isUnsafe`, for an entry of a mapping or list of this document; only marks on the two count. */
  isUnsafeIn(container: Values | Value[], name: string | number): boolean {
    const node = this.built.nodes.get(container);
    const value = node && entryOf(node, name)?.value;
    return isUnsafe(node) || isUnsafe(value) || isUnsafe(target(value));
  }

  private place(offset: number): Place {
    return { file: this.file, ...this.lines.position(offset) };
  }

  private partPlace(part: YamlPart, key: YamlNode | undefined, value: YamlNode | undefined): Place {
    const node = part === 'key' ? (key ?? value) : value;
    if (!node) return { file: this.file, line: 0, col: 0 };
    return this.place(part === 'text' && node.kind === 'scalar' ? node.textStart : node.start);
  }

  private at(path: YamlPath) {
    let key: YamlNode | undefined;
    let node = this.root;
    let value: Value | undefined = this.built.value;
    let unsafe = isUnsafe(node);
    for (const name of path) {
      const inside = target(node);
      const entry = inside && inside.kind !== 'scalar' && inside.kind !== 'alias' ? entryOf(inside, name) : undefined;
      if (!entry) return { exact: false, key, node, value: undefined, unsafe };
      [key, node] = [entry.key, entry.value];
      value = (value as Values)[name];
      unsafe ||= isUnsafe(node) || isUnsafe(target(node));
    }
    return { exact: node !== undefined, key, node, value, unsafe };
  }
}

function isUnsafe(node: YamlNode | undefined): boolean {
  return node !== undefined && node.kind !== 'alias' && node.tag === '!unsafe';
}

function target(node: YamlNode | undefined): YamlNode | undefined {
  return node?.kind === 'alias' ? node.target : node;
}

function plainSource(node: YamlNode | undefined): string | undefined {
  const scalar = target(node);
  return scalar?.kind === 'scalar' && scalar.plain ? (scalar as ScalarNode).text : undefined;
}

/** The entry of a mapping (merged ones included) or of a list. */
function entryOf(node: MapNode | SequenceNode, name: string | number): { key?: YamlNode; value: YamlNode } | undefined {
  if (node.kind === 'sequence') {
    const value = node.items[Number(name)];
    return value && { value };
  }
  const wanted = String(name);
  const own = node.pairs.find(({ key }) => {
    const scalar = target(key);
    return scalar?.kind === 'scalar' && !isMerge(key) && keyName(scalar) === wanted;
  });
  if (own) return own;
  for (const { key, value } of node.pairs) {
    if (!isMerge(key)) continue;
    const sources = value.kind === 'sequence' ? value.items : [value];
    for (const source of sources) {
      const mapping = target(source);
      const found = mapping?.kind === 'map' ? entryOf(mapping, wanted) : undefined;
      if (found) return found;
    }
  }
  return undefined;
}

function located(problems: readonly OffsetProblem[], file: string, lines: Lines): Problem[] {
  return problems.map(({ offset, message, hint }) => ({ message, hint, place: { file, ...lines.position(offset) } }));
}

async function general(text: string) {
  const { compose } = await import('./yaml/compose.js');
  return compose(text);
}

/** Says whether a text is JSON: Ansible reads it as such before it tries YAML. */
function looksLikeJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads YAML as Ansible reads it (version 1.1: `yes`, `0644`, merge keys). Throws an InputError with all
 * problems: syntax, duplicate keys, unknown tags, `__proto__`, alias bombs, text that is not UTF-8, files
 * above 10 MB. `file` is only for the places.
 */
export async function readYaml(content: string | Uint8Array, file: string): Promise<YamlDocument> {
  const text = decode(content, file);
  const lines = new Lines(text);
  const isJson = looksLikeJson(text);
  // JSON may be indented with tabs, which cannot stand inside its strings.
  const { root, problems = [] } = readSimple(text) ?? (await general(isJson ? text.replaceAll('\t', ' ') : text));
  if (problems.length > 0) throw new InputError(located(problems, file, lines));
  const built = build(root, isJson);
  if (built.problems.length > 0) throw new InputError(located(built.problems, file, lines));
  return new YamlDocument(file, lines, root, built);
}

/** Reads a YAML file; `shown` is how the places name it. Throws InputError. */
export async function readYamlFile(path: string, shown = path): Promise<YamlDocument> {
  return readYaml(readBytes(path, shown), shown);
}
