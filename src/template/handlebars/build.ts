import type { Reference } from '../../base/scope.js';
import type { Helper, Surroundings } from '../helpers/helper.js';
import type { Position } from '../origin.js';
import type { Evaluate } from './frame.js';
import type { Located } from './syntax.js';

/** A problem in a template, at a position inside it. */
export interface Complaint {
  readonly position: Position;
  readonly message: string;
  readonly hint: string | undefined;
}

/** What compiling one template needs and gathers. */
export class Build {
  readonly helpers: ReadonlyMap<string, Helper>;
  readonly surroundings: Surroundings;
  readonly complaints: Complaint[] = [];
  readonly tolerates = new Set<string>();
  readonly #references = new Map<string, Reference>();

  constructor(helpers: ReadonlyMap<string, Helper>, surroundings: Surroundings) {
    this.helpers = helpers;
    this.surroundings = surroundings;
  }

  get references(): Reference[] {
    return [...this.#references.values()];
  }

  refer(path: Reference): void {
    this.#references.set(path.join('\0'), path);
  }

  /** Notes a problem and goes on, so that all of them are told at once. */
  complain(node: Located, message: string, hint?: string): Evaluate {
    this.complaints.push({ position: node.loc.start, message, hint });
    return () => null;
  }
}

/** What stands around an expression in the template's text. */
export interface Surrounds {
  /** How many values `#each` and `#with` have put before the scope: 0 means that names are variables. */
  readonly contexts: number;
  /** How many `#each` it is in. */
  readonly loops: number;
  /** The names after `as |..|`, the innermost block first. */
  readonly locals: readonly (readonly string[])[];
  /** How deep blocks and subexpressions are nested. */
  readonly nesting: number;
}

export const TOP: Surrounds = { contexts: 0, loops: 0, locals: [], nesting: 0 };
export const MOST_NESTING = 64;
