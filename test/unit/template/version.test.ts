import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareVersions } from '../../../src/template/index.js';

/** From the earliest to the latest; those in one line are equal. */
const order = [
  ['1.0~rc1', '1.0-rc.1', '1.0rc1'],
  ['1', '1.0', '1.0.0', 'v1.0'],
  ['1.0.1'],
  ['1.2'],
  ['1.2p1', '1.2-p1'],
  ['1.2.3'],
  ['1.10'],
  ['2.0.0-alpha'],
  ['2.0.0-beta.2'],
  ['2.0.0-beta.11'],
  ['2'],
  ['12.04'],
];

it('orders versions as people mean them', () => {
  for (const [i, group] of order.entries()) {
    for (const [j, others] of order.entries()) {
      for (const one of group) {
        for (const other of others) {
          expect([one, other, Math.sign(compareVersions(one, other))]).toEqual([one, other, Math.sign(i - j)]);
        }
      }
    }
  }
});

it('is an order for any text', () => {
  const part = fc.constantFrom('0', '1', '2', '10', 'rc', 'p', '~', 'ubuntu', '-', '.');
  const version = fc.array(part, { maxLength: 5 }).map((parts) => parts.join('.'));
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});
