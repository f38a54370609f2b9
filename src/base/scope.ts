import type { Value } from './value.js';

/** Where the names in a template or a condition are looked up. Values come out rendered. */
export interface Scope {
  has(name: string): boolean;
  /** The value of a name; throws where `has` is false or the value cannot be rendered. */
  get(name: string): Value;
  /** Every name that `has` knows, for suggestions where one is misspelt. */
  names?(): Iterable<string>;
}

/** What a value throws that cannot be given yet: it passes through templates and conditions unchanged. */
export class NotYet extends Error {}

/** A name that a template or condition reads, as a path: `facts.os.name` is `['facts', 'os', 'name']`. */
export type Reference = readonly string[];
