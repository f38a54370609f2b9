import type { Scope } from '../base/scope.js';
import { emptyMapping, isMapping, type Value } from '../base/value.js';
import type { Compiled } from '../template/template.js';
import type { Checker } from './checker.js';
import type { Spot } from './spot.js';

/** Says whether there may be a template somewhere in a value. */
export function hasTemplate(value: Value): boolean {
  if (typeof value === 'string') return value.includes('{{') || value.includes('{%');
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasTemplate);
}

/** Compiles a value with `!unsafe` text in it: that text is what it is, braces and all. */
export function compileAround(checker: Checker, spot: Spot): Compiled {
  const { value, place } = spot;
  if (typeof value !== 'object' || value === null) {
    if (!spot.isUnsafe()) return checker.compile(spot);
    return { place, references: [], render: () => value };
  }
  const keys = isMapping(value) ? spot.keys() : value.map((_, index) => index);
  const parts = keys.map((key) => [key, compileAround(checker, spot.at(key))] as const);
  const render = (scope: Scope): Value => {
    if (!isMapping(value)) return parts.map(([, part]) => part.render(scope));
    const rendered = emptyMapping();
    for (const [key, part] of parts) rendered[key] = part.render(scope);
    return rendered;
  };
  return {
    place,
    references: parts.flatMap(([, part]) => [...part.references]),
    tolerates: new Set(parts.flatMap(([, part]) => [...(part.tolerates ?? [])])),
    render,
  };
}
