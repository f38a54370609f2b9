import type { Scope } from '../../base/scope.js';
import type { Value } from '../../base/value.js';
import { TemplateError } from '../error.js';
import { locate, type Origin } from '../origin.js';
import type { Located } from './syntax.js';

/** What `@index`, `@key`, `@first` and `@last` mean inside one `#each`; `parent` is what `@../` reaches. */
export interface Loop {
  readonly index: number;
  readonly key: string | number;
  readonly first: boolean;
  readonly last: boolean;
  readonly parent: Loop | undefined;
}

/** The values of the names after `as |..|` of one block. */
export interface Locals {
  readonly values: readonly Value[];
  readonly parent: Locals | undefined;
}

/** What a template sees while it renders: at the top the scope, inside `#each` and `#with` a value as well. */
export interface Frame {
  readonly scope: Scope;
  readonly origin: Origin;
  /** What `this` is; undefined at the top, where names are looked up in the scope. */
  readonly context: Value | undefined;
  /** What `..` reaches. */
  readonly parent: Frame | undefined;
  readonly loop: Loop | undefined;
  readonly locals: Locals | undefined;
}

/** A compiled expression. Undefined means that what it reads is not there. */
export type Evaluate = (frame: Frame) => Value | undefined;

/** A TemplateError at a node of the template. */
export function failure(frame: Frame, node: Located, message: string, hint?: string, variable?: string): TemplateError {
  return new TemplateError(locate(frame.origin, node.loc.start), message, hint, variable);
}
