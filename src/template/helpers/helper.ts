import { isMapping, type Value, type Values } from '../../base/value.js';

/** What helpers may know of the world: everything else they are told by their arguments. */
export interface Surroundings {
  /** The time the run started: the same for every template of a run, so that a second render changes nothing. */
  readonly now: Date;
  /** An environment variable of the controller. */
  environment(name: string): string | undefined;
  /** The text of a file on the controller, looked for as the playbook's files are. Throws where it cannot be read. */
  readFile(path: string): string;
}

/** One helper: a function of its arguments that templates can call. */
export interface Helper {
  readonly name: string;
  /** How it is written, for the documentation and for errors: `join LIST [SEPARATOR]`. */
  readonly usage: string;
  /** What it gives, in one sentence. */
  readonly does: string;
  /** The least and the greatest number of arguments. */
  readonly takes: readonly [least: number, most: number];
  /** The names of its `name=value` options; `any` where the names are the user's. */
  readonly options?: readonly string[] | 'any';
  /**
   * Whether undefined variables reach it (as undefined) instead of being an error: `always`, or
   * `asked`: where the call itself stands in a place that copes with undefined.
   */
  readonly undefined?: 'always' | 'asked';
  /** What is said where it returns undefined and that is not allowed. */
  readonly absent?: string;
  call(args: readonly (Value | undefined)[], options: Values, surroundings: Surroundings): Value | undefined;
}

/** A helper cannot do with its arguments what it should. Never carries a value. */
export class HelperError extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth'];

function expected(position: number | string, what: string, value: Value | undefined, hint?: string): HelperError {
  const where = typeof position === 'number' ? `the ${ORDINALS[position] ?? `${position + 1}th`} argument` : position;
  return new HelperError(`${where} must be ${what}, not ${nameOfType(value)}`, hint);
}

/** What a value is called in messages. */
export function nameOfType(value: Value | undefined): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return 'a list';
  return isMapping(value) ? 'a mapping' : `a ${typeof value}`;
}

/** The text of a string, number or boolean argument; `otherwise` where it is left out. */
export function text(args: readonly (Value | undefined)[], position: number, otherwise?: string): string {
  const value = args[position];
  if (value === undefined && otherwise !== undefined) return otherwise;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw expected(position, 'text', value);
}

/** A number argument. Text is not read as a number unasked. */
export function number(args: readonly (Value | undefined)[], position: number, otherwise?: number): number {
  const value = args[position];
  if (value === undefined && otherwise !== undefined) return otherwise;
  if (typeof value === 'number') return value;
  throw expected(
    position,
    'a number',
    value,
    typeof value === 'string' ? 'write (int x) to read text as a number' : '',
  );
}

/** A list argument. */
export function list(args: readonly (Value | undefined)[], position: number): readonly Value[] {
  const value = args[position];
  if (Array.isArray(value)) return value;
  throw expected(position, 'a list', value);
}

/** A mapping argument. */
export function mapping(args: readonly (Value | undefined)[], position: number): Values {
  const value = args[position];
  if (isMapping(value)) return value;
  throw expected(position, 'a mapping', value);
}

/** A boolean option; false where it is left out. */
export function flag(options: Values, name: string): boolean {
  const value = options[name];
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  throw expected(`${name}=`, 'true or false', value);
}

/** A whole number option between 0 and `most`. */
export function count(options: Values, name: string, otherwise: number, most: number): number {
  const value = options[name];
  if (value === undefined) return otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new HelperError(`${name}= must be a whole number from 0 to ${most}`);
}

/** Whether a value counts as true, as Handlebars has it: not undefined, null, false, 0, "" or an empty list. */
export function isTruthy(value: Value | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}
