import type { Place } from '../base/place.js';
import type { Reference, Scope } from '../base/scope.js';
import { mergeReferences } from './compiled.js';
import type { Condition } from './template.js';

/** A condition that is written as `true` or `false`. */
export class Always implements Condition {
  readonly place: Place;
  readonly source: string;
  readonly references: readonly Reference[] = [];
  readonly #answer: boolean;
  constructor(answer: boolean, place: Place) {
    this.#answer = answer;
    this.source = String(answer);
    this.place = place;
  }
  test(): boolean {
    return this.#answer;
  }
}

/** A list of conditions, which must all hold; after the first that does not the others are not looked at. */
export class AllOf implements Condition {
  readonly place: Place;
  readonly source: string;
  readonly references: readonly Reference[];
  readonly tolerates: ReadonlySet<string>;
  readonly #parts: readonly Condition[];
  constructor(parts: readonly Condition[], place: Place) {
    this.#parts = parts;
    this.place = place;
    this.source = parts.map((part) => (parts.length > 1 ? `(${part.source})` : part.source)).join(' && ');
    this.references = mergeReferences(parts);
    this.tolerates = new Set(parts.flatMap((part) => [...(part.tolerates ?? [])]));
  }
  test(scope: Scope): boolean {
    return this.#parts.every((part) => part.test(scope));
  }
}
