import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteAll } from '../../../src/base/quote.js';
import { splitWords } from '../../../src/base/words.js';

describe('splitWords', () => {
  it.each([
    ['', []],
    ['  \t\n ', []],
    ['ls -l  /x', ['ls', '-l', '/x']],
    [`a'b c'd "e f"`, ['ab cd', 'e f']],
    [`'' ""`, ['', '']],
    [`a\\ b \\'`, ['a b', "'"]],
    [`"a\\"b\\\\c\\n\\$d"`, ['a"b\\c\\n$d']],
    [`'a\\'`, ['a\\']],
    ['a\\\nb "c\\\nd"', ['ab', 'cd']],
    ['$HOME *.c `id`', ['$HOME', '*.c', '`id`']],
    ['a\u00a0b', ['a\u00a0b']],
  ])('%j', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });

  it.each([
    [`a 'b`, /' in the command line is not closed/],
    ['a "b\\"', /" in the command line is not closed/],
    ['a\\', /ends in a backslash/],
  ])('refuses %j', (line, message) => {
    expect(() => splitWords(line)).toThrow(message);
  });

  it('is the opposite of quoting', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
        expect(splitWords(quoteAll(words))).toEqual(words);
      }),
    );
  });

  it('agrees with a real shell on quotes, backslashes and blanks', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '\t', "'", '"', '\\', 'n', '-'), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(line, { minLength: 20, maxLength: 20 }), (lines) => {
        const good = lines.filter((each) => {
          try {
            splitWords(each);
            return true;
          } catch {
            return false;
          }
        });
        // One shell for all lines: words end in NUL, lines in another one.
        const script = good
          .map((each) => `set -- ${each}\n[ $# = 0 ] || printf '%s\\000' "$@"\nprintf '/\\000'`)
          .join('\n');
        const said = execFileSync('sh', ['-c', script]).toString();
        expect(said).toBe(
          good
            .map(
              (each) =>
                splitWords(each)
                  .map((word) => `${word}\0`)
                  .join('') + '/\0',
            )
            .join(''),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('refuses what a real shell finds unfinished', () => {
    const line = fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '\\', 'n'), maxLength: 8 });
    fc.assert(
      fc.property(line, (each) => {
        let ours = true;
        try {
          splitWords(each);
        } catch {
          ours = false;
        }
        // A backslash at the end is unfinished for us, and itself for a shell.
        fc.pre(!/(^|[^\\])(\\\\)*\\$/.test(each));
        let theirs = true;
        try {
          execFileSync('sh', ['-c', `: ${each}`], { stdio: 'ignore' });
        } catch {
          theirs = false;
        }
        expect({ each, fine: ours }).toEqual({ each, fine: theirs });
      }),
      { numRuns: 60 },
    );
  });
});
