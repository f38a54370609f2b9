import type { Value } from '../../base/value.js';
import { flag, type Helper, HelperError, isTruthy, nameOfType, text } from './helper.js';

/** Whether two values are the same, all the way down. `1` and `"1"` are not. */
export function isSame(one: Value | undefined, other: Value | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [a, b] = [Object.entries(one), other as { [key: string]: Value }];
  return (
    a.length === Object.keys(b).length && a.every(([key, value]) => Object.hasOwn(b, key) && isSame(value, b[key]))
  );
}

/** Orders two numbers or two strings; anything else has no order. */
export function order(one: Value | undefined, other: Value | undefined): number {
  const comparable = typeof one === typeof other && (typeof one === 'number' || typeof one === 'string');
  if (!comparable) {
    const hint = 'write (int x) or (string x) to make them alike';
    throw new HelperError(`${nameOfType(one)} and ${nameOfType(other)} have no order`, hint);
  }
  return one! < other! ? -1 : one! > other! ? 1 : 0;
}

function compares(
  name: string,
  does: string,
  holds: (one: Value | undefined, other: Value | undefined) => boolean,
): Helper {
  return { name, usage: `${name} A B`, does, takes: [2, 2], call: ([one, other]) => holds(one, other) };
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
};

export const logic: readonly Helper[] = [
  {
    name: 'default',
    usage: 'default VALUE OTHER [empty=true]',
    does: 'VALUE where it is defined, else OTHER; with empty=true also where VALUE counts as false.',
    takes: [2, 2],
    options: ['empty'],
    undefined: 'always',
    call([value, other], options) {
      if (flag(options, 'empty')) return isTruthy(value) ? value : other;
      return value === undefined ? other : value;
    },
  },
  {
    name: 'required',
    usage: 'required VALUE [MESSAGE]',
    does: 'VALUE, or an error with MESSAGE where it is undefined, null or empty.',
    takes: [1, 2],
    undefined: 'always',
    call(args) {
      const [value] = args;
      if (value === undefined || value === null || value === '')
        throw new HelperError(text(args, 1, 'a value is required'));
      return value;
    },
  },
  {
    name: 'ternary',
    usage: 'ternary CONDITION ONE OTHER',
    does: 'ONE where CONDITION counts as true, else OTHER.',
    takes: [3, 3],
    call: ([condition, one, other]) => (isTruthy(condition) ? one : other),
  },
  compares('eq', 'Whether A and B are the same; 1 and "1" are not.', isSame),
  compares('ne', 'Whether A and B differ.', (one, other) => !isSame(one, other)),
  compares('lt', 'Whether A is less than B; both numbers or both text.', (one, other) => order(one, other) < 0),
  compares('le', 'Whether A is at most B.', (one, other) => order(one, other) <= 0),
  compares('gt', 'Whether A is greater than B.', (one, other) => order(one, other) > 0),
  compares('ge', 'Whether A is at least B.', (one, other) => order(one, other) >= 0),
  {
    name: 'and',
    usage: 'and A B ..',
    does: 'Whether all count as true; undefined counts as false.',
    takes: [1, Infinity],
    undefined: 'always',
    call: (args) => args.every(isTruthy),
  },
  {
    name: 'or',
    usage: 'or A B ..',
    does: 'Whether one counts as true; undefined counts as false.',
    takes: [1, Infinity],
    undefined: 'always',
    call: (args) => args.some(isTruthy),
  },
  {
    name: 'not',
    usage: 'not A',
    does: 'Whether A counts as false, as undefined does.',
    takes: [1, 1],
    undefined: 'always',
    call: ([value]) => !isTruthy(value),
  },
  {
    name: 'bool',
    usage: 'bool VALUE',
    does: 'true or false from a boolean or from yes, no, on, off, true, false, 1, 0.',
    takes: [1, 1],
    call(args) {
      const word = text(args, 0).toLowerCase();
      if (Object.hasOwn(BOOLEANS, word)) return BOOLEANS[word];
      throw new HelperError('the text is not yes, no, on, off, true, false, 1 or 0');
    },
  },
];
