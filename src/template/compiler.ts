import { InputError, type Problem } from '../base/error.js';
import type { Place } from '../base/place.js';
import type { Value } from '../base/value.js';
import { compileCondition } from './cel/condition.js';
import { Composite, Constant, hasTemplate, Templated, TemplateFile } from './compiled.js';
import { jinjaStatement } from './handlebars/jinja.js';
import { problemOf, SyntaxProblem } from './handlebars/parse.js';
import { compileTemplate, type Template } from './handlebars/program.js';
import type { Surroundings } from './helpers/helper.js';
import { HelperError } from './helpers/helper.js';
import { helpers } from './helpers/registry.js';
import { fileOrigin, locate, type Origin, positionAt, scalarOrigin } from './origin.js';
import { AllOf, Always } from './settled.js';
import type { Compiled, Condition } from './template.js';

/** Where a value inside a value stands, by its keys and indexes. */
export type PlaceOf = (path: readonly (string | number)[]) => Place;

type Path = readonly (string | number)[];

/** Compiles the templates and conditions of one run; equal texts are compiled once. */
export class TemplateCompiler {
  readonly #surroundings: Surroundings;
  readonly #templates = new Map<string, Template | SyntaxProblem>();

  /** `surroundings` is what `now` and `lookup` see; without `readFile` no file can be looked up. */
  constructor(surroundings: Partial<Surroundings> = {}) {
    this.#surroundings = {
      now: surroundings.now ?? new Date(),
      environment: surroundings.environment ?? ((name) => process.env[name]),
      readFile: surroundings.readFile ?? refuseFile,
    };
  }

  /**
   * Compiles a value of a user's file, all the way down; keys are not templates. A string that is exactly one
   * `{{..}}` keeps the type of what it names, any other is text. Constants are frozen in place.
   * Throws InputError with all that does not parse.
   */
  value(value: Value, place: Place, placeOf?: PlaceOf): Compiled {
    const problems: Problem[] = [];
    const compiled = this.#compile(value, [], placeOf ?? (() => place), place, problems);
    if (problems.length > 0) throw new InputError(problems);
    return compiled;
  }

  /** Compiles a condition (CEL). Throws InputError. */
  condition(source: string, place: Place): Condition {
    return compileCondition(source, place);
  }

  /**
   * Compiles what stands at `when` and its like: a condition, `true` or `false`, or a list of these,
   * which must all hold. Throws InputError.
   */
  conditionOrBoolean(value: Value, place: Place, placeOf?: PlaceOf): Condition {
    if (typeof value === 'boolean') return new Always(value, place);
    if (typeof value === 'string') return this.condition(value, place);
    if (!Array.isArray(value)) {
      const hint = 'write a condition, true or false, or a list of conditions that must all hold';
      throw new InputError({ message: 'this is not a condition', place, hint });
    }
    const problems: Problem[] = [];
    const parts: Condition[] = [];
    for (const [index, item] of value.entries()) {
      const at = placeOf?.([index]) ?? place;
      try {
        if (Array.isArray(item)) throw new InputError({ message: 'a list in a list is not a condition', place: at });
        parts.push(this.conditionOrBoolean(item, at));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        problems.push(...error.problems);
      }
    }
    if (problems.length > 0) throw new InputError(problems);
    return new AllOf(parts, place);
  }

  /** Compiles the text of a template file called `name`. Throws InputError. */
  file(text: string, name: string): Compiled<string> {
    const problems: Problem[] = [];
    const template = this.#template(text, fileOrigin(name), problems);
    if (!template) throw new InputError(problems);
    return new TemplateFile(template, name);
  }

  #compile(value: Value, path: Path, placeOf: PlaceOf, place: Place, problems: Problem[]): Compiled {
    if (!hasTemplate(value)) return new Constant(value, place);
    const inner = (item: Value, key: string | number): Compiled => {
      const below = [...path, key];
      return this.#compile(item, below, placeOf, placeOf(below), problems);
    };
    if (Array.isArray(value)) return new Composite(value.map(inner), true, place);
    if (typeof value === 'object') {
      const entries = Object.entries(value!).map(([key, item]) => [key, inner(item, key)] as const);
      return new Composite(entries, false, place);
    }
    const source = value as string;
    const origin = scalarOrigin(place, source);
    if (!source.includes('{{')) {
      const found = jinjaStatement(source);
      if (!found) return new Constant(value, place);
      const message = `{% ${found.word} %} is Jinja, templates are Handlebars`;
      problems.push({ message, place: locate(origin, positionAt(source, found.offset)), hint: found.hint });
      return new Constant(value, place);
    }
    const template = this.#template(source, origin, problems);
    return template ? new Templated(template, origin) : new Constant(value, place);
  }

  /** The template of a text, from the cache where it was seen before; undefined (and problems) where it is wrong. */
  #template(source: string, origin: Origin, problems: Problem[]): Template | undefined {
    const template = this.#templates.get(source) ?? this.#parse(source);
    this.#templates.set(source, template);
    if (template instanceof SyntaxProblem) {
      problems.push(problemOf(template, origin));
      return undefined;
    }
    for (const { message, position, hint } of template.complaints) {
      problems.push({ message, place: locate(origin, position), hint });
    }
    return template.complaints.length > 0 ? undefined : template;
  }

  #parse(source: string): Template | SyntaxProblem {
    try {
      return compileTemplate(source, helpers, this.#surroundings);
    } catch (error) {
      if (error instanceof SyntaxProblem) return error;
      throw error;
    }
  }
}

function refuseFile(): never {
  throw new HelperError('files cannot be looked up here');
}
