import { formatProblem } from '../base/error.js';
import type { Place } from '../base/place.js';

/**
 * A template or condition cannot be rendered on a host. Carries names and types, never values:
 * the message may be shown where the values may not.
 */
export class TemplateError extends Error {
  readonly place: Place;
  readonly hint: string | undefined;
  /** The dotted name that is not defined, where that is what is wrong. */
  readonly variable: string | undefined;
  constructor(place: Place, message: string, hint?: string, variable?: string) {
    super(formatProblem({ place, message, hint }));
    this.name = 'TemplateError';
    this.place = place;
    this.hint = hint;
    this.variable = variable;
  }
}
