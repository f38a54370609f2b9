import { describe, expect, it } from 'vitest';
import { HostMemory, HostVariables, shortName, type VariableSources } from '../../../src/engine/variables.js';
import type { VariableLayer } from '../../../src/inventory/inventory.js';
import { Unknowable } from '../../../src/modules/module.js';
import type { Lexical, Role } from '../../../src/playbook/tree.js';
import { TemplateCompiler } from '../../../src/template/index.js';
import { role, variables } from './nodes.js';

const place = { file: 'vars.yml', line: 1, col: 1 };
const layer = (rank: string, values: Readonly<Record<string, unknown>>): VariableLayer =>
  ({ rank, definitions: new Map(Object.entries(values).map(([name, value]) => [name, { value, place }])) }) as never;

interface Given {
  layers?: readonly VariableLayer[];
  extra?: Readonly<Record<string, unknown>>;
  play?: Readonly<Record<string, unknown>>;
  playValues?: readonly VariableLayer[];
  roles?: readonly Role[];
  magic?: Readonly<Record<string, unknown>>;
}
function host(given: Given = {}) {
  const memory = new HostMemory();
  const { magic = {} } = given;
  const sources: VariableSources = {
    host: 'h',
    layers: given.layers ?? [],
    extra: layer('extra vars', given.extra ?? {}),
    play: { vars: variables(given.play ?? {}), roles: given.roles ?? [] } as never,
    playValues: given.playValues ?? [],
    memory,
    compiler: new TemplateCompiler(),
    magic: (name) => magic[name] as never,
    magicNames: new Set(Object.keys(magic)),
  };
  return { memory, variables: new HostVariables(sources) };
}
const lexical = (more: Partial<Lexical>): Lexical => ({ vars: [], params: [], ...more });

describe('precedence', () => {
  it("is Ansible's, from role defaults to extra vars", () => {
    // Each name is defined at its own level and at every weaker one; the value says the level.
    const levels = [
      'other role defaults',
      'role defaults',
      'inventory group',
      'inventory host',
      'play vars',
      'vars_prompt',
      'vars_files',
      'other role vars',
      'role vars',
      'block vars',
      'task vars',
      'set_fact',
      'register',
      'role params',
      'include params',
      'extra vars',
    ] as const;
    const from = (level: (typeof levels)[number]): Record<string, string> =>
      Object.fromEntries(
        levels.slice(levels.indexOf(level)).map((name) => [`v_${name.replaceAll(/\W/g, '_')}`, level]),
      );
    const web = role('web', {
      defaults: variables(from('role defaults')),
      vars: variables(from('role vars')),
      params: variables(from('role params')),
    });
    const other = role('other', {
      defaults: variables(from('other role defaults')),
      vars: variables(from('other role vars')),
    });
    const { memory, variables: all } = host({
      roles: [web, other],
      layers: [layer('group', from('inventory group')), layer('host', from('inventory host'))],
      play: from('play vars'),
      playValues: [layer('vars_prompt', from('vars_prompt')), layer('vars_files', from('vars_files'))],
      extra: from('extra vars'),
    });
    for (const [name, value] of Object.entries(from('register'))) memory.register(name, value);
    memory.setFacts(from('set_fact'));
    const scope = all.scope(
      lexical({
        role: web,
        vars: [variables(from('block vars')), variables(from('task vars'))],
        params: [variables(from('include params'))],
      }),
    );
    // `from` gives a level the names of itself and of what is stronger, so the strongest that has a name is its own level.
    for (const level of levels) expect(scope.get(`v_${level.replaceAll(/\W/g, '_')}`), level).toBe(level);
  });

  it('the last of several roles, blocks and includes wins', () => {
    const [one, two] = ['one', 'two'].map((each) =>
      role(each, { defaults: variables({ d: each }), vars: variables({ v: each }) }),
    );
    const { variables: all } = host({ roles: [one!, two!] });
    expect([all.scope().get('d'), all.scope().get('v')]).toEqual(['two', 'two']);
    const inOne = all.scope(
      lexical({
        role: one!,
        vars: [variables({ b: 1 }), variables({ b: 2 })],
        params: [variables({ p: 1 }), variables({ p: 2 })],
      }),
    );
    expect(['d', 'v', 'b', 'p'].map((name) => inOne.get(name))).toEqual(['one', 'one', 2, 2]);
  });

  it("nothing hides a name of the engine, a loop's names hide everything", () => {
    const { variables: all } = host({
      extra: { inventory_hostname: 'x', item: 'extra' },
      magic: { inventory_hostname: 'h' },
    });
    expect(all.scope().get('inventory_hostname')).toBe('h');
    expect(
      all
        .scope()
        .with(new Map([['item', 'mine']]))
        .get('item'),
    ).toBe('mine');
  });
});

describe('values', () => {
  it('are rendered when they are read, in the scope of the reader, and once', () => {
    let rendered = 0;
    const counted = { place, references: [], render: () => ++rendered };
    const { variables: all } = host({ play: { a: '{{ b }}!', b: '{{ c }}', c: 1, broken: '{{ nowhere }}' } });
    const scope = all.scope(lexical({ vars: [new Map([['counted', counted], ...variables({ c: 2 })])] }));
    expect([scope.get('a'), scope.get('b')]).toEqual(['2!', 2]);
    expect([scope.get('counted'), scope.get('counted'), rendered]).toEqual([1, 1, 1]);
    expect(all.scope().get('b')).toBe(1);
    expect(() => all.scope().get('broken')).toThrow(/nowhere/);
  });

  it.each([
    ['itself', { a: '{{ a }}' }],
    ['two', { a: '{{ b }}', b: 'x{{ a }}' }],
    ['three in a mapping', { a: { x: ['{{ b }}'] }, b: '{{ c }}', c: '{{ a.x }}' }],
  ])('that refer to themselves are an error, not an endless loop: %s', (_name, play) => {
    const { variables: all } = host({ play });
    const scope = all.scope();
    expect(() => scope.get('a')).toThrow(/refers to itself/);
    // and again: the first try leaves nothing behind
    expect(() => scope.get('a')).toThrow(/refers to itself/);
  });

  it('null, false, 0 and an empty text are values', () => {
    const { memory, variables: all } = host({ play: { n: null, f: false, z: 0, e: '' } });
    memory.register('r', null);
    for (const [name, value] of [
      ['n', null],
      ['f', false],
      ['z', 0],
      ['e', ''],
      ['r', null],
    ] as const) {
      expect(all.scope().has(name), name).toBe(true);
      expect(all.scope().get(name), name).toBe(value);
      expect(all.scope().get(name), name).toBe(value);
    }
  });

  it('change when the host has learned something, and not before', () => {
    const { memory, variables: all } = host({ play: { made: '{{ r }}' } });
    memory.register('r', 1);
    const before = all.scope();
    expect([before.get('made'), all.scope()]).toEqual([1, before]);
    memory.register('r', 2);
    expect(all.scope()).not.toBe(before);
    expect(all.scope().get('made')).toBe(2);
    memory.setFacts({ f: 1 });
    expect(all.scope().get('f')).toBe(1);
  });

  it('that only a run can tell are unknown, until they are known', () => {
    const { memory, variables: all } = host({ play: { made: '{{ r.x }}', plain: 1 } });
    memory.register('r', { x: 1 });
    memory.cannotKnow('r');
    expect(all.scope().has('r')).toBe(true);
    for (const name of ['r', 'made']) expect(() => all.scope().get(name)).toThrow(Unknowable);
    expect(all.scope().get('plain')).toBe(1);
    memory.register('r', { x: 2 });
    expect(all.scope().get('made')).toBe(2);
  });

  it('tell whether they can depend on what tasks do', () => {
    const { memory, variables: all } = host({ play: { constant: 1, made: '{{ constant }}' }, magic: { groups: {} } });
    memory.register('r', 1);
    expect(['constant', 'made', 'groups', 'nowhere', 'r'].map((name) => all.scope().isPlain(name))).toEqual([
      true,
      false,
      true,
      true,
      true,
    ]);
  });

  it('are listed', () => {
    const { memory, variables: all } = host({
      play: { p: 1 },
      extra: { e: 1 },
      layers: [layer('l', { l: 1 })],
      magic: { m: 1 },
    });
    memory.register('r', 1);
    memory.setFacts({ f: 1 });
    const web = role('web', { defaults: variables({ d: 1 }), params: variables({ q: 1 }) });
    const names = new Set(all.scope(lexical({ role: web, vars: [variables({ b: 1 })] })).names());
    expect([...'pelmrfdqb'].filter((name) => !names.has(name))).toEqual([]);
  });

  it('have no names of JavaScript', () => {
    const { variables: all } = host({ play: { a: {} } });
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
      expect(all.scope().has(name), name).toBe(false);
  });
});

it('the short name of a host', () => {
  expect(['web1.example.org', 'web1', ''].map(shortName)).toEqual(['web1', 'web1', '']);
});
