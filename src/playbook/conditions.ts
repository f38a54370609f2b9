import type { Place } from '../base/place.js';
import type { Value } from '../base/value.js';
import type { Condition } from '../template/template.js';
import type { Checker } from './checker.js';
import { kindOf, list } from './read.js';
import type { Spot } from './spot.js';

/** The conditions at `when` and its like: one, or a list of which all must hold. */
export function conditions(checker: Checker, spot: Spot, what: string): Condition[] {
  if (spot.value === null) checker.problem(spot.keyPlace, `${what} is empty`, 'write a condition, or leave it out');
  return list(spot).flatMap((item) => condition(checker, item.value, item.place, what) ?? []);
}

/** One condition; undefined where it is none (the problem is kept). */
export function condition(checker: Checker, value: Value, place: Place, what: string): Condition | undefined {
  if (typeof value !== 'string' && typeof value !== 'boolean') {
    checker.problem(place, `${what} takes a condition, or a list of them, not ${kindOf(value)}`);
    return undefined;
  }
  const inner = typeof value === 'string' ? /^\s*\{\{([^{}]*)\}\}\s*$/.exec(value)?.[1]?.trim() : undefined;
  if (inner === undefined) return checker.catch(() => checker.compiler.conditionOrBoolean(value, place));
  const against = checker.reasonsAgainst(inner, place)[0];
  const hint = against ? `${against.hint ?? against.message}, and no braces` : `write ${what}: ${inner}`;
  checker.problem(place, 'a condition is written without braces', hint);
  return undefined;
}
