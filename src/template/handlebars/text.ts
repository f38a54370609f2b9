import type { Value } from '../../base/value.js';
import { type Frame, failure } from './frame.js';
import type { Located } from './syntax.js';

/** What a value is called in messages. */
export function typeName(value: Value | undefined): string {
  if (value === null) return 'null';
  if (value === undefined) return 'undefined';
  if (Array.isArray(value)) return 'a list';
  return { object: 'a mapping', string: 'a string', number: 'a number', boolean: 'a boolean' }[
    typeof value as 'object'
  ];
}

/** A value as text. Lists and mappings have no one text: printing them without saying how is an error. */
export function print(value: Value, frame: Frame, node: Located, written: string): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (typeof value !== 'object') return String(value);
  throw failure(
    frame,
    node,
    `${written} is ${typeName(value)}, which cannot be put into text as it is`,
    `say how: {{json ${written}}}, {{yaml ${written}}}${Array.isArray(value) ? ` or {{join ${written} ","}}` : ''}`,
  );
}
