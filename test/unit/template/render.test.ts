import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/base/value.js';
import { compiler, place, render, scopeOf } from './scope.js';

const variables = {
  name: 'web1',
  port: 8080,
  zero: 0,
  yes: true,
  no: false,
  nothing: null,
  empty: [],
  text: '<&">\'',
  list: ['a', 'b'],
  items: [
    { n: 1, t: ['x'] },
    { n: 2, t: ['y', 'z'] },
  ],
  os: { name: 'Debian', version: { major: 12 } },
  length: 7,
  now: 'variable',
};

describe('what templates render to', () => {
  it.each<[string, string]>([
    ['a {{name}} b', 'a web1 b'],
    ['a {{text}} b', 'a <&">\' b'],
    ['{{yes}} {{no}} [{{nothing}}] {{zero}}', 'true false [] 0'],
    ['x {{list.[1]}} {{list.length}}', 'x b 2'],
    ['x {{items.[1].t.[0]}}', 'x y'],
    ['x {{os.version.major}}', 'x 12'],
    ['x {{os/name}}', 'x Debian'],
    ['x {{[name]}}', 'x web1'],
    ['x {{./name}} {{this.name}}', 'x web1 web1'],
    ['x {{length}} {{now}}', 'x 7 variable'],
    ['x {{@root.name}}', 'x web1'],
    ['\\{{name}} {{name}}', '{{name}} web1'],
    ['{{"{{"}} .Names }}', '{{ .Names }}'],
    ['{{{{raw}}}} {{name}} {% if %} {{{{/raw}}}}', ' {{name}} {% if %} '],
    ['a{{! comment }}b{{!-- }} --}}c', 'abc'],
    ['{{#if yes}}1{{/if}}{{#if no}}2{{/if}}{{#if missing}}3{{/if}}{{#if empty}}4{{/if}}{{#if zero}}5{{/if}}', '1'],
    ['{{#if zero includeZero=true}}0{{/if}}.', '0.'],
    ['{{#if os.missing}}1{{else}}2{{/if}}', '2'],
    ['{{#if missing.deeper.still}}1{{else}}2{{/if}}', '2'],
    ['{{#if (eq port 1)}}1{{else if (gt port 8000)}}2{{else}}3{{/if}}', '2'],
    ['{{#unless no}}1{{else}}2{{/unless}}', '1'],
    ['{{#each list}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{/each}}', '0a,1b'],
    ['{{#each list as |item i|}}{{i}}{{item}}{{@root.name}}{{/each}}', '0aweb11bweb1'],
    ['{{#each os}}{{@key}}{{#if @first}}!{{/if}} {{/each}}', 'name! version '],
    [
      '{{#each items}}{{n}}{{../name}}{{#each t}}{{this}}{{../n}}{{../../port}}{{@../index}}{{/each}};{{/each}}',
      '1web1x180800;2web1y280801z280801;',
    ],
    ['{{#each items}}{{#if n}}{{../port}}{{/if}}{{/each}}', '80808080'],
    ['{{#each items as |i|}}{{#each i.t as |u|}}{{i.n}}{{u}}{{/each}}{{/each}}', '1x2y2z'],
    ['{{#each empty}}1{{else}}{{name}}{{/each}}', 'web1'],
    ['{{#each nothing}}1{{else}}2{{/each}}', '2'],
    ['{{#with os}}{{name}} {{version.major}} {{../port}}{{/with}}', 'Debian 12 8080'],
    ['{{#with os as |o|}}{{o.name}}{{/with}}', 'Debian'],
    ['{{#with empty}}1{{else}}{{name}}{{/with}}', 'web1'],
    ['{{#with (lookup items 1)}}{{n}}{{/with}}', '2'],
    ['a\n{{#if yes}}\n  b\n{{/if}}\nc\n', 'a\n  b\nc\n'],
    ['a\n{{#each list}}\n- {{this}}\n{{/each}}\nc', 'a\n- a\n- b\nc'],
    ['a  {{~name~}}  b', 'aweb1b'],
    ['{{default missing name}} {{default os.x "y"}} {{default name "z"}}', 'web1 y web1'],
    ['{{upper (concat name "-" port)}}', 'WEB1-8080'],
    ['{{#each (sort list reverse=true)}}{{this}}{{/each}}', 'ba'],
    ['{{#each list as |length|}}{{length}}{{/each}}', 'ab'],
  ])('%s', (source, expected) => {
    expect(render(`${source}`, variables)).toBe(expected);
    expect(compiler().file(source, 'a.hbs').render(scopeOf(variables))).toBe(expected);
  });

  it('helpers without arguments answer where no variable has their name', () => {
    expect(render('{{now}}')).toBe('2026-01-31T09:05:07Z');
    expect(render('{{string (now)}}', variables)).toBe('2026-01-31T09:05:07Z');
  });

  it('a file is always text', () => {
    expect(compiler().file('{{port}}', 'a.hbs').render(scopeOf(variables))).toBe('8080');
  });
});

describe('equal texts', () => {
  it('are compiled once and tell each its own place', () => {
    const shared = compiler();
    const [one, other] = [1, 2].map((line) => shared.value('{{nope}}', { file: 'p.yml', line, col: 1 }));
    expect(() => one!.render(scopeOf({}))).toThrow('p.yml:1:3: "nope" is not defined');
    expect(() => other!.render(scopeOf({}))).toThrow('p.yml:2:3: "nope" is not defined');
  });
});

it('a name that is both mapping key and JavaScript property is the key', () => {
  const odd = JSON.parse('{"constructor": 1, "toString": 2, "length": 3}') as Value;
  expect(render('{{odd.constructor}}{{odd.toString}}{{odd.length}}', { odd })).toBe('123');
  expect(
    compiler()
      .value('{{constructor}}', place)
      .render(scopeOf({ constructor: 5 })),
  ).toBe(5);
});
