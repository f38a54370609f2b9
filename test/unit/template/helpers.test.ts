import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import type { Value } from '../../../src/base/value.js';
import { helpers, TemplateError } from '../../../src/template/index.js';
import { failureOf, render } from './scope.js';

const variables = {
  s: 'Hello World',
  l: ['b', 'a', 'b'],
  n: [10, 9, 100],
  m: { b: 1, a: 'x' },
  users: [
    { name: 'z', id: 2 },
    { name: 'y', id: 1 },
    { name: 'x', id: 2 },
  ],
  e: '',
  t: true,
  f: false,
};

/** At least one case for every helper: a test below sees to it. */
const cases: readonly [string, Value][] = [
  ['{{default x 1}}', 1],
  ['{{default f 1}}', false],
  ['{{default e 1 empty=true}}', 1],
  ['{{default m.a 1}}', 'x'],
  ['{{required s}}', 'Hello World'],
  ['{{ternary t "yes" "no"}}', 'yes'],
  ['{{ternary (not t) "yes" "no"}}', 'no'],
  ['{{eq m.b 1}}', true],
  ['{{eq m.b "1"}}', false],
  ['{{eq l (list "b" "a" "b")}}', true],
  ['{{eq m (dict a="x" b=1)}}', true],
  ['{{ne m.b 1}}', false],
  ['{{lt 9 10}}', true],
  ['{{lt "9" "10"}}', false],
  ['{{le 1 1}}', true],
  ['{{gt 1 1}}', false],
  ['{{ge "b" "a"}}', true],
  ['{{and t s x}}', false],
  ['{{and t s}}', true],
  ['{{or x f s}}', true],
  ['{{or x f}}', false],
  ['{{not x}}', true],
  ['{{bool "Yes"}}', true],
  ['{{bool 0}}', false],
  ['{{bool t}}', true],
  ['{{lower s}}', 'hello world'],
  ['{{upper s}}', 'HELLO WORLD'],
  ['{{trim "  a b "}}', 'a b'],
  ['{{basename "/etc/a.conf"}}', 'a.conf'],
  ['{{dirname "/etc/a.conf"}}', '/etc'],
  ['{{string 5}}', '5'],
  ['{{split s}}', ['Hello', 'World']],
  ['{{split "a,b,,c" ","}}', ['a', 'b', '', 'c']],
  ['{{replace s "o" "$&"}}', 'Hell$& W$&rld'],
  ['{{regex_replace s "(\\w+) (\\w+)" "\\2 $1 \\1"}}', 'World $1 Hello'],
  ['{{regex_replace s "(?P<one>l+)" "[\\g<one>]"}}', 'He[ll]o Wor[l]d'],
  ['{{regex_replace s "HELLO" "x" ignorecase=true}}', 'x World'],
  ['{{regex_replace s "(?i)HELLO" "x"}}', 'x World'],
  ['{{regex_search s "W\\w+"}}', 'World'],
  ['{{regex_search s "(W)(\\w+)" group=2}}', 'orld'],
  ['{{default (regex_search s "zz") "none"}}', 'none'],
  ['{{indent "a\nb\n\nc" 2}}', 'a\n  b\n\n  c'],
  ['{{indent "a\nb" first=true}}', '    a\n    b'],
  ['{{quote "a b"}}', "'a b'"],
  ['{{quote (list "a" "b c")}}', "a 'b c'"],
  ['{{first l}}', 'b'],
  ['{{last n}}', 100],
  ['{{first "abc"}}', 'a'],
  ['{{default (first (list)) 0}}', 0],
  ['{{join n ", "}}', '10, 9, 100'],
  ['{{join l}}', 'bab'],
  ['{{length s}}', 11],
  ['{{length "é😀"}}', 2],
  ['{{length l}}', 3],
  ['{{length m}}', 2],
  ['{{unique l}}', ['b', 'a']],
  ['{{unique (list (dict a=1 b=2) (dict b=2 a=1))}}', [{ a: 1, b: 2 }]],
  ['{{join (unique (list 1 "1")) "-"}}', '1-1'],
  ['{{length (unique users attribute="id")}}', 2],
  ['{{sort l}}', ['a', 'b', 'b']],
  ['{{sort n}}', [9, 10, 100]],
  ['{{sort n reverse=true}}', [100, 10, 9]],
  ['{{first (sort users attribute="name")}}', { name: 'x', id: 2 }],
  ['{{keys m}}', ['b', 'a']],
  ['{{values m}}', [1, 'x']],
  ['{{concat "a" 1 t}}', 'a1true'],
  ['{{concat l n}}', ['b', 'a', 'b', 10, 9, 100]],
  ['{{merge m (dict a="y" c=2)}}', { b: 1, a: 'y', c: 2 }],
  ['{{list 1 "a" l}}', [1, 'a', ['b', 'a', 'b']]],
  ['{{dict a=1 b=s}}', { a: 1, b: 'Hello World' }],
  ['{{add 1 2}}', 3],
  ['{{subtract 1 2}}', -1],
  ['{{multiply 3 4}}', 12],
  ['{{divide 10 4}}', 2.5],
  ['{{modulo -1 3}}', 2],
  ['{{round 2.5}}', 3],
  ['{{round -2.5}}', -3],
  ['{{round 1.005 2}}', 1.01],
  ['{{int "42"}}', 42],
  ['{{int -3.9}}', -3],
  ['{{int "ff" 16}}', 255],
  ['{{int "0x1F" 16}}', 31],
  ['{{int "0644" 8}}', 420],
  ['{{float "1.5e3"}}', 1500],
  ['{{version_compare "1.10" "1.9" ">"}}', true],
  ['{{version_compare "1.2" "1.2.0"}}', 0],
  ['{{json m}}', '{"b":1,"a":"x"}'],
  ['{{json l indent=1}}', '[\n "b",\n "a",\n "b"\n]'],
  ['{{yaml m}}', 'b: 1\na: x'],
  ['{{yaml (list "yes" "0644" "a: b")}}', '- "yes"\n- "0644"\n- "a: b"'],
  ['{{b64encode "hé"}}', 'aMOp'],
  ['{{b64decode "aMOp"}}', 'hé'],
  ['{{hash "a"}}', createHash('sha256').update('a').digest('hex')],
  ['{{hash "a" "md5"}}', '0cc175b9c0f1b6a831c399e269772661'],
  ['{{lookup m "a"}}', 'x'],
  ['{{lookup l 1}}', 'a'],
  ['{{lookup "env" "HOME"}}', '/home/me'],
  ['{{lookup "file" "key.pub"}}', 'text of key.pub'],
  ['{{default (lookup "env" "NOPE") "d"}}', 'd'],
  ['{{now}}', '2026-01-31T09:05:07Z'],
  ['{{now "%Y%m%d-%H%M%S %s%%"}}', '20260131-090507 1769850307%'],
];

describe('helpers', () => {
  it.each(cases)('%s', (source, expected) => {
    expect(render(source, variables)).toEqual(expected);
  });

  it('each have a case above and a line of documentation', () => {
    for (const [name, helper] of helpers) {
      expect(
        cases.some(([source]) => source.includes(`${name} `) || source.includes(`{${name}}`)),
        name,
      ).toBe(true);
      expect(helper.usage.split(' ')[0]).toBe(name);
      expect(helper.does).toMatch(/\.$/);
    }
  });

  it('none gives a value of JavaScript away, whatever it is called with', () => {
    const anything = fc.jsonValue({ maxDepth: 2 }).map((value) => value as Value);
    const names = fc.constantFrom(...helpers.keys());
    fc.assert(
      fc.property(names, fc.array(anything, { maxLength: 3 }), (name, args) => {
        const helper = helpers.get(name)!;
        const given = args.slice(0, helper.takes[1]);
        while (given.length < helper.takes[0]) given.push('x');
        const secret = Object.fromEntries(given.map((value, index) => [`v${index}`, value]));
        const source = `{{${[name, ...given.map((_, index) => `v${index}`)].join(' ')}}}`;
        if (given.length === 0) return;
        try {
          expect(JSON.stringify(render(source, secret))).toBeTypeOf('string');
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('wrong arguments', () => {
  it.each<[string, string]>([
    ['{{int "x"}}', 'not a whole number'],
    ['{{int "12abc"}}', 'not a whole number'],
    ['{{int "9" 8}}', 'not a whole number'],
    ['{{int "1" 99}}', 'BASE goes from 2 to 36'],
    ['{{float "x"}}', 'not a number'],
    ['{{bool "maybe"}}', 'is not yes, no'],
    ['{{divide 1 0}}', 'the result is not a number'],
    ['{{sort (list 1 "a")}}', 'have no order'],
    ['{{lt 1 "2"}}', 'have no order'],
    ['{{sort users attribute="nope"}}', 'an item has no nope'],
    ['{{hash s "md4"}}', 'ALGORITHM is one of'],
    ['{{b64decode "%%%"}}', 'not base64'],
    ['{{b64decode "/w=="}}', 'not UTF-8'],
    ['{{split s ""}}', 'must not be empty'],
    ['{{regex_search s "("}}', 'not a regular expression'],
    ['{{json s indent=99}}', 'whole number from 0 to 10'],
    ['{{now "%Q"}}', 'FORMAT knows'],
    ['{{version_compare "1" "2" "~"}}', 'OPERATOR is one of'],
    ['{{lookup "password" "x"}}', 'must be "env", "file", a mapping or a list'],
    ['{{required e}}', 'a value is required'],
    ['{{quote m}}', 'must be text, not a mapping'],
    ['{{length 5}}', 'a number has no length'],
  ])('%s', (source, message) => {
    expect(failureOf(source, variables).message).toContain(message);
  });
});

describe('round trips', () => {
  it('quote: what the shell reads is what was quoted', () => {
    const word = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const line = render('{{quote words}}', { words }) as string;
        const out = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`]).toString();
        expect(out).toBe(words.map((one) => `${one}\0`).join(''));
      }),
      { numRuns: 30 },
    );
    expect(failureOf('{{quote x}}', { x: 'a\0b' }).message).toContain('NUL');
  });

  const anything = fc.jsonValue({ maxDepth: 3 }).map((value) => value as Value);

  it('json and yaml: what is read is what was written', () => {
    fc.assert(
      fc.property(anything, (x) => {
        const same = JSON.stringify(x);
        expect(render('{{json x}}', { x })).toBe(same);
        const read = parseYaml(render('{{yaml x}}', { x }) as string, { version: '1.1' }) as Value;
        expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(same));
      }),
    );
  });

  it('b64decode undoes b64encode', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (x) => {
        expect(render('{{b64decode (b64encode x)}}', { x })).toBe(x);
      }),
    );
  });
});
