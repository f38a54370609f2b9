import { createRequire } from 'node:module';
import type * as Cel from '@marcbachmann/cel-js';
import type { Value } from '../../base/value.js';
import { member } from '../handlebars/path.js';
import { pattern, search } from '../pattern.js';
import { compareVersions } from '../version.js';

/** What of the library's syntax tree we read: an operator and its operands. */
export interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly range?: { readonly start: number; readonly end: number };
}

interface Context {
  getValue(name: string): Value | undefined;
}

interface Evaluator {
  run(node: Node, context: Context): Value;
}

interface Checker {
  check(node: Node, context: Context): unknown;
  getType(name: string): unknown;
}

type Compute = (one: number, other: number) => number;

const ARITHMETIC: Readonly<Record<string, Compute>> = {
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
  '/': (one, other) => one / other,
  '%': (one, other) => one % other,
};

/** A version, so that `<` and its like compare versions. */
class Version {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

let environment: Cel.Environment | undefined;

/** The CEL library with what conditions add to it, loaded (20 ms) when the first condition is compiled. */
export function celEnvironment(): Cel.Environment {
  if (environment) return environment;
  // Synchronous, so that compiling is: Node 20.19 can require ES modules.
  const { Environment } = createRequire(import.meta.url)('@marcbachmann/cel-js') as typeof Cel;
  environment = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: { maxAstNodes: 2000, maxDepth: 50 },
  });
  addArithmetic(environment);
  addVersions(environment);
  addText(environment);
  addDefined(environment);
  return environment;
}

/** Numbers of YAML are doubles, those in conditions ints: let them meet. */
function addArithmetic(environment: Cel.Environment): void {
  for (const [operator, compute] of Object.entries(ARITHMETIC)) {
    const mixed = (one: number | bigint, other: number | bigint): number => compute(Number(one), Number(other));
    // Without its type the result would be taken for the left operand's, and 1 + port == 2 be false.
    environment.registerOperator(`int ${operator} double: double`, mixed);
    environment.registerOperator(`double ${operator} int: double`, mixed);
    if (operator === '%') environment.registerOperator('double % double: double', mixed);
  }
}

function addVersions(environment: Cel.Environment): void {
  environment.registerType('Version', { ctor: Version, fields: {} } as never);
  environment.registerFunction('version(string): Version', (text: string) => new Version(text));
  environment.registerFunction('version(double): Version', (number: number) => new Version(String(number)));
  const holds: Readonly<Record<string, (order: number) => boolean>> = {
    '==': (order) => order === 0,
    '<': (order) => order < 0,
    '<=': (order) => order <= 0,
    '>': (order) => order > 0,
    '>=': (order) => order >= 0,
  };
  for (const [operator, hold] of Object.entries(holds)) {
    environment.registerOperator(`Version ${operator} Version: bool`, (one: Version, other: Version) =>
      hold(compareVersions(one.text, other.text)),
    );
  }
}

function addText(environment: Cel.Environment): void {
  environment.registerFunction('string.lower(): string', (text: string) => text.toLowerCase());
  environment.registerFunction('string.upper(): string', (text: string) => text.toUpperCase());
  environment.registerFunction('string.replace(string, string): string', (text: string, old: string, other: string) =>
    text.replaceAll(old, () => other),
  );
  environment.registerFunction(`string.${MATCHES}(string): bool`, (text: string, source: string) =>
    search(pattern(source), text, (expression, subject) => expression.test(subject)),
  );
}

/** Our `matches`, which cannot search for ever: it takes the place of the library's after parsing. */
export const MATCHES = 'matchesInTime';

/** `defined(a.b.c)`, false where any of it is missing, and `default(a.b.c, other)`. */
function addDefined(environment: Cel.Environment): void {
  environment.registerFunction('defined(ast): bool', (({ args }: { args: Node[] }) => ({
    async: false,
    typeCheck(checker: Checker, _: unknown, context: Context) {
      checkPath(checker, args[0]!, context);
      return checker.getType('bool');
    },
    evaluate: (evaluator: Evaluator, _: unknown, context: Context) => read(evaluator, args[0]!, context) !== undefined,
  })) as never);
  environment.registerFunction('default(ast, ast): dyn', (({ args }: { args: Node[] }) => ({
    async: false,
    typeCheck(checker: Checker, _: unknown, context: Context) {
      checkPath(checker, args[0]!, context);
      checker.check(args[1]!, context);
      return checker.getType('dyn');
    },
    evaluate: (evaluator: Evaluator, _: unknown, context: Context) =>
      read(evaluator, args[0]!, context) ?? evaluator.run(args[1]!, context),
  })) as never);
}

function checkPath(checker: Checker, node: Node, context: Context): void {
  const [left, right] = node.args as [Node, Node];
  if (node.op === '.' || node.op === '[]') checkPath(checker, left, context);
  if (node.op === '[]') checker.check(right, context);
  if (node.op !== '.' && node.op !== '[]' && node.op !== 'id') checker.check(node, context);
}

/** The value of a path, undefined where it leads nowhere. */
function read(evaluator: Evaluator, node: Node, context: Context): Value | undefined {
  if (node.op === 'id') return context.getValue(node.args as string);
  if (node.op === '.') {
    const [left, name] = node.args as [Node, string];
    return member(read(evaluator, left, context), name);
  }
  if (node.op !== '[]') return evaluator.run(node, context);
  const [left, index] = node.args as [Node, Node];
  return member(read(evaluator, left, context), String(evaluator.run(index, context)));
}
