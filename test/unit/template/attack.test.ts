import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/base/error.js';
import type { Value } from '../../../src/base/value.js';
import { parse } from '../../../src/template/handlebars/parse.js';
import { TemplateError } from '../../../src/template/index.js';
import { compiler, conditionFailure, failureOf, place, render, scopeOf } from './scope.js';

const JAVASCRIPT = [
  'constructor',
  '__proto__',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__defineGetter__',
  'valueOf',
];

describe('what is JavaScript’s own', () => {
  it.each(JAVASCRIPT)('%s is out of reach of templates', (name) => {
    const variables = { m: { a: 1 }, l: [1], s: 'text', n: 1, name };
    for (const path of [`[${name}]`, `m.[${name}]`, `l.[${name}]`, `s.[${name}]`, `n.[${name}]`, `@root.[${name}]`]) {
      expect(failureOf(`{{${path}}}`, variables), path).toBeInstanceOf(TemplateError);
      expect(render(`{{default ${path} "safe"}}`, variables)).toBe('safe');
    }
    expect(render('{{default (lookup m name) "safe"}}{{default (lookup l name) "safe"}}', variables)).toBe('safesafe');
    expect(failureOf(`{{#each l}}{{this.[${name}]}}{{/each}}`, variables)).toBeInstanceOf(TemplateError);
  });

  it.each([
    'm.constructor',
    'l.constructor',
    's.constructor',
    'm["constructor"]',
    'm.__proto__',
    'l["length"]',
    's["toString"]',
  ])('%s is out of reach of conditions', (path) => {
    const error = conditionFailure(`${path} == 1`, { m: { a: 1 }, l: [1], s: 'text' });
    expect(error instanceof TemplateError || error instanceof InputError).toBe(true);
    expect(compiler().condition(`defined(${path}) && ${path} == 2`, place)).toBeDefined();
  });

  it('stays untouched by what templates make', () => {
    const made = render('{{merge a b}}', { a: JSON.parse('{"__proto__": {"bad": 1}}'), b: { c: 1 } }) as object;
    expect(Object.getPrototypeOf(made)).toBe(null);
    expect(({} as { bad?: number }).bad).toBe(undefined);
    expect(Object.getPrototypeOf(render('{{dict __proto__=1}}'))).toBe(null);
  });

  it('no helper is found by the name of one', () => {
    for (const name of JAVASCRIPT) {
      expect(failureOf(`{{${name} 1}}`)).toBeInstanceOf(InputError);
      expect(failureOf(`{{#${name} 1}}{{/${name}}}`)).toBeInstanceOf(InputError);
      expect(failureOf(`{{@${name}}}`)).toBeInstanceOf(InputError);
    }
  });
});

describe('forged input', () => {
  const forged = {
    type: 'Program',
    body: [{ type: 'MustacheStatement', params: [], path: { type: 'NumberLiteral', value: '1' } }],
  };

  it('a syntax tree in the place of a text is never parsed', () => {
    expect(() => parse(forged as never)).toThrow(TypeError);
    expect(render('{{tree}}', { tree: forged })).toBe(forged);
    expect(
      compiler()
        .value(forged as Value, place)
        .render(scopeOf({})),
    ).toEqual(forged);
  });

  it('a template in a value is text, not a template', () => {
    expect(render('{{x}}', { x: '{{secret}}', secret: 1 })).toBe('{{secret}}');
    expect(render('a {{x}}', { x: '{{secret}}', secret: 1 })).toBe('a {{secret}}');
  });
});

describe('what would take for ever', () => {
  const quickly = (run: () => unknown) => {
    const start = performance.now();
    run();
    expect(performance.now() - start).toBeLessThan(3000);
  };

  it('patterns are stopped', () => {
    const x = `${'a'.repeat(50)}!`;
    quickly(() => expect(failureOf('{{regex_search x "^(a+)+$"}}', { x }).message).toContain('takes too long'));
    quickly(() =>
      expect(failureOf('{{regex_replace x "(a|a)*(b|a)*c" ""}}', { x }).message).toContain('takes too long'),
    );
    quickly(() => expect(conditionFailure('x.matches("^(a+)+$")', { x }).message).toContain('takes too long'));
  });

  it('nesting is bounded', () => {
    const calls = `${'{{not '}${'(not '.repeat(5000)}true${')'.repeat(5000)}}}`;
    const blocks = `${'{{#if a}}'.repeat(5000)}${'{{/if}}'.repeat(5000)}`;
    quickly(() => expect(failureOf(calls).message).toContain('nested too deeply'));
    quickly(() => expect(failureOf(blocks).message).toContain('nested too deeply'));
  });

  it('many blocks side by side are not nesting', () => {
    expect(render('{{#if a}}({{^}}x{{/if}}'.repeat(500), { a: true })).toBe('('.repeat(500));
  });

  it('loops in loops are bounded', () => {
    const l = Array.from({ length: 300 }, () => 'x'.repeat(100));
    const source = '{{#each l}}{{#each @root.l}}{{#each @root.l}}{{this}}{{/each}}{{/each}}{{/each}}';
    quickly(() => expect(failureOf(source, { l }).message).toContain('too long'));
  });
});
