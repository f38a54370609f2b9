import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/base/error.js';
import { emptyMapping, type Value, type Values } from '../../../src/base/value.js';
import { compiler, place, render, scopeOf } from './scope.js';

describe('constants', () => {
  const value = { a: [1, 'two', null, true], b: { c: 'no braces } here', d: 1.5 } };
  const compiled = compiler().value(value, place);

  it('have no references and stay the same frozen object', () => {
    expect(compiled.references).toEqual([]);
    expect(compiled.place).toEqual(place);
    const first = compiled.render(scopeOf({}));
    expect(first).toEqual(value);
    expect(compiled.render(scopeOf({}))).toBe(first);
    expect(Object.isFrozen(first)).toBe(true);
    expect(Object.isFrozen((first as { a: Value }).a)).toBe(true);
  });

  it('inside a value with templates stay the same object too', () => {
    const mixed = compiler().value({ fixed: { a: [1] }, other: '{{x}}' }, place);
    const [one, other] = [1, 2].map((x) => mixed.render(scopeOf({ x })) as { fixed: Value; other: Value });
    expect(one!.fixed).toBe(other!.fixed);
    expect([one!.other, other!.other]).toEqual([1, 2]);
  });

  it('that are templates without names are rendered once', () => {
    const compiledNow = compiler().value('{{list 1 2}}', place);
    expect(compiledNow.references).toEqual([]);
    expect(compiledNow.render(scopeOf({}))).toBe(compiledNow.render(scopeOf({})));
    expect(Object.isFrozen(compiledNow.render(scopeOf({})))).toBe(true);
  });
});

describe('a string that is exactly one expression', () => {
  const anything = fc.jsonValue({ maxDepth: 3 }).map((value) => value as Value);

  it('keeps the type of what it names, and the very object', () => {
    fc.assert(
      fc.property(anything, (x) => {
        expect(render('{{x}}', { x })).toBe(x);
        expect(render('{{ x }}', { x })).toBe(x);
        expect(render('{{a.b}}', { a: { b: x } })).toBe(x);
        expect(render('{{default nothing x}}', { x })).toBe(x);
      }),
    );
  });

  it.each<[string, Value]>([
    ['{{port}}', 8080],
    ['{{add port 1}}', 8081],
    ['{{~port~}}', 8080],
    ['{{{port}}}', 8080],
    [' {{port}}', ' 8080'],
    ['{{port}}\n', '8080\n'],
    ['{{port}}{{port}}', '80808080'],
    ['{{eq port 8080}}', true],
    ['{{"text"}}', 'text'],
    ['{{12}}', 12],
    ['{{null}}', null],
    ['{{! nothing }}', ''],
    ['{{#if port}}{{port}}{{/if}}', '8080'],
  ])('%s gives %j', (source, expected) => {
    expect(render(source, { port: 8080 })).toBe(expected);
  });
});

describe('lists and mappings', () => {
  it('render all the way down, keys as they are', () => {
    const value = { '{{k}}': ['{{x}}', { deep: 'a {{x}}' }], __proto__x: '{{x}}' };
    expect(render(value, { x: 1 })).toEqual({ '{{k}}': [1, { deep: 'a 1' }], __proto__x: 1 });
  });

  it('keep a key called __proto__ an ordinary key', () => {
    const value = Object.assign(emptyMapping(), JSON.parse('{"__proto__": "{{x}}"}') as Values);
    const result = render(value, { x: { polluted: true } }) as object;
    expect(Object.getPrototypeOf(result)).toBe(null);
    expect(Object.keys(result)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBe(undefined);
  });

  it('tell all problems at once, each at its own place', () => {
    const placeOf = (path: readonly (string | number)[]) => ({ file: 'p.yml', line: path.length, col: 3 });
    const compile = () => compiler().value({ a: '{{#if}}', b: ['{{> x}}'] }, place, placeOf);
    expect(compile).toThrow(InputError);
    try {
      compile();
    } catch (error) {
      expect((error as InputError).problems.map((problem) => problem.place?.line)).toEqual([1, 2]);
    }
  });
});

it('reads each name only when it is needed', () => {
  const scope = scopeOf({ a: true, b: 1, c: 2 });
  expect(compiler().value('{{#if a}}{{b}}{{else}}{{c}}{{/if}}', place).render(scope)).toBe('1');
  expect([...scope.reads.keys()]).toEqual(['a', 'b']);
});

it('lets errors of the scope through unchanged', () => {
  const error = new Error('mine');
  const scope = {
    has: () => true,
    get: () => {
      throw error;
    },
  };
  for (const source of ['{{x}}', '{{default x 1}}', '{{upper x}}']) {
    expect(() => compiler().value(source, place).render(scope)).toThrow(error);
  }
});
