import type { Value } from '../value.js';

/** Why a plain scalar may not mean what its writer meant. */
export type NoticeKind = 'base60' | 'bare-boolean' | 'octal' | 'big-integer';

export interface Resolved {
  readonly value: Value;
  readonly notice?: NoticeKind;
}

const TRUE = new Set(['yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSE = new Set(['no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const INTEGER = /^[-+]?(?:0b([01_]+)|0x([0-9a-fA-F_]+)|0([0-7_]+)|(0|[1-9][0-9_]*))$/;
const BASE60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const FLOAT = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$/;
const INFINITE = /^[-+]?\.(?:inf|Inf|INF)$/;
const NOT_A_NUMBER = /^\.(?:nan|NaN|NAN)$/;
const WORD = /^[a-zA-Z]{2,5}$/;

function integer(text: string, match: RegExpExecArray): Resolved {
  const [, binary, hexadecimal, octal, decimal] = match;
  const digits = (binary ?? hexadecimal ?? octal ?? decimal)!.replaceAll('_', '');
  if (digits === '') return { value: octal === undefined ? text : 0 };
  const radix = binary !== undefined ? 2 : hexadecimal !== undefined ? 16 : octal !== undefined ? 8 : 10;
  const size = Number.parseInt(digits, radix);
  const value = text.startsWith('-') && size !== 0 ? -size : size;
  if (size > Number.MAX_SAFE_INTEGER) return { value, notice: 'big-integer' };
  return octal === undefined ? { value } : { value, notice: 'octal' };
}

function base60(text: string): Resolved {
  const negative = text.startsWith('-');
  const parts = text.replace(/^[-+]/, '').replaceAll('_', '').split(':');
  // The first number may have a leading zero only where the last has a fraction, as in PyYAML.
  if (!text.includes('.') && parts[0]!.startsWith('0')) return { value: text };
  const size = parts.reduce((sum, part) => sum * 60 + Number(part), 0);
  return { value: negative ? -size : size, notice: 'base60' };
}

/**
 * The value of a plain (unquoted) scalar by the rules of YAML 1.1 as PyYAML, and so Ansible, applies them:
 * `yes` is true, `0644` is 420, `22:22` is 1342, `1e3` and `y` are text. Dates stay text.
 */
export function resolvePlain(text: string): Resolved {
  if (text === '' || text === '~') return { value: null };
  const first = text.charCodeAt(0);
  const numeric = (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e;
  if (numeric) {
    const match = INTEGER.exec(text);
    if (match) return integer(text, match);
    if (FLOAT.test(text)) return { value: Number.parseFloat(text.replaceAll('_', '')) };
    if (BASE60.test(text)) return base60(text);
    if (INFINITE.test(text)) return { value: first === 0x2d ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY };
    return { value: NOT_A_NUMBER.test(text) ? Number.NaN : text };
  }
  if (!WORD.test(text)) return { value: text };
  if (TRUE.has(text)) return lower(text) === 'true' ? { value: true } : { value: true, notice: 'bare-boolean' };
  if (FALSE.has(text)) return lower(text) === 'false' ? { value: false } : { value: false, notice: 'bare-boolean' };
  return { value: text === 'null' || text === 'Null' || text === 'NULL' ? null : text };
}

function lower(text: string): string {
  return text.toLowerCase();
}
