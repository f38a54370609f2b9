import { expect, test } from 'vitest';
import { documentText } from '../../bench/document.js';
import { median } from '../../bench/measure.js';
import { CASES, readOptions } from '../../bench/options.js';
import { judgement, ratio } from '../../bench/verdict.js';

const slow = {
  name: 'many-hosts' as const,
  hosts: 20,
  seconds: new Map([
    ['script', [2, 1, 3]],
    ['hostwright', [5, 3, 9, 5]],
  ]),
};

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[7], 7],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('a ratio is median to median', () => {
  expect(ratio(slow, 'hostwright')).toBe(2.5);
});

test.each([
  [2.5, 'missed'],
  [Number.NaN, 'missed'],
  [1, 'met'],
  [0.6, 'met, and the aim'],
])('%d against at most 1, aim 0.6: %s', (value, expected) => {
  expect(judgement({ what: '', unit: '', value, bar: 1, aim: 0.6 })).toBe(expected);
});

test('the document shows what was missed as missed', () => {
  const text = documentText({ surroundings: [['date', '2026-01-01']], cases: [slow] });
  expect(text).toContain('| 20 hosts, nothing to change | 2.5 | 1 | 0.6 | **missed** |');
  expect(text).toContain('|  | hostwright | 5 | 3 to 9 | 4 | 2.5 |');
});

test('the document is written by a whole run only, unless a file is named', () => {
  expect(readOptions([])).toMatchObject({ output: 'docs/benchmarks.md', hosts: 20, cases: new Set(CASES) });
  expect(readOptions(['--only', '1-host,100-ms'])).toMatchObject({
    output: undefined,
    cases: new Set(['1-host', '100-ms']),
  });
  expect(readOptions(['--quick', '--output', 'x.md'])).toMatchObject({ output: 'x.md', runs: 3 });
});

test.each([
  ['--hosts', '0'],
  ['--runs', 'many'],
  ['--only', 'all'],
])('%s %s is refused', (option, value) => {
  expect(() => readOptions([option, value])).toThrow(option);
});
