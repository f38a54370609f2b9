import type { Place } from '../base/place.js';
import type { Reference, Scope } from '../base/scope.js';
import type { Value } from '../base/value.js';

/** A value of a user's file with its templates compiled: rendered once per host and scope. */
export interface Compiled<T extends Value = Value> {
  readonly place: Place;
  /** The names it reads; empty exactly when it is a constant. */
  readonly references: readonly Reference[];
  /** The names it copes with being undefined (`{{default x ..}}`, `{{#if x}}`): their absence is no mistake. */
  readonly tolerates?: ReadonlySet<string>;
  /** The rendered value. Throws TemplateError. A constant returns the same (frozen) object every time. */
  render(scope: Scope): T;
}

/** A compiled condition (CEL). */
export interface Condition {
  readonly place: Place;
  readonly source: string;
  readonly references: readonly Reference[];
  /** The names it asks about with `defined(x)`: their absence is no mistake. */
  readonly tolerates?: ReadonlySet<string>;
  /** Throws TemplateError, also where the result is not a boolean. */
  test(scope: Scope): boolean;
}
