import { InputError } from '../../base/error.js';
import type { Place } from '../../base/place.js';
import { NotYet, type Reference, type Scope } from '../../base/scope.js';
import type { Value } from '../../base/value.js';
import { TemplateError } from '../error.js';
import { nameOfType } from '../helpers/helper.js';
import type { Condition } from '../template.js';
import { evaluationFailure, parseProblem, placeOf } from './failure.js';
import { celEnvironment, type Node } from './library.js';
import { namesIn } from './names.js';
import { reservedNames } from './reserved.js';

/** Longer than any condition that a person writes. */
const LONGEST = 10_000;
/** `exists`, `map`.. inside one another multiply what there is to do, and nothing else bounds it. */
const MOST_LOOPS = 2;

type Evaluate = (context: ScopeMap) => unknown;

/** The variables of a scope as the library wants them, read when they are needed. */
class ScopeMap extends Map<string, Value> {
  readonly #scope: Scope;
  /** What the scope threw, which passes through unchanged. */
  thrown: unknown;
  constructor(scope: Scope) {
    super();
    this.#scope = scope;
  }
  override get(name: string): Value | undefined {
    try {
      return this.#scope.has(name) ? this.#scope.get(name) : undefined;
    } catch (error) {
      this.thrown = error;
      throw error;
    }
  }
}

class CelCondition implements Condition {
  readonly source: string;
  readonly place: Place;
  readonly references: readonly Reference[];
  readonly tolerates: ReadonlySet<string>;
  readonly #evaluate: Evaluate;
  constructor(source: string, place: Place, evaluate: Evaluate, names: ReturnType<typeof namesIn>) {
    this.source = source;
    this.place = place;
    this.references = names.references;
    this.tolerates = names.tolerates;
    this.#evaluate = evaluate;
  }

  test(scope: Scope): boolean {
    const variables = new ScopeMap(scope);
    let result: unknown;
    try {
      result = this.#evaluate(variables);
    } catch (error) {
      if (error === variables.thrown || error instanceof TemplateError || error instanceof NotYet) throw error;
      throw evaluationFailure(error, this.source, this.place, scope);
    }
    if (typeof result === 'boolean') return result;
    const what = typeof result === 'bigint' ? 'a number' : nameOfType(result as Value);
    const hint = 'compare it (x == 1, x != "", size(x) > 0) or convert it (bool(x))';
    throw new TemplateError(this.place, `the condition gives ${what}, not true or false`, hint);
  }
}

/** Compiles a condition. Throws InputError. */
export function compileCondition(source: string, place: Place): Condition {
  if (source.trim() === '') throw new InputError({ message: 'the condition is empty', place });
  if (source.length > LONGEST) throw new InputError({ message: 'the condition is too long', place });
  const environment = celEnvironment();
  try {
    const parsed = environment.parse(source);
    const names = namesIn(parsed.ast as unknown as Node);
    const misnamed = names.references.find(([name]) => reservedNames.has(name!));
    const checked = parsed.check();
    if (misnamed || !checked.valid) throw checked.error ?? new Error(`${misnamed![0]} is not a variable`);
    if (names.loops > MOST_LOOPS) {
      throw new InputError({ message: `loops (exists, all, map, filter) nest at most ${MOST_LOOPS} deep`, place });
    }
    if (checked.type !== 'bool' && checked.type !== 'dyn') throw notBoolean(checked.type!, source, place);
    return new CelCondition(source, place, parsed as Evaluate, names);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(parseProblem(error as Error, source, place));
  }
}

function notBoolean(type: string, source: string, place: Place): InputError {
  const what = type === 'int' || type === 'double' ? 'number' : type === 'map' ? 'mapping' : type;
  const hint = type === 'string' ? 'write it without quotes around the whole' : 'write true or false, or a comparison';
  return new InputError({
    message: `the condition gives a ${what}, not true or false`,
    place: placeOf(source, place, 0),
    hint,
  });
}
