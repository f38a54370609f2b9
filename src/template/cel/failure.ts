import type { Problem } from '../../base/error.js';
import { didYouMean } from '../../base/nearest.js';
import type { Place } from '../../base/place.js';
import type { Scope } from '../../base/scope.js';
import { TemplateError } from '../error.js';
import { locate, positionAt, scalarOrigin } from '../origin.js';
import { PatternError } from '../pattern.js';
import { ansibleForms } from './ansible.js';
import { celEnvironment, type Node } from './library.js';

/** What the library's errors carry. `summary` may hold values, except for the codes below. */
interface CelError extends Error {
  readonly code?: string;
  readonly summary?: string;
  readonly range?: { readonly start: number };
  readonly node?: Node;
}

/** The errors whose text holds names and types only. */
const SAFE = new Set(['no_such_overload', 'no_matching_overload', 'invalid_logical_operand', 'invalid_condition_type']);

const MESSAGES: Readonly<Record<string, string>> = {
  division_by_zero: 'division by zero',
  modulo_by_zero: 'division by zero',
  numeric_overflow: 'a number becomes too great',
  index_out_of_bounds: 'the list has no item of that index',
  index_out_of_range: 'the text has no character of that index',
  bool_conversion_error: 'a text is neither "true" nor "false"',
  int_conversion_error: 'a text is not a whole number',
  double_conversion_error: 'a text is not a number',
  invalid_timestamp: 'a text is not a time (2026-01-31T09:05:00Z)',
  invalid_duration: 'a text is not a duration (1h30m)',
  invalid_comprehension_range: 'only lists and mappings can be gone through',
  unsupported_type: 'a mapping with a key called "constructor" cannot be used here',
};

/** The library's names of types in the words of messages. */
function plainTypes(text: string): string {
  return text
    .replace(/dyn<([^<>]*)>/g, '$1')
    .replace(/\b(?:double|int|uint)\b/g, 'number')
    .replace(/\bmap\b/g, 'mapping')
    .replace(/^no such overload: (.*)$/, 'the operation $1 does not exist')
    .replace(/^found no matching overload for '(.*)'$/, 'there is no $1');
}

/** The place of a character of a condition. */
export function placeOf(source: string, place: Place, offset: number): Place {
  return locate(scalarOrigin(place, source), positionAt(source, offset));
}

/** Why a condition does not parse or cannot be right, for an InputError. */
export function parseProblem(error: CelError, source: string, place: Place): Problem {
  const forms = ansibleForms(source);
  if (forms) {
    return { message: 'this is not a condition in CEL', place: placeOf(source, place, forms.offset), hint: forms.hint };
  }
  const at = placeOf(source, place, error.range?.start ?? 0);
  const { code, node } = error;
  if (code === 'reserved_identifier') {
    return { message: `${error.summary!.replace(/^.*: /, '')} is a reserved word`, place: at };
  }
  if (code === 'no_matching_overload' && (node?.op === 'call' || node?.op === 'rcall')) {
    const name = (node.args as [string])[0];
    const known = functionNames();
    if (!known.has(name)) return { message: `there is no function ${name}`, place: at, hint: didYouMean(name, known) };
  }
  if (code === 'invalid_macro_argument') {
    return { message: 'has() needs a name with a point in it', place: at, hint: 'write defined(name)' };
  }
  if (code?.startsWith('limit') || /exceeded/i.test(error.summary ?? '')) {
    return { message: 'the condition is too long or nested too deeply', place: at };
  }
  if (SAFE.has(code ?? '')) {
    const isType = /\btype\b/.test(error.summary!);
    const hint = isType ? 'list, map, string, int and the like are types, not variables' : undefined;
    return { message: plainTypes(error.summary!), place: at, hint };
  }
  return { message: tokens(error.summary ?? error.message).slice(0, 200), place: at };
}

/** What the parser says, without the names of its tokens. */
function tokens(summary: string): string {
  if (/\bEOF$/.test(summary)) return 'the condition ends too early';
  return summary
    .replace(/^Expected EOF, got .*/, 'something follows the end of the condition')
    .replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase());
}

let functions: Set<string> | undefined;

function functionNames(): Set<string> {
  functions ??= new Set(
    celEnvironment()
      .getDefinitions()
      .functions.map(({ name }) => name),
  );
  return functions;
}

/** Why a condition cannot be evaluated on a host. Says names, types and places, never values. */
export function evaluationFailure(error: unknown, source: string, place: Place, scope: Scope): TemplateError {
  const { code, node, range, summary = '' } = error as CelError;
  const at = placeOf(source, place, range?.start ?? 0);
  if (error instanceof PatternError) return new TemplateError(at, error.message);
  if (code === 'unknown_variable' && node?.op === 'id') {
    const name = node.args as string;
    return new TemplateError(at, `"${name}" is not defined`, didYouMean(name, scope.names?.() ?? []), name);
  }
  if (code === 'no_such_key') {
    const name = node && written(node);
    const hint = name ? `write default(${name}, ..) or defined(${name}) where it may be missing` : undefined;
    return new TemplateError(at, name ? `"${name}" is not defined` : 'there is no such key', hint, name);
  }
  if (SAFE.has(code ?? '')) return new TemplateError(at, plainTypes(summary));
  return new TemplateError(at, MESSAGES[code ?? ''] ?? 'the condition cannot be evaluated');
}

/** A path as the user wrote it, where it is names and points only. */
function written(node: Node): string | undefined {
  if (node.op === 'id') return node.args as string;
  if (node.op !== '.') return undefined;
  const [left, name] = node.args as [Node, string];
  const before = written(left);
  return before && `${before}.${name}`;
}
