import type { Problem } from '../../base/error.js';
import type { Place } from '../../base/place.js';

/**
 * Names that no variable can have, because conditions (CEL) or templates (Handlebars) read them as their own.
 * A test compares them with what the CEL library says.
 */
export const reservedNames: ReadonlySet<string> = new Set([
  // CEL's types and constants.
  ...['bool', 'bytes', 'double', 'dyn', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint'],
  ...['cel', 'google', 'optional', 'true', 'false', 'null', 'in'],
  // Words that CEL keeps for itself.
  ...['as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'namespace'],
  ...['package', 'return', 'var', 'void', 'while', '__proto__', 'prototype'],
  // Words of Handlebars and, so that a mistake is not silent, of Jinja's conditions.
  ...['this', 'undefined', 'and', 'or', 'not', 'is', 'True', 'False', 'None'],
]);

/** The problem with a variable of this name defined at `place`, or undefined where the name is good. */
export function checkVariableName(name: string, place: Place): Problem | undefined {
  if (!reservedNames.has(name)) return undefined;
  const hint = `call it otherwise, for example "${name.replace(/^_+|_+$/g, '')}_value"`;
  return {
    message: `a variable cannot be called "${name}": in conditions and templates it means something else`,
    place,
    hint,
  };
}
