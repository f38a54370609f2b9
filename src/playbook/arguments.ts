import type { Place } from '../base/place.js';
import { emptyMapping, isMapping, type Value } from '../base/value.js';
import type { PlaceOf } from './catalogue.js';
import type { Checker } from './checker.js';
import { parseCommand, parsePairs } from './free-form.js';
import { isTemplate, kindOf, wrongType } from './read.js';
import type { Spot } from './spot.js';

/** The arguments of a task, wherever they were written: below the module, in its line, or at `args`. */
export interface TaskArguments {
  readonly value: Value;
  readonly place: Place;
  readonly placeOf: PlaceOf;
}

/**
 * Reads what stands at a module's name (or behind it, for `action: copy src=a dest=b`) and at `args`.
 * @param bare the argument that a bare string is for; undefined: strings are `key=value` words
 */
export function taskArguments(
  checker: Checker,
  task: Spot,
  given: Spot,
  module: string,
  bare: string | undefined,
): TaskArguments {
  const place = given.keyPlace;
  const own = ownArguments(checker, given, module, bare);
  const written = typeof given.value === 'string';
  const ownPlace: PlaceOf = (path, part) =>
    path.length === 0 ? place : written ? given.place : given.placeOf(path, part);
  if (!task.has('args')) return { value: own, place, placeOf: ownPlace };
  const more = task.at('args');
  if (!isMapping(more.value)) {
    wrongType(checker, more, 'args', 'a mapping of arguments');
    return { value: own, place, placeOf: ownPlace };
  }
  if (!isMapping(own)) {
    checker.problem(more.keyPlace, `args cannot add to arguments that are a template`);
    return { value: own, place, placeOf: ownPlace };
  }
  const value = Object.assign(emptyMapping(), more.value);
  for (const [name, each] of Object.entries(own)) {
    if (name in value) {
      checker.warning(
        more.placeOf([name], 'key'),
        `the argument "${name}" is given twice`,
        `the one below ${module} is used`,
      );
    }
    value[name] = each;
  }
  const placeOf: PlaceOf = (path, part) =>
    path.length > 0 && !((path[0] as string) in own) && (path[0] as string) in (more.value as object)
      ? more.placeOf(path, part)
      : ownPlace(path, part);
  return { value, place, placeOf };
}

function ownArguments(checker: Checker, given: Spot, module: string, bare: string | undefined): Value {
  const { value } = given;
  if (value === null) return emptyMapping();
  if (isMapping(value)) return value;
  if (bare !== undefined && (typeof value === 'number' || typeof value === 'boolean')) {
    return Object.assign(emptyMapping(), { [bare]: given.written ?? String(value) });
  }
  if (typeof value !== 'string') {
    checker.problem(given.place, `${module} takes a mapping of arguments, not ${kindOf(value)}`);
    return emptyMapping();
  }
  if (bare === undefined && isTemplate(value) && /^\s*\{\{[^{}]*\}\}\s*$/.test(value)) return value;
  try {
    return bare === undefined ? parsePairs(value) : parseCommand(value, bare);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const hint = bare === undefined ? `write the arguments of ${module} as a mapping below it` : undefined;
    checker.problem(given.place, `the arguments of ${module} cannot be read: ${error.message}`, hint);
    return emptyMapping();
  }
}
