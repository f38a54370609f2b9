import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../../src/base/error.js';
import type { Value } from '../../../src/base/value.js';
import { checkRoleArguments } from '../../../src/playbook/index.js';
import type { Variables } from '../../../src/playbook/tree.js';
import { flat, load, nothing, onePlay } from './project.js';

const values = (variables: Variables) =>
  Object.fromEntries([...variables].map(([name, value]) => [name, value.render(nothing)]));
const labels = async (files: Record<string, string>) =>
  flat((await onePlay(files)).sections[1]!).map(({ label }) => label);

describe('roles', () => {
  it('have defaults, variables and parameters, those of dependencies being weaker', async () => {
    const play = await onePlay({
      'site.yml': '- hosts: all\n  roles: [{role: r, p: 1, vars: {a: use, u: 1}, when: x}]\n',
      'roles/r/tasks/main.yml': '- ping:\n',
      'roles/r/vars/main.yaml': 'a: role\nb: role\n',
      'roles/r/defaults/main/1.yml': 'd: 1\ne: 1\n',
      'roles/r/defaults/main/2.yml': 'e: 2\n',
      'roles/r/meta/main.yml': 'dependencies: [{role: s, q: 2}]\n',
      'roles/s/tasks/main.yml': '- command: ls\n',
      'roles/s/vars/main.yml': 'b: dependency\nc: dependency\n',
      'roles/s/defaults/main.yml': 'e: 0\nf: 0\n',
    });
    const [ofS, ofR] = flat(play.sections[1]!);
    expect(ofS!.lexical.role!.name).toBe('s');
    expect(ofS!.keywords.when.map(({ source }) => source)).toEqual(['x']);
    expect(values(ofS!.lexical.role!.params)).toEqual({ p: 1, q: 2 });
    const role = ofR!.lexical.role!;
    expect(values(role.params)).toEqual({ p: 1 });
    expect(values(role.vars)).toEqual({ a: 'use', b: 'role', c: 'dependency', u: 1 });
    expect(values(role.defaults)).toEqual({ d: 1, e: 2, f: 0 });
    expect(play.roles.map(({ name }) => name)).toEqual(['s', 'r']);
  });

  it('are found beside the playbook, in the project, in further folders, and beside other roles', async () => {
    const play = await load(
      {
        'books/site.yml': '- hosts: all\n  roles: [a, b, c, ./sub/d]\n',
        'books/roles/a/tasks/main.yml': '- {ping: , name: a}\n',
        'roles/a/tasks/main.yml': '- {ping: , name: wrong}\n',
        'roles/b/tasks/main.yml': '- {ping: , name: b}\n',
        'more/c/tasks/main.yml': '- {ping: , name: c}\n',
        'more/e/tasks/main.yml': '- {ping: , name: e}\n',
        'more/c/meta/main.yml': 'dependencies: [e]\n',
        'books/sub/d/tasks/main.yml': '- {ping: , name: d}\n',
      },
      'books/site.yml',
      ['more'],
    );
    expect(flat(play.plays[0]!.sections[1]!).map(({ label }) => label)).toEqual(['a', 'b', 'e', 'c', 'd']);
  });

  const common = {
    'roles/c/tasks/main.yml': '- {ping: , name: common}\n',
    'roles/d/meta/main.yml': 'dependencies: [c]\n',
    'roles/d/tasks/main.yml': '- {ping: , name: d}\n',
  };

  it('come once for each set of parameters', async () => {
    const roles = '[c, c, d, {role: c, x: 1}, {role: c, x: 1}, {role: c, x: 2}]';
    expect(await labels({ ...common, 'site.yml': `- hosts: all\n  roles: ${roles}\n` })).toEqual([
      'common',
      'd',
      'common',
      'common',
    ]);
  });

  it('come again where they allow it', async () => {
    const meta = { 'roles/c/meta/main.yml': 'allow_duplicates: true\n' };
    expect(await labels({ ...common, ...meta, 'site.yml': '- hosts: all\n  roles: [c, c, d]\n' })).toEqual([
      'common',
      'common',
      'common',
      'd',
    ]);
  });

  it('come again under other conditions, marked as the same use', async () => {
    const play = await onePlay({ ...common, 'site.yml': '- hosts: all\n  roles: [{role: d, when: x}, c]\n' });
    const [first, , second] = flat(play.sections[1]!);
    expect([first!.label, second!.label]).toEqual(['common', 'common']);
    expect(first!.lexical.role!.once).toBe(second!.lexical.role!.once);
    expect(first!.lexical.role!.once).toBeDefined();
  });

  it('warn where a parameter looks like a keyword', async () => {
    const { warnings } = await load({ ...common, 'site.yml': '- hosts: all\n  roles: [{role: c, whne: x}]\n' });
    expect(warnings.map(formatProblem)).toEqual([
      'site.yml:2:21: "whne" is taken as a parameter of the role (did you mean the keyword "when"?)',
    ]);
  });
});

describe('argument specifications', () => {
  const specification = async (options: string, file = 'roles/r/meta/argument_specs.yml') => {
    const content = `argument_specs:\n  main:\n    short_description: Does it\n    options: ${options}\n`;
    const play = await onePlay({
      'site.yml': '- hosts: all\n  roles: [r]\n',
      'roles/r/tasks/main.yml': '- ping:\n',
      [file]: content,
    });
    return play.roles[0]!.argumentSpec!;
  };
  const check = async (options: string, given: Record<string, Value>) =>
    checkRoleArguments(await specification(options), new Map(Object.entries(given))).map(formatProblem);
  const at = 'roles/r/meta/argument_specs.yml:3:5: ';

  it('are read from either file', async () => {
    const spec = await specification('{a: {type: list, elements: int, default: [1], description: [One., Two.]}}');
    expect(spec).toMatchObject({
      description: 'Does it',
      options: { a: { type: 'list', elements: 'int', default: [1], required: false, description: 'One. Two.' } },
    });
    expect((await specification('{a: }', 'roles/r/meta/main.yml')).options.a).toEqual({
      type: 'str',
      required: false,
      description: '',
    });
  });

  it.each<[string, Record<string, Value>, string[]]>([
    ['{a: {required: true, description: The thing}}', {}, ['the argument "a" is required (The thing)']],
    ['{a: {required: true}}', { a: null }, ['the argument "a" is required']],
    ['{a: {}}', { a: 1, other: 1 }, []],
    ['{a: {}}', { a: [1] }, ['the argument "a" must be text, not a list']],
    ['{a: {type: int}}', { a: '5' }, []],
    ['{a: {type: int}}', { a: 1.5 }, ['the argument "a" must be a whole number, not a number']],
    ['{a: {type: float}}', { a: '1.5' }, []],
    ['{a: {type: float}}', { a: '' }, ['the argument "a" must be a number, not text']],
    ['{a: {type: bool}}', { a: 'yes' }, []],
    ['{a: {type: bool}}', { a: 'maybe' }, ['the argument "a" must be true or false, not text']],
    ['{a: {type: path}}', { a: 1 }, ['the argument "a" must be a path, not a number']],
    ['{a: {type: dict}}', { a: 'x' }, ['the argument "a" must be a mapping, not text']],
    ['{a: {type: raw}}', { a: [1] }, []],
    [
      '{a: {choices: [low, high]}}',
      { a: 'hgih' },
      ['the argument "a" must be one of low, high (did you mean "high"?)'],
    ],
    [
      '{a: {type: list, elements: int}}',
      { a: [1, 'x', [2]] },
      [
        'the argument "a[1]" must be a whole number, not text',
        'the argument "a[2]" must be a whole number, not a list',
      ],
    ],
    ['{a: {type: list, choices: [x]}}', { a: ['x', 'other'] }, ['the argument "a[1]" must be one of x']],
    [
      '{a: {type: list, options: {b: {required: true}}}}',
      { a: [{ c: 1 }] },
      ['"a[0]" has no "c" (did you mean "b"?)', 'the argument "a[0].b" is required'],
    ],
    [
      '{a: {type: dict, options: {b: {type: int}}}}',
      { a: { b: 'x' } },
      ['the argument "a.b" must be a whole number, not text'],
    ],
  ])('check %s with %j', async (options, given, expected) => {
    expect(await check(options, given)).toEqual(expected.map((each) => at + each));
  });

  it('never show a value', async () => {
    const problems = await check('{a: {choices: [x]}, b: {type: int}}', { a: 'hunter2', b: 'hunter2' });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('hunter2');
  });
});
