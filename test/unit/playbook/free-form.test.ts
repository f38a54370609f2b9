import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand, parsePairs } from '../../../src/playbook/free-form.js';
import { HandlerNames } from '../../../src/playbook/handler-names.js';

const value = fc.string({ unit: fc.constantFrom('a', '=', ' ', '"', "'", '{', '}', '\\', '\n', 'é') });

describe('name=value words', () => {
  it('give back any value that was quoted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '=', ' ', "'", '\n') }), { maxLength: 4 }),
        (values) => {
          const text = values.map((each, i) => `k${i}="${each}"`).join(' ');
          expect(Object.values(parsePairs(text))).toEqual(values);
        },
      ),
    );
  });

  it.each(['a', '=a', 'a=1 a=2', 'a="b', 'a={{ b'])('refuse %s', (text) => {
    expect(() => parsePairs(text)).toThrow(SyntaxError);
  });
});

describe('a command', () => {
  it('never throws anything but for a doubled option, and stays as it is without options', () => {
    fc.assert(
      fc.property(value, (text) => {
        expect(parseCommand(text, 'cmd')).toEqual({ cmd: text.trim() });
      }),
    );
  });

  it('refuses an option given twice', () => {
    expect(() => parseCommand('x creates=a creates=b', 'cmd')).toThrow('"creates" is given twice');
  });

  it('takes time that grows with its length only', () => {
    const text = 'a="'.repeat(30_000);
    const start = performance.now();
    parseCommand(text, 'cmd');
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('names of handlers', () => {
  it.each<[string, string, boolean]>([
    ['restart {{x}}', 'restart a', true],
    ['restart {{x}}', 'reload a', false],
    ['{{x}} now', 'restart now', true],
    ['a {{x}} b {{y}} c', 'a 1 b 2 c', true],
    ['a {{x}} b {{y}} c', 'a 1 c', false],
    ['{{x}}', 'anything', true],
    ['aa{{x}}aa', 'aaa', false],
  ])('%s may be %s: %s', (template, name, expected) => {
    const names = new HandlerNames();
    names.add(template);
    expect(names.has(name)).toBe(expected);
  });
});
