import type { Place } from '../base/place.js';
import type { Reference, Scope } from '../base/scope.js';
import { emptyMapping, isMapping, type Value } from '../base/value.js';
import type { Frame } from './handlebars/frame.js';
import type { Template } from './handlebars/program.js';
import { fileOrigin, type Origin } from './origin.js';
import type { Compiled } from './template.js';

/** Freezes a value all the way down, so that every host may be given the same one. */
export function freeze<T extends Value>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) freeze(inner as Value);
  return Object.freeze(value);
}

/** A value without templates. */
export class Constant<T extends Value = Value> implements Compiled<T> {
  readonly place: Place;
  readonly references: readonly Reference[] = [];
  readonly #value: T;
  constructor(value: T, place: Place) {
    this.#value = freeze(value);
    this.place = place;
  }
  render(): T {
    return this.#value;
  }
}

/** A string with templates in it. */
export class Templated implements Compiled {
  readonly place: Place;
  readonly #template: Template;
  readonly #origin: Origin;
  #once: Value | undefined;
  constructor(template: Template, origin: Origin) {
    this.#template = template;
    this.#origin = origin;
    this.place = origin.place;
  }
  get references(): readonly Reference[] {
    return this.#template.references;
  }
  get tolerates(): ReadonlySet<string> {
    return this.#template.tolerates;
  }
  render(scope: Scope): Value {
    if (this.#once !== undefined) return this.#once;
    const { value, render, references } = this.#template;
    const frame = topFrame(scope, this.#origin);
    const result = value ? (value(frame) as Value) : render(frame);
    if (references.length === 0) this.#once = freeze(result);
    return result;
  }
}

/** A whole template file: always text. */
export class TemplateFile implements Compiled<string> {
  readonly place: Place;
  readonly #template: Template;
  readonly #origin: Origin;
  #once: string | undefined;
  constructor(template: Template, name: string) {
    this.#template = template;
    this.#origin = fileOrigin(name);
    this.place = { file: name, line: 0, col: 0 };
  }
  get references(): readonly Reference[] {
    return this.#template.references;
  }
  get tolerates(): ReadonlySet<string> {
    return this.#template.tolerates;
  }
  render(scope: Scope): string {
    if (this.#once !== undefined) return this.#once;
    const text = this.#template.render(topFrame(scope, this.#origin));
    if (this.references.length === 0) this.#once = text;
    return text;
  }
}

function topFrame(scope: Scope, origin: Origin): Frame {
  return { scope, origin, context: undefined, parent: undefined, loop: undefined, locals: undefined };
}

/** A list or mapping with a template somewhere in it. What is constant in it stays one frozen object. */
export class Composite implements Compiled {
  readonly place: Place;
  readonly references: readonly Reference[];
  readonly tolerates: ReadonlySet<string>;
  readonly #items: readonly Compiled[] | undefined;
  readonly #entries: readonly (readonly [string, Compiled])[] | undefined;
  constructor(inner: readonly Compiled[] | readonly (readonly [string, Compiled])[], isList: boolean, place: Place) {
    this.place = place;
    if (isList) this.#items = inner as readonly Compiled[];
    else this.#entries = inner as readonly (readonly [string, Compiled])[];
    const parts = this.#items ?? this.#entries!.map(([, value]) => value);
    this.references = mergeReferences(parts);
    this.tolerates = new Set(parts.flatMap((part) => [...(part.tolerates ?? [])]));
  }
  render(scope: Scope): Value {
    if (this.#items) return this.#items.map((item) => item.render(scope));
    const values = emptyMapping();
    for (const [key, value] of this.#entries!) values[key] = value.render(scope);
    return values;
  }
}

/** The references of several, each once. */
export function mergeReferences(parts: readonly { readonly references: readonly Reference[] }[]): readonly Reference[] {
  const all = new Map<string, Reference>();
  for (const { references } of parts) for (const path of references) all.set(path.join('\0'), path);
  return [...all.values()];
}

/** Whether a value has a template somewhere in it. */
export function hasTemplate(value: Value): boolean {
  if (typeof value === 'string') return value.includes('{{') || value.includes('{%');
  if (Array.isArray(value)) return value.some(hasTemplate);
  return isMapping(value) && Object.values(value).some(hasTemplate);
}
