import { describe, expect, it } from 'vitest';
import { pythonRegex } from '../../../src/modules/python-regex.js';
import { pythonReplacement } from '../../../src/modules/python-template.js';

/** What `re.search` finds, and where: checked against CPython 3.11. */
const found = (pattern: string, text: string, flags = {}): [number, string] | null => {
  const match = pythonRegex(pattern, flags).exec(text);
  return match && [match.index, match[0]];
};

describe('pythonRegex', () => {
  it.each<[pattern: string, text: string, [number, string] | null]>([
    ['^foo$', 'foo\n', [0, 'foo']],
    ['^foo$', 'foo\n\n', null],
    ['foo\\Z', 'foo\n', null],
    ['foo\\Z', 'foo', [0, 'foo']],
    ['\\Afoo', 'xfoo', null],
    ['^b', 'a\nb', null],
    ['a.b', 'a\nb', null],
    ['a.b', 'a\rb', [0, 'a\rb']],
    ['a.b', 'a\u2028b', [0, 'a\u2028b']],
    ['^x', 'a\rx', null],
    ['(?P<key>\\w+)=(?P=key)', 'a=b c=c', [4, 'c=c']],
    ['(?i)PORT', 'the port', [4, 'port']],
    ['(?s)a.b', 'a\nb', [0, 'a\nb']],
    ['(?m)^b', 'a\nb', [2, 'b']],
    ['(?x) a b  # comment\n c', 'abc', [0, 'abc']],
    ['(?x)a\\ b', 'a b', [0, 'a b']],
    ['a(?#not here)b', 'ab', [0, 'ab']],
    ['[]a]+', 'x]a', [1, ']a']],
    ['[^]a]+', ']ab', [2, 'b']],
    ['[a-]+', 'b-a', [1, '-a']],
    ['[[]x', '[x', [0, '[x']],
    ['[/&]', 'a/b', [1, '/']],
    ['a{,2}b', 'aaab', [1, 'aab']],
    ['{x}', 'a{x}', [1, '{x}']],
    ['a{', 'a{', [0, 'a{']],
    ['x}', 'x}', [0, 'x}']],
    ['x]', 'x]', [0, 'x]']],
    ['\\-\\"\\/\\ \\#\\%', '-"/ #%', [0, '-"/ #%']],
    ['[\\]\\-\\.]+', '.-]', [0, '.-]']],
    ['\\x41\\u0042\\103', 'ABC', [0, 'ABC']],
    ['\\0', 'a\0', [1, '\0']],
    ['(a)\\1', 'aa', [0, 'aa']],
    ['(a)\\10', 'aa0', 'refused' as never],
    ['[\\b]', '\b', [0, '\b']],
    ['\\bfoo\\b', 'a foo b', [2, 'foo']],
    ['\\s+$', 'a \t\n', [1, ' \t\n']],
    ['\\S', '\u00a0', [0, '\u00a0']],
    ['(?<=a)b(?!c)', 'abc ab', [5, 'b']],
    ['\u{1f600}.', '\u{1f600}\u{1f601}', [0, '\u{1f600}\u{1f601}']],
    ['\\é', 'é', [0, 'é']],
    ['a|b|', 'c', [0, '']],
  ])('%s in %j', (pattern, text, expected) => {
    if (expected === ('refused' as never)) expect(() => pythonRegex(pattern)).toThrow(/invalid/);
    else expect(found(pattern, text)).toEqual(expected);
  });

  it('has ^ and $ at every line where that is wanted, and only at newlines', () => {
    expect(found('^b$', 'a\nb\nc', { multiline: true })).toEqual([2, 'b']);
    expect(found('^b$', 'a\rb\rc', { multiline: true })).toBeNull();
    expect(found('a$', 'a\n', { multiline: true })).toEqual([0, 'a']);
  });

  it.each([
    ['(?>a)b', /atomic/],
    ['a++', /possessive/],
    ['a*+', /possessive/],
    ['a{2}+', /possessive/],
    ['(a)?(?(1)b|c)', /condition/],
    ['(?i:a)b', /part of it/],
    ['a(?i)b', /not at its beginning/],
    ['(?L)a', /flag L/],
    ['\\y', /bad escape/],
    ['\\p{L}', /bad escape/],
    ['(', /invalid/],
    ['a)', /invalid/],
    ['[a', /not closed/],
    ['a\\', /backslash/],
    ['*a', /invalid/],
    ['(?P<1a>b)', /unknown extension/],
    ['[b-a]', /invalid/],
    ['\\U00110000', /no character/],
    ['(?#', /not closed/],
    ['x'.repeat(5000), /5000 characters/],
  ])('refuses %.20s with a reason', (pattern, reason) => {
    expect(() => pythonRegex(pattern)).toThrow(reason);
  });

  it('gives the same expression again', () => {
    expect(pythonRegex('^a')).toBe(pythonRegex('^a'));
    expect(pythonRegex('^a')).not.toBe(pythonRegex('^a', { multiline: true }));
  });
});

describe('pythonReplacement', () => {
  const fill = (pattern: string, text: string, template: string): string =>
    pythonReplacement(template)(pythonRegex(pattern).exec(text)!);
  it.each([
    ['(a)(b)?', 'a', '[\\1\\2]', '[a]'],
    ['(?P<x>a)', 'a', '\\g<x>\\g<1>0\\g<0>', 'aa0a'],
    ['a', 'a', 'x\\ty\\nz\\\\', 'x\ty\nz\\'],
    ['a', 'a', '\\.\\-$&', '\\.\\-$&'],
    ['a', 'a', '\\0\\101', '\0A'],
  ])('%s on %s: %s', (pattern, text, template, expected) => {
    expect(fill(pattern, text, template)).toBe(expected);
  });
  it.each([
    ['\\2', /group 2/],
    ['\\g<none>', /group none/],
    ['\\q', /bad escape/],
    ['x\\', /ends in a backslash/],
    ['\\g<constructor>', /group constructor/],
  ])('refuses %s', (template, reason) => {
    expect(() => fill('(?P<a>a)', 'a', template)).toThrow(reason);
  });
});
