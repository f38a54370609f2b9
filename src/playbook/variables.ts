import { isMapping } from '../base/value.js';
import { checkVariableName } from '../template/index.js';
import type { Compiled } from '../template/template.js';
import type { Checker } from './checker.js';
import { isTemplate, wrongType } from './read.js';
import type { Spot } from './spot.js';
import type { Variables } from './tree.js';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
export const NO_VARIABLES: Variables = new Map();

/** Checks a name that the user gives to a variable; true where it is good. */
export function goodVariableName(checker: Checker, name: string, spot: Spot, part: 'key' | 'value' = 'key'): boolean {
  const place = part === 'key' ? spot.keyPlace : spot.place;
  if (!NAME.test(name)) {
    const hint = 'letters, digits and underscores, not a digit first';
    checker.problem(place, `"${name}" cannot be the name of a variable`, hint);
    return false;
  }
  const problem = checkVariableName(name, place);
  if (problem) checker.problems.push(problem);
  return !problem;
}

/** A name at `register`, `loop_var` and their like. */
export function variableName(checker: Checker, spot: Spot, what: string): string | undefined {
  if (typeof spot.value !== 'string' || isTemplate(spot.value))
    return wrongType(checker, spot, what, 'the name of a variable');
  return goodVariableName(checker, spot.value, spot, 'value') ? spot.value : undefined;
}

/** The variables of a mapping, compiled, in the order they were written. Nothing is none. */
export function variables(checker: Checker, spot: Spot, what: string): Variables {
  if (spot.value === null) return NO_VARIABLES;
  if (!isMapping(spot.value)) {
    const hint = Array.isArray(spot.value) ? 'take the dashes away' : undefined;
    wrongType(checker, spot, what, 'a mapping of names to values', hint);
    return NO_VARIABLES;
  }
  const found = new Map<string, Compiled>();
  for (const name of spot.keys()) {
    const entry = spot.at(name);
    if (goodVariableName(checker, name, entry)) found.set(name, checker.compile(entry));
  }
  return found;
}

/** Variables of several layers in one, later ones winning. */
export function merged(...layers: readonly Variables[]): Variables {
  const filled = layers.filter(({ size }) => size > 0);
  if (filled.length <= 1) return filled[0] ?? NO_VARIABLES;
  return new Map(filled.flatMap((layer) => [...layer]));
}
