import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { build } from '../../../src/base/yaml/build.js';
import { compose } from '../../../src/base/yaml/compose.js';
import type { YamlNode } from '../../../src/base/yaml/node.js';
import { readSimple } from '../../../src/base/yaml/simple.js';

const PLAYBOOK = `---
# a play
- name: Web servers
  hosts: web:&prod
  become: yes
  vars:
    port: 8080
    mode: 0644
    urls: [http://a/, "b c", {x: 1, y: }]
  tasks:
    - name: "Copy: a file"
      copy:
        dest: /etc/motd   # where
        content: |
          Hello
            there

          # not a comment
        mode: '0644'
      when: x == 'it''s' and y != "z"
      notify:
      - Restart
      - other

    - command: echo one two
      args:
        chdir: /tmp
    - debug: {msg: "{{ port }} \\n"}
    -
      ping:
    - - a
      - b
    - shell: >-
        folded
        text

        and more
      # a comment between
      register: out
  handlers: []
`;

/** Nodes as plain data; where nothing is written, the place of the nothing does not matter. */
function bare(node: YamlNode | undefined): unknown {
  return JSON.parse(JSON.stringify(node ?? null), (_, value) => (value?.plain && value.text === '' ? null : value));
}

/** Where the simple reader answers at all, the general one answers the same, places included. */
async function compare(text: string): Promise<boolean> {
  const simple = readSimple(text);
  if (!simple) return false;
  const general = await compose(text);
  expect({ text, problems: general.problems }).toEqual({ text, problems: [] });
  expect({ text, root: bare(simple.root) }).toEqual({ text, root: bare(general.root) });
  return true;
}

const word = fc.constantFrom(
  'a',
  'b c',
  'x: y',
  '- z',
  '#no',
  'yes',
  '0644',
  "it's",
  '"q"',
  "'s'",
  '{{ v }}',
  '{a: 1}',
  '[1, b]',
  '',
  '~',
  'a#b',
  'a: ',
  ':',
  '-',
  '-1',
  '--',
  '|',
  '>-',
  '...',
  '---',
  '\\n',
  '"\\t"',
  '!x',
  '*y',
  '&z',
  '<<',
  '?',
  '% d',
  '@',
  '\t',
  'http://x',
  '{',
  '}]',
);
const line = fc
  .tuple(
    fc.nat(8),
    fc.constantFrom(
      '',
      '- ',
      '- - ',
      'k: ',
      'key:',
      '"q k": ',
      '- k: ',
      '# ',
      '-',
      'k:  ',
      '- k:',
      'j: |',
      'j: >',
      'j: |-',
      '- |+',
    ),
    word,
  )
  .map(([indent, start, text]) => ' '.repeat(indent) + start + text);

/** Lines that are likely to fit together. */
function tree(depth: number): fc.Arbitrary<string[]> {
  const leaf = word.map((text) => [text]);
  if (depth === 0) return leaf;
  const inner = tree(depth - 1);
  const mapping = fc.array(fc.tuple(fc.constantFrom('a', 'b', '"c d"', "'e'", 'f g'), inner, fc.boolean()), {
    minLength: 1,
    maxLength: 3,
  });
  const list = fc.array(inner, { minLength: 1, maxLength: 3 });
  const block = fc.tuple(
    fc.constantFrom('|', '>', '|-', '>-', '|+', '>+'),
    fc.array(fc.constantFrom('x', '  y', '', '   ', '# c', 'z z'), { maxLength: 4 }),
  );
  return fc.oneof(
    leaf,
    mapping.map((pairs) =>
      pairs.flatMap(([key, lines, apart]) =>
        lines.length === 1 && !apart ? [`${key}: ${lines[0]}`] : [`${key}:`, ...lines.map((each) => `  ${each}`)],
      ),
    ),
    list.map((items) => items.flatMap(([first, ...rest]) => [`- ${first}`, ...rest.map((each) => `  ${each}`)])),
    block.map(([style, lines]) => [`k: ${style}`, ...lines.map((each) => `  ${each}`)]),
  );
}

describe('the simple reader', () => {
  test('reads an ordinary playbook', async () => {
    expect(await compare(PLAYBOOK)).toBe(true);
    const { value } = build(readSimple(PLAYBOOK)!.root, false);
    expect(value).toMatchObject([{ become: true, vars: { port: 8080, mode: 420 }, handlers: [] }]);
  });

  test.each([
    '',
    '# only a comment\n',
    '---\n',
    'a:\n',
    '[]',
    '{a: 1}',
    '- a',
    'a: |\n  x\n\n\n',
    'a: |+\n  x\n\n\n',
    'a: >\n  x\n  y\n\n  z\n',
    'a:\n- 1\n- 2\nb: 3\n',
    '- a: 1\n  b: 2\n- c\n',
  ])('knows %j', async (text) => {
    expect(await compare(text)).toBe(true);
  });

  test.each([
    'a: &x 1',
    'a: *x',
    'a: !t 1',
    'a: b\n  c',
    '"a\n b": 1',
    'a\n',
    'a: b: c',
    '\ta: 1',
    'a: [1,\n 2]',
    'a: 1\n...\n',
    'a: {{ x }}',
    '? a\n: b',
    'a: 1\r\n',
    '<<: 1',
    'a: "\\x41"',
    '--- a',
    'a: |2\n   x\n',
    '- a\nb: 1\n',
    '---#\na: 1\n',
  ])('leaves %j alone', (text) => {
    expect(readSimple(text)).toBeUndefined();
  });

  const runs = { numRuns: Number(process.env.HOSTWRIGHT_YAML_RUNS ?? 500) };
  test('agrees with the general reader on any lines', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 6 }),
        fc.boolean(),
        async (lines, end) => void (await compare(lines.join('\n') + (end ? '\n' : ''))),
      ),
      runs,
    ));
  test('agrees with the general reader on lines that fit', () =>
    fc.assert(
      fc.asyncProperty(tree(3), async (lines) => void (await compare(`${lines.join('\n')}\n`))),
      runs,
    ));
  test('agrees with the general reader on mangled playbooks', () =>
    fc.assert(
      fc.asyncProperty(
        fc.nat(PLAYBOOK.length),
        fc.nat(4),
        fc.constantFrom(
          '',
          ' ',
          '\n',
          ':',
          '-',
          '"',
          "'",
          '#',
          '{',
          '}',
          '[',
          ',',
          '  ',
          ': ',
          '- ',
          '|',
          '&a ',
          '\n\n',
        ),
        async (at, cut, put) => {
          await compare(PLAYBOOK.slice(0, at) + put + PLAYBOOK.slice(at + cut));
        },
      ),
      runs,
    ));
});
