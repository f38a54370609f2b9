import fc from 'fast-check';
import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { parsePlain } from '../../../src/template/handlebars/plain.js';
import { render } from './scope.js';

const variables = {
  a: 'A',
  b: 'B<&>',
  n: 3,
  t: true,
  f: false,
  z: null,
  list: ['x', 'y', 'w'],
  items: [
    { a: 'i1', t: true, list: ['p'] },
    { a: 'i2', t: false, list: [] },
  ],
  m: { a: 'ma', deep: { a: 'mda' }, list: ['q'] },
};

const space = fc.constantFrom('', ' ', '\n', '  \n', 'text', ' {x} ', '\n\n');
const strip = fc.constantFrom('', '', '', '~');

/** Templates that mean something both to Handlebars and to us, with every kind of block and white space. */
const body: fc.Memo<string> = fc.memo((depth) => {
  const plain = fc.oneof(
    space,
    fc.constantFrom('{{@root.a}}', '{{{@root.b}}}', '#{{@root.n}}', '{{@root.z}}', '{{! c }}'),
  );
  if (depth <= 1) return plain;
  const inner = body(depth - 1);
  const pair = fc.tuple(inner, inner).map(([one, other]) => one + other);
  const name = fc.constantFrom('t', 'f', 'z', 'missing', 'list', 'n', 'm.deep').map((path) => `@root.${path}`);
  const block = (kind: string, subject: fc.Arbitrary<string>) =>
    fc
      .tuple(subject, inner, inner, fc.boolean(), strip, strip)
      .map(
        ([on, yes, no, hasElse, one, other]) =>
          `{{${one}#${kind} ${on}${other}}}${yes}${hasElse ? `{{else${other}}}${no}` : ''}{{${other}/${kind}${one}}}`,
      );
  const loops = fc.constantFrom('@root.list', '@root.items', '@root.m', '@root.m.list', '@root.z');
  const bound = fc
    .tuple(loops, inner)
    .map(([on, yes]) => `{{#each ${on} as |e k|}}k{{k}}i{{@index}}f{{@first}}${yes}{{/each}}`);
  const relative = inner.map(
    (yes) => `{{#each @root.items}}{{a}}{{#if t}}${yes}{{/if}}{{#each list}}{{this}}{{../a}}{{/each}}{{/each}}`,
  );
  const chain = fc
    .tuple(name, name, inner, inner, inner)
    .map(([one, other, x, y, w]) => `{{#if ${one}}}${x}{{else if ${other}}}${y}{{else}}${w}{{/if}}`);
  return fc.oneof(
    plain,
    pair,
    block('if', name),
    block('unless', name),
    block('each', loops),
    bound,
    relative,
    chain,
    block('with', fc.constantFrom('@root.m', '@root.m.deep', '@root.z', '@root.t')),
  );
});

describe('our renderer and Handlebars itself', () => {
  const handlebars = Handlebars.create();

  it('render the same', () => {
    fc.assert(
      fc.property(body(4), (inner) => {
        const source = `.${inner}`;
        const theirs = handlebars.compile(source, { strict: true, noEscape: true })(variables);
        expect(render(source, variables)).toBe(theirs);
      }),
      { numRuns: 500 },
    );
  });

  it('differ where numbers stand side by side: Handlebars with noEscape adds them', () => {
    const source = '{{n}}{{n}}';
    expect(handlebars.compile(source, { strict: true, noEscape: true })({ n: 80 })).toBe('160');
    expect(render(source, { n: 80 })).toBe('8080');
  });

  const shape = (program: unknown): unknown =>
    JSON.parse(
      JSON.stringify(program, (key, value) => {
        if (key === 'loc') return (value as { start?: unknown } | undefined)?.start;
        return ['strip', 'escaped', 'original', 'hash', 'standalone'].includes(key) ? undefined : (value as unknown);
      }),
    );

  it('parse plain templates to the same tree', () => {
    const piece = fc.oneof(
      space,
      fc.string({ unit: 'grapheme', maxLength: 5 }),
      fc.constantFrom(
        '{',
        '}',
        '{{',
        '}}',
        '}}}',
        '{{{',
        '\\',
        '\\{{a}}',
        '~',
        '{{a}',
        '{{else}}',
        '{{this}}',
        '{{a.b}}',
      ),
      fc.constantFrom(
        '{{a.true}}',
        '{{ _a1 }}',
        '{{a.b.c }}',
        '{{\ta}}',
        '{{true}}',
        '{{a.0}}',
        '{{a-b}}',
        '{{#if a}}',
      ),
      fc.constantFrom('{{a}}', '{{ a }}', '{{elsewhere}}', '{{trueish}}', '{{thisone}}', '{{ else }}', '{{a.this}}'),
    );
    let parsed = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const source = pieces.join('');
        const ours = parsePlain(source);
        if (!ours) return;
        parsed++;
        const theirs = shape(handlebars.parse(source)) as { body: { type: string; value?: string }[] };
        expect(shape(ours.body)).toEqual(
          theirs.body.filter((node) => node.type !== 'ContentStatement' || node.value !== ''),
        );
      }),
      { numRuns: 2000 },
    );
    expect(parsed).toBeGreaterThan(500);
  });
});
