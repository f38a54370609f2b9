import { describe, expect, it } from 'vitest';
import { compiler, place } from './scope.js';

const sorted = (paths: readonly (readonly string[])[]): string[] => paths.map((path) => path.join('.')).sort();

describe('references of templates', () => {
  it.each<[string, string[], string[]]>([
    ['none', [], []],
    ['{{a}}', ['a'], []],
    ['{{facts.default_ipv4.address}}', ['facts.default_ipv4.address'], []],
    ['{{a}} {{a}} {{b.c}}', ['a', 'b.c'], []],
    ['{{a.[b c].d}} {{./e}} {{this.f}}', ['a.b c.d', 'e', 'f'], []],
    ['{{upper a}} {{concat b (lower c) d}}', ['a', 'b', 'c', 'd'], []],
    ['{{dict x=a y=(list b)}}', ['a', 'b'], []],
    ['{{json a indent=b}}', ['a', 'b'], []],
    ['{{lookup hostvars name}}', ['hostvars', 'name'], []],
    ['{{hostvars.web1.x}}', ['hostvars.web1.x'], []],
    ['{{default a b}}', ['a', 'b'], ['a', 'b']],
    ['{{default (lookup a b) (upper c)}}', ['a', 'b', 'c'], ['a', 'b']],
    ['{{#if a}}{{b}}{{else if c}}{{d}}{{else}}{{e}}{{/if}}', ['a', 'b', 'c', 'd', 'e'], ['a', 'c']],
    ['{{#each a}}{{x}} {{this}} {{../b}} {{@root.c}} {{@index}}{{else}}{{d}}{{/each}}', ['a', 'b', 'c', 'd'], []],
    ['{{#each a as |i k|}}{{i.x}} {{k}} {{#each i}}{{../../b}}{{k}}{{/each}}{{/each}}', ['a', 'b'], []],
    ['{{#each a}}{{#if ../b}}{{../c}}{{/if}}{{upper @root.d}}{{/each}}', ['a', 'b', 'c', 'd'], ['b']],
    ['{{#with a.b}}{{c}} {{../d}}{{/with}}', ['a.b', 'd'], []],
    ['{{length}} {{first}}', ['first', 'length'], []],
    ['{{now}}', ['now'], ['now']],
    ['{{now "%Y"}}', [], []],
    ['{{{{raw}}}}{{a}}{{{{/raw}}}}\\{{b}}{{! {{c}} }}', [], []],
  ])('%s', (source, expected, tolerated) => {
    const compiled = compiler().file(source, 'a.hbs');
    expect(sorted(compiled.references)).toEqual(expected);
    expect([...(compiled.tolerates ?? [])].sort()).toEqual(tolerated);
    if (source.includes('{{')) expect(sorted(compiler().value({ a: [source] }, place).references)).toEqual(expected);
  });
});

describe('references of conditions', () => {
  it.each<[string, string[], string[]]>([
    ['true', [], []],
    ['a && b.c || !d', ['a', 'b.c', 'd'], []],
    ['facts["os"].name == "x"', ['facts.os.name'], []],
    ['hostvars[name].x == 1', ['hostvars', 'name'], []],
    ['a[b[c]].d == 1', ['a', 'b', 'c'], []],
    ['defined(a.b) && default(c, d) == 1', ['a.b', 'c', 'd'], ['a', 'c']],
    ['a.exists(x, x.y == b && x.all(z, z == c))', ['a', 'b', 'c'], []],
    ['a.map(x, x.y)[0] == x', ['a', 'x'], []],
    ['has(a.b) && size(c) > 1 && d.startsWith(e)', ['a.b', 'c', 'd', 'e'], []],
    ['cel.bind(x, a, x == b)', ['a', 'b'], []],
    ['[a, b] == {"k": c}.k', ['a', 'b', 'c'], []],
    ['type(a) == double', ['a'], []],
    ['a.?b.orValue(c) == 1', ['a.b', 'c'], []],
    ['a ? b : c', ['a', 'b', 'c'], []],
  ])('%s', (source, expected, tolerated) => {
    const condition = compiler().condition(source, place);
    expect(sorted(condition.references)).toEqual(expected);
    expect([...(condition.tolerates ?? [])].sort()).toEqual(tolerated);
  });
});
