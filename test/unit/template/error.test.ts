import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/base/error.js';
import { TemplateError } from '../../../src/template/index.js';
import { compiler, failureOf, place, scopeOf } from './scope.js';

const variables = {
  database_port: 5432,
  secret: 's3cr3t',
  secrets: ['s3cr3t', { s3key: 's3cr3t' }],
  facts: { os: { name: 's3cr3t' }, none: null },
  items: [{ n: 1 }],
};

describe('what cannot be rendered', () => {
  it.each<[string, string]>([
    ['{{databse_port}}', 'play.yml:10:17: "databse_port" is not defined (did you mean "database_port"?)'],
    ['port {{ zzz }}', 'play.yml:10:23: "zzz" is not defined'],
    ['{{upper zzz}}', 'play.yml:10:23: "zzz" is not defined'],
    ['{{facts.oss.name}}', '"facts.oss" is not defined (did you mean "os"?)'],
    ['{{facts.os.name.x}}', '"facts.os.name.x" is not defined: "facts.os.name" is a string'],
    ['{{facts.none.x}}', '"facts.none.x" is not defined: "facts.none" is null'],
    ['{{secrets.[7]}}', '"secrets.7" is not defined: "secrets" is a list'],
    ['{{secrets.push}}', '"secrets.push" is not defined'],
    ['{{#each zzz}}{{/each}}', '"zzz" is not defined'],
    ['{{#with zzz}}{{/with}}', '"zzz" is not defined'],
    ['{{#if (eq zzz 1)}}{{/if}}', '"zzz" is not defined'],
    ['{{default (upper zzz) 1}}', '"zzz" is not defined'],
    ['{{#each items}}{{database_port}}{{/each}}', 'the item: write @root.database_port'],
    ['{{#each secrets}}{{x}}{{/each}}', '"x" is not defined: the item is a string'],
    ['{{#each secret}}{{/each}}', '#each needs a list or a mapping, not a string'],
    ['a {{secrets}}', 'secrets is a list, which cannot be put into text as it is (say how: {{json secrets}}'],
    ['a {{facts.os}}', 'facts.os is a mapping, which'],
    ['a {{sort (list 1 2)}}', '(sort ..) is a list'],
    ['{{required zzz "set zzz in group_vars"}}', 'required: set zzz in group_vars'],
    ['{{lookup facts "zzz"}}', 'lookup: there is nothing under that name'],
    ['{{first (list)}}', 'first: the list is empty'],
    ['{{add secret 1}}', 'add: the first argument must be a number, not a string (write (int x)'],
    ['{{join secret}}', 'join: the first argument must be a list, not a string (it is written join LIST [SEPARATOR])'],
  ])('%s', (source, message) => {
    const error = failureOf(source, variables);
    expect(error).toBeInstanceOf(TemplateError);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('s3');
  });

  it('names the variable, so that others can say where it should be defined', () => {
    expect((failureOf('{{a.b}}', { a: {} }) as TemplateError).variable).toBe('a.b');
    expect((failureOf('{{a}}') as TemplateError).variable).toBe('a');
  });
});

describe('what does not parse', () => {
  it.each<[string, string]>([
    ['{{#if x}}', ': a block or a {{ is not closed'],
    ['{{x', 'play.yml:10:15: the template does not parse: a {{ is not closed'],
    ['{{#each x}}{{/if}}', '{{#each}} is closed by {{/if}}'],
    ['{{/if}}', 'a block is closed that was not opened'],
    ['{{upprr x}}', 'upprr is not a helper (did you mean "upper"?)'],
    ['{{default (uppr x) 1}}', 'play.yml:10:25: uppr is not a helper'],
    ['{{a.b c}}', 'a.b is not a helper'],
    ['{{default x}}', 'default takes 2 arguments, not 1 (it is written default VALUE OTHER [empty=true])'],
    ['{{json x indnt=2}}', 'json has no option indnt= (did you mean "indent"?)'],
    ['{{> header}}', 'templates have no partials'],
    ['{{* inline}}', 'templates have no decorators'],
    ['{{#x}}{{/x}}', '#x is not known (write {{#if x}}, {{#each x}} or {{#with x}})'],
    ['{{^x}}{{/x}}', '#x is not known'],
    ['{{#upper x}}{{/upper}}', 'upper is not a block helper (write {{upper ..}}'],
    ['{{#if a b}}{{/if}}', '#if takes one argument, not 2'],
    ['{{#if}}{{/if}}', '#if takes one argument, not 0'],
    ['{{#if x as |y|}}{{/if}}', '#if gives 0 names after "as", not 1'],
    ['{{#each x as |a b c|}}{{/each}}', '#each gives 2 names after "as", not 3'],
    ['{{#each x indx=1}}{{/each}}', '#each has no option indx='],
    ['{{this}}', 'this has a meaning only inside #each and #with'],
    ['{{../x}}', '../x goes above the top'],
    ['{{@index}}', '@index has a meaning only inside #each'],
    ['{{#each x}}{{@../index}}{{/each}}', '@../index has a meaning only inside #each'],
    ['{{@indx}}', '@indx is not known'],
    ['{{json @root}}', '@root alone is not a value'],
    ['{{upper undefined}}', 'undefined is not a value'],
    ['{{"a" b}}', 'a literal takes no arguments'],
  ])('%s', (source, message) => {
    const error = failureOf(source, { x: [1] });
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(message);
  });

  it('tells every problem of a template', () => {
    expect((failureOf('{{foo x}} {{> y}} {{bar z}}') as InputError).problems).toHaveLength(3);
  });

  it.each<[string, number, number]>([
    ['{{foo x}}', 10, 15],
    ['text {{foo x}}', 10, 20],
    ['one\ntwo {{foo x}}\n', 12, 5],
  ])('%j is told at line %i, column %i of the YAML file', (source, line, col) => {
    expect((failureOf(source) as InputError).problems[0]!.place).toEqual({ file: 'play.yml', line, col });
  });

  it('is told at the exact line and column of a template file', () => {
    expect(() => compiler().file('one\ntwo {{foo x}}\n', 'a.hbs')).toThrow('a.hbs:2:5: foo is not a helper');
    const rendering = compiler().file('one\n  {{x}}\n', 'a.hbs');
    expect(() => rendering.render(scopeOf({}))).toThrow('a.hbs:2:5: "x" is not defined');
  });
});

describe('Jinja in a template', () => {
  it.each<[string, string]>([
    ['{% if x %}a{% endif %}', 'write {{#if x}}'],
    ['{{a}} {%- for x in y %}', 'write {{#each list as |item|}}'],
    ['{% set x = 1 %}', 'define a variable'],
    ['{{ x | default(1) }}', 'write {{default x 1}}'],
    ['{{ x|to_nice_json }}', 'write {{json x}}'],
    ["{{ x | join(',') }}", "write {{join x ','}}"],
    ['{{ x | sort | first }}', 'helpers come first and nest'],
    ['{{ a if b else c }}', 'write {{ternary condition one other}}'],
    ['{{ x[0] }}', 'write {{x.[0]}}'],
    ["{{ x['eth0'].address }}", 'write {{x.[eth0].address}}'],
    ['{{ x.0 }}', 'write {{x.[0]}}'],
    ["{{ lookup('env', 'HOME') }}", '{{lookup a b}}'],
    ['{{ a == b }}', 'write {{eq a b}}'],
    ['{{#if a == b}}{{/if}}', 'write {{#if (eq a b)}}'],
    ['{{ a + 1 }}', 'write {{add a b}}'],
    ['docker ps --format {{.Names}}', 'write \\{{'],
  ])('%s', (source, hint) => {
    const error = failureOf(source, { a: 1, b: 2, x: 1 });
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(hint);
  });

  it.each(['awk {%s}', 'a %} b {% b', '100{%', '{%x%}'])('is not seen in %s', (source) => {
    expect(compiler().value(source, place).render(scopeOf({}))).toBe(source);
  });
});
