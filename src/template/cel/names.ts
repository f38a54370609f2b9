import type { Reference } from '../../base/scope.js';
import { MATCHES, type Node } from './library.js';

/** What a look through a condition's syntax tree finds. */
export interface Names {
  readonly references: readonly Reference[];
  readonly tolerates: ReadonlySet<string>;
  /** How many `exists`, `map`.. stand inside one another at most. */
  readonly loops: number;
}

const LOOPS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
const TYPES = new Set('bool bytes double dyn int list map null_type string type uint cel google optional'.split(' '));

/** The names that a condition reads. Also puts our time-limited `matches` in the place of the library's. */
export function namesIn(root: Node): Names {
  const references = new Map<string, Reference>();
  const tolerates = new Set<string>();
  let loops = 0;

  const refer = (path: Reference, bound: readonly string[], tolerant: boolean): void => {
    const name = path[0]!;
    if (bound.includes(name) || TYPES.has(name)) return;
    references.set(path.join('\0'), path);
    if (tolerant) tolerates.add(name);
  };

  const visit = (node: Node, bound: readonly string[], depth: number, tolerant = false): void => {
    const path = pathOf(node);
    if (path) refer(path, bound, tolerant);
    else visitOperands(node, bound, depth);
    if (path) for (const index of indexesOf(node)) visit(index, bound, depth);
  };

  const visitOperands = (node: Node, bound: readonly string[], depth: number): void => {
    if (node.op === 'call') {
      const [name, args] = node.args as [string, Node[]];
      const copes = name === 'defined' || name === 'default';
      for (const [index, arg] of args.entries()) visit(arg, bound, depth, copes && index === 0);
    } else if (node.op === 'rcall') {
      const call = node.args as [string, Node, Node[]];
      const [name, receiver, args] = call;
      visit(receiver, bound, depth);
      if (name === 'matches' && args.length === 1) call[0] = MATCHES;
      const variable = args[0]?.op === 'id' ? (args[0].args as string) : undefined;
      const isLoop = LOOPS.has(name) && variable !== undefined;
      const binds = isLoop || (name === 'bind' && args.length === 3 && variable !== undefined);
      if (isLoop) loops = Math.max(loops, depth + 1);
      const inner = binds ? [...bound, variable!] : bound;
      for (const arg of binds ? args.slice(1) : args) visit(arg, inner, isLoop ? depth + 1 : depth);
    } else {
      for (const operand of operands(node.args)) visit(operand, bound, depth);
    }
  };

  visit(root, [], 0);
  return { references: [...references.values()], tolerates, loops };
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).op === 'string';
}

function operands(args: unknown): Node[] {
  if (Array.isArray(args)) return args.flatMap(operands);
  return isNode(args) ? [args] : [];
}

/** `a.b["c"].d` as a path, as far as it is written out; undefined for anything that does not start with a name. */
function pathOf(node: Node): string[] | undefined {
  if (node.op === 'id') return [node.args as string];
  if (!['.', '.?', '[]', '[?]'].includes(node.op)) return undefined;
  const [left, right] = node.args as [Node, Node | string];
  const before = pathOf(left);
  if (!before) return undefined;
  if (isDynamic(left)) return before;
  if (typeof right === 'string') return [...before, right];
  return right.op === 'value' && typeof right.args === 'string' ? [...before, right.args] : before;
}

/** Whether a path goes through an index that is not written out, after which nothing is known of it. */
function isDynamic(node: Node): boolean {
  if (node.op === 'id') return false;
  const [left, right] = node.args as [Node, Node | string];
  return (typeof right !== 'string' && !(right.op === 'value' && typeof right.args === 'string')) || isDynamic(left);
}

function indexesOf(node: Node): Node[] {
  if (node.op === 'id') return [];
  const [left, right] = node.args as [Node, Node | string];
  return [...indexesOf(left), ...(typeof right === 'string' || right.op === 'value' ? [] : [right])];
}
