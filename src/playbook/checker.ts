import { formatProblem, InputError, type Problem } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import type { Place } from '../base/place.js';
import type { Value } from '../base/value.js';
import type { Compiled, Condition } from '../template/template.js';
import type { ModuleCatalogue, PlaceOf } from './catalogue.js';
import type { Spot } from './spot.js';
import { compileAround, hasTemplate } from './unsafe.js';

/** What this room asks of the template room. Both throw an InputError where the text does not parse. */
export interface Compiler {
  value(value: Value, place: Place, placeOf?: PlaceOf): Compiled;
  /** A condition, true or false. */
  conditionOrBoolean(value: Value, place: Place): Condition;
}

/** Collects everything that is wrong while one tree is built, so that all of it is told at once. */
export class Checker {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];

  constructor(
    readonly compiler: Compiler,
    readonly modules: ModuleCatalogue,
  ) {}

  problem(place: Place, message: string, hint?: string): void {
    this.problems.push({ message, place, hint });
  }

  warning(place: Place, message: string, hint?: string): void {
    this.warnings.push({ message, place, hint });
  }

  /** A name that is not in a closed set, e.g. `unknown keyword "notfy" in a task`. */
  unknown(place: Place, what: string, name: string, known: Iterable<string>, where = ''): void {
    this.problem(place, `unknown ${what} "${name}"${where}`, didYouMean(name, known));
  }

  /** Runs what may throw an InputError, and keeps its problems: undefined then. */
  catch<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.keep(error);
      return undefined;
    }
  }

  /** Keeps the problems of an InputError; any other error is ours, and is thrown on. */
  keep(error: unknown): void {
    if (!(error instanceof InputError)) throw error;
    this.problems.push(...error.problems);
  }

  /** Why a condition would not do; empty: it would. */
  reasonsAgainst(condition: string, place: Place): readonly Problem[] {
    try {
      this.compiler.conditionOrBoolean(condition, place);
      return [];
    } catch (error) {
      if (error instanceof InputError) return error.problems;
      throw error;
    }
  }

  /** The value with its templates compiled; a null where they do not parse (the problem is kept). */
  compile(spot: Spot, value: Value = spot.value, placeOf: PlaceOf = spot.placeOf): Compiled {
    const place = spot.place;
    if (value === spot.value && hasTemplate(value) && spot.hasUnsafe()) return compileAround(this, spot);
    return this.catch(() => this.compiler.value(value, place, placeOf)) ?? this.compiler.value(null, place, placeOf);
  }

  /** Throws an InputError with everything found, if anything was. */
  done(): void {
    if (this.problems.length > 0) throw new InputError(inOrder(this.problems));
  }
}

/** Each problem once (a file may be read for several reasons), by file and from the top of each file down. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const once = [...new Map(problems.map((problem) => [formatProblem(problem), problem])).values()];
  const files = new Map<string, Problem[]>();
  for (const problem of once) {
    const file = problem.place?.file ?? '';
    files.set(file, [...(files.get(file) ?? []), problem]);
  }
  const at = ({ place }: Problem) => (place ? place.line * 10_000 + place.col : 0);
  return [...files.values()].flatMap((found) => found.sort((a, b) => at(a) - at(b)));
}
