import { describe, expect, it } from 'vitest';
import { allTags, listTags, listTasks, references, selectTags } from '../../../src/playbook/index.js';
import { load } from './project.js';

describe('selectTags', () => {
  // tags of the task, asked for, skipped, whether it is run: what ansible-core 2.14 does.
  it.each<[string[], string[], string[], boolean]>([
    [[], [], [], true],
    [['a'], [], [], true],
    [['a'], ['a'], [], true],
    [['a'], ['b'], [], false],
    [[], ['a'], [], false],
    [['always'], ['a'], [], true],
    [['always', 'a'], ['b'], [], true],
    [['never'], [], [], false],
    [['never'], ['all'], [], false],
    [['never', 'a'], ['a'], [], true],
    [['never', 'a'], ['never'], [], true],
    [['never', 'a'], ['tagged'], [], false],
    [['a'], ['tagged'], [], true],
    [[], ['tagged'], [], false],
    [[], ['untagged'], [], true],
    [['a'], ['untagged'], [], false],
    [['a'], ['all'], [], true],
    [['a'], [], ['a'], false],
    [['a', 'b'], ['b'], ['a'], false],
    [['always'], [], ['always'], false],
    [['always'], [], ['all'], true],
    [['always'], [], ['all', 'always'], false],
    [['a'], [], ['all'], false],
    [['a'], [], ['tagged'], false],
    [[], [], ['tagged'], true],
    [[], [], ['untagged'], false],
    [['always'], [], ['tagged'], false],
  ])('%j with --tags %j --skip-tags %j', (tags, wanted, skipped, expected) => {
    expect(selectTags({ tags }, wanted, skipped)).toBe(expected);
  });
});

const files = {
  'site.yml':
    '- name: one\n  hosts: [a, b]\n  tags: p\n  roles: [{role: r, tags: [x]}]\n  tasks:\n    - {ping: , name: "see {{y}}", tags: "c,b"}\n    - include_tasks: i.yml\n' +
    '    - meta: noop\n  handlers: [{name: h, ping: , tags: ofhandler}]\n- hosts: c\n  tasks: [{debug: {msg: "{{default a.b 1}}"}, when: d.e, vars: {v: "{{f}}"}}]\n',
  'roles/r/tasks/main.yml': '- ping:\n',
  'roles/r/defaults/main.yml': 'd: "{{g}}"\n',
  'i.yml': '- {ping: , tags: ofinclude, name: "{{k}}"}\n',
};

it('lists tasks as Ansible does', async () => {
  const [one, two] = listTasks(await load(files));
  expect(one).toMatchObject({ number: 1, hosts: 'a,b', name: 'one', tags: ['p'] });
  expect(one!.tasks.map(({ label, tags }) => [label, tags])).toEqual([
    ['r : ping', ['p', 'x']],
    ['see {{y}}', ['b', 'c', 'p']],
    ['include_tasks', ['p']],
    ['meta: noop', ['p']],
  ]);
  expect(two).toMatchObject({ number: 2, hosts: 'c', name: 'c', tags: [] });
  expect(listTasks(await load(files), ['x'])[0]!.tasks.map(({ label }) => label)).toEqual(['r : ping']);
});

it('lists tags', async () => {
  const playbook = await load(files);
  expect(listTags(playbook).map(({ taskTags }) => taskTags)).toEqual([['b', 'c', 'p', 'x'], []]);
  expect(allTags(playbook)).toEqual(['b', 'c', 'ofhandler', 'ofinclude', 'p', 'x']);
});

it('finds every name that is read', async () => {
  const found = references(await load(files));
  const names = (isTolerated: boolean) =>
    found
      .filter((each) => each.isTolerated === isTolerated)
      .map(({ path }) => path.join('.'))
      .sort();
  expect(names(false)).toEqual(['d.e', 'f', 'g', 'k', 'y']);
  expect(names(true)).toEqual(['a.b']);
  expect(found.find(({ path }) => path[0] === 'g')!.place).toEqual({
    file: 'roles/r/defaults/main.yml',
    line: 1,
    col: 4,
  });
});
