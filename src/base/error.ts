import { formatPlace, type Place } from './place.js';
import type { Values } from './value.js';

/** One thing that is wrong in a user's input: where, what, and what to do about it. */
export interface Problem {
  readonly message: string;
  readonly place?: Place;
  readonly hint?: string;
}

/** `file:line:col: message (hint)` on one line. */
export function formatProblem({ place, message, hint }: Problem): string {
  return `${place ? `${formatPlace(place)}: ` : ''}${message}${hint ? ` (${hint})` : ''}`;
}

/**
 * The command line or a file is wrong: nothing was touched, the exit code is 1.
 * Carries every problem found, so that all of them are told at once.
 */
export class InputError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: Problem | readonly Problem[]) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(list.map(formatProblem).join('\n'));
    this.name = 'InputError';
    this.problems = list;
  }
}

/** A task cannot be done on a host: what was tried, what the host answered, what to do. */
export class TaskError extends Error {
  readonly hint: string | undefined;
  /** What `register` gets beside `failed` and `msg`. */
  readonly result: Values | undefined;
  constructor(message: string, hint?: string, result?: Values) {
    super(message);
    this.name = 'TaskError';
    this.hint = hint;
    this.result = result;
  }
}

/** Why a host could not be reached; decides the hint and whether another try makes sense. */
export type UnreachableReason =
  | 'address'
  | 'refused'
  | 'timeout'
  | 'host-key'
  | 'authentication'
  | 'become'
  | 'lost'
  | 'locked'
  | 'protocol';

/** The host does not answer, or not as the one we know: the task is *unreachable*, never *ok*. */
export class UnreachableError extends Error {
  readonly reason: UnreachableReason;
  readonly hint: string | undefined;
  constructor(reason: UnreachableReason, message: string, hint?: string) {
    super(message);
    this.name = 'UnreachableError';
    this.reason = reason;
    this.hint = hint;
  }
}
