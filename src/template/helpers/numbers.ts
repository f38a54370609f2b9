import { compareVersions } from '../version.js';
import { type Helper, HelperError, number, text } from './helper.js';

function arithmetic(name: string, does: string, compute: (one: number, other: number) => number): Helper {
  return {
    name,
    usage: `${name} A B`,
    does,
    takes: [2, 2],
    call(args) {
      const result = compute(number(args, 0), number(args, 1));
      if (!Number.isFinite(result)) throw new HelperError('the result is not a number');
      return result;
    },
  };
}

const RELATIONS: Readonly<Record<string, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

export const numbers: readonly Helper[] = [
  arithmetic('add', 'A plus B.', (one, other) => one + other),
  arithmetic('subtract', 'A minus B.', (one, other) => one - other),
  arithmetic('multiply', 'A times B.', (one, other) => one * other),
  arithmetic('divide', 'A divided by B, with decimals: see round and int.', (one, other) => one / other),
  arithmetic(
    'modulo',
    'What is left of A divided by B, with the sign of B.',
    (one, other) => one - other * Math.floor(one / other),
  ),
  {
    name: 'round',
    usage: 'round NUMBER [DIGITS]',
    does: 'NUMBER rounded to DIGITS (0) after the point, halves away from zero.',
    takes: [1, 2],
    call(args) {
      const digits = number(args, 1, 0);
      if (!Number.isInteger(digits) || digits < 0 || digits > 15) throw new HelperError('DIGITS goes from 0 to 15');
      const value = number(args, 0);
      const size = Number(`${Math.round(Number(`${Math.abs(value)}e${digits}`))}e-${digits}`);
      return Number.isNaN(size) ? value : Math.sign(value) * size;
    },
  },
  {
    name: 'int',
    usage: 'int VALUE [BASE]',
    does: 'The whole number in a text (of BASE 10), or a number without its decimals.',
    takes: [1, 2],
    call(args) {
      const base = number(args, 1, 10);
      if (!Number.isInteger(base) || base < 2 || base > 36) throw new HelperError('BASE goes from 2 to 36');
      if (typeof args[0] === 'boolean') return args[0] ? 1 : 0;
      if (typeof args[0] === 'number') return Math.trunc(args[0]);
      const digits = text(args, 0).trim().toLowerCase();
      const value = Number.parseInt(digits, base);
      if (!Number.isSafeInteger(value) || !isWhole(digits, base))
        throw new HelperError('the text is not a whole number');
      return value;
    },
  },
  {
    name: 'float',
    usage: 'float VALUE',
    does: 'The number in a text.',
    takes: [1, 1],
    call(args) {
      const digits = text(args, 0).trim();
      const value = Number(digits);
      if (!/^[-+]?(\d|\.\d)/.test(digits) || !Number.isFinite(value)) throw new HelperError('the text is not a number');
      return value;
    },
  },
  {
    name: 'version_compare',
    usage: 'version_compare A B [OPERATOR]',
    does: 'Whether version A stands in OPERATOR (==, !=, <, <=, >, >=) to B; without it -1, 0 or 1.',
    takes: [2, 3],
    call(args) {
      const order = compareVersions(text(args, 0), text(args, 1));
      if (args[2] === undefined) return Math.sign(order);
      const operator = text(args, 2);
      if (!Object.hasOwn(RELATIONS, operator)) throw new HelperError('OPERATOR is one of ==, !=, <, <=, >, >=');
      return RELATIONS[operator]!(order);
    },
  },
];

function isWhole(digits: string, base: number): boolean {
  const bare = digits.replace(/^[-+]/, '').replace(base === 16 ? /^0x/ : /^(?!)/, '');
  return bare !== '' && [...bare].every((digit) => Number.parseInt(digit, base) >= 0);
}
