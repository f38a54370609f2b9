import type { Node as LibraryNode } from 'yaml';
import { tooDeep } from './depth.js';
import type { OffsetProblem, PairNode, YamlNode } from './node.js';

type Library = typeof import('yaml');

const MOST_PROBLEMS = 20;
const TOO_DEEP: OffsetProblem = { offset: 0, message: 'the YAML is nested too deeply' };

function textStart(text: string, start: number, type: string | undefined): number {
  if (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE') return start + 1;
  if (type !== 'BLOCK_LITERAL' && type !== 'BLOCK_FOLDED') return start;
  let at = text.indexOf('\n', start) + 1;
  while (at > 0 && (text[at] === ' ' || text[at] === '\n' || text[at] === '\r')) at++;
  return at > 0 && at < text.length ? at : start;
}

function convert(
  node: LibraryNode | null | undefined,
  text: string,
  { isAlias, isMap, isSeq }: Library,
  near: number,
): YamlNode {
  const library = { isAlias, isMap, isSeq } as Library;
  const start = node?.range?.[0] ?? near;
  if (node === null || node === undefined) {
    return { kind: 'scalar', start, textStart: start, text: '', plain: true };
  }
  if (isAlias(node)) return { kind: 'alias', start, name: node.source };
  const { tag, anchor } = node as { tag?: string; anchor?: string };
  if (isMap(node)) {
    const pairs: PairNode[] = [];
    for (const pair of node.items) {
      const key = convert(pair.key as LibraryNode | null, text, library, start);
      pairs.push({ key, value: convert(pair.value as LibraryNode | null, text, library, key.start) });
    }
    return { kind: 'map', start, pairs, tag, anchor };
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => convert(item as LibraryNode | null, text, library, start));
    return { kind: 'sequence', start, items, tag, anchor };
  }
  const scalar = node as { value?: unknown; source?: string; type?: string };
  const source = scalar.source ?? String(scalar.value ?? '');
  const plain = scalar.type === 'PLAIN' || scalar.type === undefined;
  return { kind: 'scalar', start, textStart: textStart(text, start, scalar.type), text: source, plain, tag, anchor };
}

function told(code: string, message: string): string {
  return code === 'MULTIPLE_DOCS' ? 'a second document begins here' : message.trim();
}

function hintFor(code: string, message: string): string | undefined {
  if (code === 'TAB_AS_INDENT') return 'YAML indents with spaces, never with tabs';
  if (code === 'MULTIPLE_DOCS') return 'keep one document in a file';
  if (/compact mappings|implicit key/i.test(message)) return 'quote a value that holds ": " or starts with {{';
  return undefined;
}

/**
 * Reads any YAML text with the `yaml` package; scalars stay text, because what a plain scalar means is
 * decided elsewhere, as in YAML 1.1. Undefined: the text is empty.
 */
export async function compose(text: string): Promise<{ root?: YamlNode; problems: OffsetProblem[] }> {
  const library = await import('yaml');
  if (tooDeep(text, () => new library.Lexer())) return { problems: [TOO_DEEP] };
  try {
    const document = library.parseDocument(text, {
      version: '1.1',
      schema: 'failsafe',
      resolveKnownTags: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    });
    const problems = document.errors.slice(0, MOST_PROBLEMS).map(({ pos, code, message }) => ({
      offset: pos[0],
      message: told(code, message),
      hint: hintFor(code, message),
    }));
    if (problems.length > 0 || document.contents === null) return { problems };
    return { root: convert(document.contents as LibraryNode, text, library, 0), problems };
  } catch (error) {
    // The package recurses into nested collections.
    if (error instanceof RangeError) return { problems: [TOO_DEEP] };
    throw error;
  }
}
