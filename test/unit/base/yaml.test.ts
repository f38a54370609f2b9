import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/error.js';
import { resolvePlain } from '../../../src/base/yaml/scalar.js';
import { readYaml } from '../../../src/base/yaml.js';

async function refusal(content: string | Uint8Array): Promise<string> {
  return readYaml(content, 'f.yml').then(
    (document) => `read: ${JSON.stringify(document.value())}`,
    (error) => (error instanceof InputError ? error.message : String(error.stack)),
  );
}

const BOMB = [
  'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 8 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`),
].join('\n');

test.each([
  ['yes', true],
  ['Off', false],
  ['y', 'y'],
  ['oN', 'oN'],
  ['~', null],
  ['', null],
  ['Null', null],
  ['0644', 420],
  ['089', '089'],
  ['0x1f', 31],
  ['0b11', 3],
  ['0o17', '0o17'],
  ['1_000', 1000],
  ['+5', 5],
  ['-0', 0],
  ['22:22', 1342],
  ['01:20', '01:20'],
  ['1:2:3', 3723],
  ['1:30.5', 90.5],
  ['1e3', '1e3'],
  ['1.0e+3', 1000],
  ['.5', 0.5],
  ['-.5', '-.5'],
  ['.inf', Number.POSITIVE_INFINITY],
  ['1.2.3', '1.2.3'],
  ['2020-01-02', '2020-01-02'],
])('plain %s', (text, value) => {
  expect(resolvePlain(text).value).toBe(value);
});

describe('readYaml', () => {
  const SOURCE =
    'base: &b {x: 1, y: no}\nm:\n  <<: *b\n  mode: 0644\n  time: 22:22\n  s: !unsafe "{{ x }}"\n  l:\n  - "q"\n  k: |\n    hello\n';

  test('knows the places of keys, values and texts, also merged ones', async () => {
    const document = await readYaml(SOURCE, 'f.yml');
    const value = document.value() as { m: { l: string[] } };
    const at = ({ line, col }: { line: number; col: number }) => `${line}:${col}`;
    expect(at(document.placeOf(['m', 'mode'], 'key'))).toBe('4:3');
    expect(at(document.placeOf(['m', 'mode']))).toBe('4:9');
    expect(at(document.placeOf(['m', 'x'], 'key'))).toBe('1:11');
    expect(at(document.placeOf(['m', 'l', 0], 'text'))).toBe('8:6');
    expect(at(document.placeOf(['m', 'k'], 'text'))).toBe('10:5');
    expect(at(document.placeOf(['m', 'nowhere', 'deeper'], 'key'))).toBe('3:3');
    expect(at(document.placeIn(value.m, 'time', 'key'))).toBe('5:3');
    expect(at(document.placeIn(value.m.l, 0))).toBe('8:5');
  });

  test('knows how plain scalars were written, and tells those that may surprise', async () => {
    const document = await readYaml(SOURCE, 'f.yml');
    expect(document.sourceOf(['m', 'mode'])).toBe('0644');
    expect(document.sourceOf(['m', 'l', 0])).toBeUndefined();
    expect(document.notices.map(({ kind, path, source, place }) => [kind, path.join('.'), source, place.line])).toEqual(
      [
        ['bare-boolean', 'base.y', 'no', 1],
        ['octal', 'm.mode', '0644', 4],
        ['base60', 'm.time', '22:22', 5],
      ],
    );
    expect(document.isUnsafe(['m', 's'])).toBe(true);
    expect(document.isUnsafe(['m', 'mode'])).toBe(false);
  });

  test.each([
    ['JSON as JSON', '{"a": 1e3, "b":\t[0.5,\n\t"\\u00e9"]}', { a: 1000, b: [0.5, 'é'] }],
    ['CRLF', 'a: 1\r\nb:\r\n  - c\r\n', { a: 1, b: ['c'] }],
    ['a byte order mark', '\ufeffa: 1\n', { a: 1 }],
    ['names of objects as ordinary keys', 'constructor: 1\ntoString: 2\n', { constructor: 1, toString: 2 }],
    [
      'several merges, the first one first',
      'a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b], z: 3}\n',
      { a: { x: 1 }, b: { x: 2, y: 2 }, c: { x: 1, y: 2, z: 3 } },
    ],
    ['nothing', '# only this\n', null],
  ])('reads %s', async (_, text, value) => {
    expect(JSON.parse(JSON.stringify((await readYaml(text, 'f.yml')).value()))).toEqual(value);
  });

  test.each([
    ['a: 1\nb: 2\na: 3\n', 'f.yml:3:1: the key "a" stands here twice'],
    ['a: {x: 1, x: 2}\nb: {y: 1, y: 2}\n', 'f.yml:2:11: the key "y" stands here twice'],
    ['__proto__: 1\n', 'f.yml:1:1: the key "__proto__" is refused'],
    ['a: !vault |\n  $ANSIBLE_VAULT\n', 'Ansible Vault'],
    ['a: !other 1\n', 'f.yml:1:11: unknown tag "!other"'],
    ['a: {{ x }}\n', 'quote a value that starts with {{'],
    ['a: *b\n', 'no anchor "&b"'],
    ['a: &a [*a]\n', 'stands inside what it stands for'],
    [BOMB, 'aliases stand for more than 2000000 values'],
    ['['.repeat(100_000), 'nested too deeply'],
    ['- '.repeat(100_000), 'nested too deeply'],
    [Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 'nested too deeply'],
    ['a: 1\n---\nb: 1\n', 'f.yml:2:1: a second document begins here'],
    ['\ta: 1\n', 'never with tabs'],
    ['a: \u0007\n', 'f.yml:1:4: a control character (0x07)'],
    [Buffer.from([0x61, 0x3a, 0x0a, 0xff]), 'f.yml:2:1: this is not UTF-8'],
    ['x'.repeat(10 * 1024 * 1024 + 1), 'larger than 10 MB'],
    ['<<: 1\n', 'a merge key (<<) needs a mapping'],
  ])('refuses %.30j', async (content, message) => {
    expect(await refusal(content)).toContain(message);
  });
});
