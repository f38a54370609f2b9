import { didYouMean } from '../base/nearest.js';
import { isMapping, type Value } from '../base/value.js';
import type { Compiled } from '../template/template.js';
import type { Checker } from './checker.js';
import type { Spot } from './spot.js';

/** What a value is, for messages. */
export function kindOf(value: Value): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (isMapping(value)) return 'a mapping';
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'a number' : 'true or false';
}

/** Says whether a value is text with a template in it. */
export function isTemplate(value: Value): boolean {
  return typeof value === 'string' && value.includes('{{');
}

/** Tells that a value is not what its keyword takes. */
export function wrongType(checker: Checker, spot: Spot, what: string, expected: string, hint?: string): undefined {
  const got =
    typeof spot.value === 'number' || typeof spot.value === 'boolean'
      ? (spot.written ?? String(spot.value))
      : kindOf(spot.value);
  checker.problem(spot.place, `${what} takes ${expected}, not ${got}`, hint);
  return undefined;
}

function refuseTemplate(checker: Checker, spot: Spot, what: string): undefined {
  checker.problem(spot.place, `${what} must be known before the run, so it cannot be a template`);
  return undefined;
}

const WORDS = new Map([
  ['yes', true],
  ['true', true],
  ['on', true],
  ['no', false],
  ['false', false],
  ['off', false],
]);

/** A boolean, also as one of YAML's words in quotes; undefined where it is none. */
export function asBoolean(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' ? WORDS.get(value.trim().toLowerCase()) : undefined;
}

/** A constant true or false. */
export function flag(checker: Checker, spot: Spot, what: string): boolean | undefined {
  const value = asBoolean(spot.value);
  if (value !== undefined) return value;
  if (isTemplate(spot.value)) return refuseTemplate(checker, spot, what);
  return wrongType(checker, spot, what, 'true or false');
}

/** A constant number, at least `least`. */
export function number(checker: Checker, spot: Spot, what: string, least: number, whole: boolean): number | undefined {
  if (isTemplate(spot.value)) return refuseTemplate(checker, spot, what);
  const { value } = spot;
  const found = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  if (typeof found === 'number' && found >= least && (!whole || Number.isInteger(found))) return found;
  return wrongType(checker, spot, what, `a ${whole ? 'whole ' : ''}number of ${least} or more`);
}

/** Constant text; a number is taken as it is written. */
export function text(checker: Checker, spot: Spot, what: string, constant = true): string | undefined {
  const { value } = spot;
  if (typeof value === 'number') return spot.written ?? String(value);
  if (typeof value !== 'string') {
    const hint = typeof value === 'boolean' && spot.written ? `quote it: "${spot.written}"` : undefined;
    return wrongType(checker, spot, what, 'text', hint);
  }
  if (constant && isTemplate(value)) return refuseTemplate(checker, spot, what);
  if (value.trim() === '') {
    checker.problem(spot.place, `${what} is empty`);
    return undefined;
  }
  return value;
}

/** Text that may be a template. */
export function compiledText(checker: Checker, spot: Spot, what: string): Compiled | undefined {
  const found = text(checker, spot, what, false);
  return found === undefined ? undefined : checker.compile(spot, found);
}

/** True or false, or a template that gives it. */
export function compiledFlag(checker: Checker, spot: Spot, what: string): Compiled | undefined {
  if (isTemplate(spot.value)) return checker.compile(spot);
  const value = flag(checker, spot, what);
  return value === undefined ? undefined : checker.compile(spot, value);
}

/** A number of 0 or more, or a template that gives it. */
export function compiledNumber(checker: Checker, spot: Spot, what: string): Compiled | undefined {
  if (isTemplate(spot.value)) return checker.compile(spot);
  const value = number(checker, spot, what, 0, false);
  return value === undefined ? undefined : checker.compile(spot, value);
}

/** One of a closed set of words. */
export function oneOf<T extends string>(
  checker: Checker,
  spot: Spot,
  what: string,
  words: readonly T[],
): T | undefined {
  const found = text(checker, spot, what);
  if (found === undefined) return undefined;
  if ((words as readonly string[]).includes(found)) return found as T;
  checker.problem(spot.place, `${what} must be one of ${words.join(', ')}, not "${found}"`, didYouMean(found, words));
  return undefined;
}

/** The entries of a list; one entry may stand alone. Nothing is an empty list. */
export function list(spot: Spot): Spot[] {
  if (spot.value === null) return [];
  return Array.isArray(spot.value) ? spot.items() : [spot];
}

/** The entries of a value that must be a list of things; nothing is an empty list. */
export function strictList(checker: Checker, spot: Spot, what: string): Spot[] {
  if (spot.value === null) return [];
  if (Array.isArray(spot.value)) return spot.items();
  wrongType(checker, spot, what, 'a list');
  return [];
}

/** A list of names, or one text with commas between them. */
export function names(checker: Checker, spot: Spot, what: string): string[] {
  const found: string[] = [];
  for (const item of list(spot)) {
    const name = text(checker, item, what);
    if (name === undefined) continue;
    for (const part of name.split(',')) if (part.trim() !== '') found.push(part.trim());
  }
  return found;
}
