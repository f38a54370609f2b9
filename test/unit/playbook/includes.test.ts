import { describe, expect, it } from 'vitest';
import { formatProblem, InputError } from '../../../src/base/error.js';
import type { Include, Node } from '../../../src/playbook/tree.js';
import { flat, load, nothing, onePlay, tasks } from './project.js';

function includes(nodes: readonly Node[]): Include[] {
  return nodes.filter((node) => node.kind === 'include');
}

async function problemsOf(work: Promise<unknown>): Promise<string[]> {
  try {
    await work;
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(formatProblem);
    throw error;
  }
}

describe('import_tasks', () => {
  it('stands for the tasks of the file, which get its keywords and variables', async () => {
    const play = await onePlay({
      'site.yml': tasks('- import_tasks: sub/a.yml\n  when: x\n  become: true\n  tags: t\n  vars: {v: 1}'),
      'sub/a.yml': '- ping:\n  when: y\n- import_tasks: b.yml\n',
      'sub/b.yml': '- command: ls\n',
    });
    const [a, b] = flat(play.sections[1]!);
    expect(a!.keywords.when.map(({ source }) => source)).toEqual(['x', 'y']);
    expect(b).toMatchObject({ module: 'command', place: { file: 'sub/b.yml', line: 1, col: 3 } });
    expect(b!.keywords.become!.render(nothing)).toBe(true);
    expect(b!.keywords.tags).toEqual(['t']);
    expect([...b!.lexical.vars[0]!.keys()]).toEqual(['v']);
  });
});

describe('include_tasks', () => {
  const files = {
    'site.yml': tasks(
      '- block:\n    - include_tasks: {file: a.yml, apply: {tags: inner, become: yes}}\n      when: x\n      tags: outer\n      vars: {v: 1}\n  tags: around',
    ),
    'a.yml': '- ping:\n',
  };
  const include = async () => {
    const [block] = (await onePlay(files)).sections[1]!;
    return includes(block!.kind === 'block' ? block!.body : [])[0]!;
  };

  it('keeps its keywords to itself; what it brings in gets those around it, and apply', async () => {
    const node = await include();
    expect(node.keywords.when.map(({ source }) => source)).toEqual(['x']);
    expect(node.keywords.tags).toEqual(['around', 'outer']);
    expect(node.args.render(nothing)).toEqual({ file: 'a.yml' });
    const [task] = flat((await node.load({ file: 'a.yml' })).nodes);
    expect(task!.keywords.when).toEqual([]);
    expect(task!.keywords.tags).toEqual(['around', 'inner']);
    expect(task!.keywords.become!.render(nothing)).toBe(true);
    expect(task!.lexical.vars).toEqual([]);
    expect([...task!.lexical.params[0]!.keys()]).toEqual(['v']);
  });

  it('gives the same nodes for the same arguments, and has loaded the constant ones already', async () => {
    const node = await include();
    const first = await node.load({ file: 'a.yml' });
    expect(first).toBe(node.known);
    expect(await node.load({ file: 'a.yml' })).toBe(first);
  });

  it('with a template is loaded when it is known', async () => {
    const play = await onePlay({
      'site.yml': tasks('- include_tasks: "{{ item }}.yml"\n  loop: [a, b]'),
      'a.yml': '- ping:\n',
      'b.yml': '- pin:\n',
    });
    const [node] = includes(play.sections[1]!);
    expect(node!.known).toBeUndefined();
    expect(node!.loop!.items.render(nothing)).toEqual(['a', 'b']);
    const both = await Promise.all([node!.load({ file: 'a.yml' }), node!.load({ file: 'a.yml' })]);
    expect(both[0]).toBe(both[1]);
    expect(flat(both[0].nodes)[0]!.id).not.toBe(node!.id);
    expect(await problemsOf(node!.load({ file: 'b.yml' }))).toEqual([
      'b.yml:1:3: unknown module "pin" (did you mean "ping"?)',
    ]);
    expect(await problemsOf(node!.load({ file: 'c.yml' }))).toEqual([
      'site.yml:3:22: there is no file "c.yml" (looked for c.yml)',
    ]);
    expect(await problemsOf(node!.load({ file: '' }))).toEqual([
      'site.yml:3:22: an include needs the name of a file, as text',
    ]);
  });

  it('may include itself, up to a depth', async () => {
    const play = await onePlay({
      'site.yml': tasks('- include_tasks: a.yml'),
      'a.yml': '- ping:\n- include_tasks: a.yml\n  when: more\n',
    });
    let [node] = includes(play.sections[1]!);
    const ids = new Set<number>();
    for (let depth = 1; depth <= 100; depth++) {
      const { nodes } = await node!.load({ file: 'a.yml' });
      ids.add(flat(nodes)[0]!.id);
      [node] = includes(nodes);
    }
    expect(ids.size).toBe(100);
    const [problem] = await problemsOf(node!.load({ file: 'a.yml' }));
    expect(problem).toMatch(/^a\.yml:2:18: includes nest more than 100 deep/);
  });

  it('that multiplies without end is refused', async () => {
    const file = (names: string[]) => names.map((name) => `- include_tasks: ${name}.yml\n`).join('');
    const letters = [...'abcdefghijkl'];
    const all = Object.fromEntries(
      letters.map((name) => [`${name}.yml`, file(letters.filter((each) => each !== name))]),
    );
    const problems = await problemsOf(load({ 'site.yml': tasks('- include_tasks: a.yml'), ...all }));
    expect(problems.some((problem) => problem.includes('there are more than 50000 tasks'))).toBe(true);
  });

  it('may be a handler, and bring in blocks', async () => {
    const play = await onePlay({
      'site.yml': '- hosts: all\n  tasks: [{ping: , notify: h}]\n  handlers: [{name: h, include_tasks: a.yml}]\n',
      'a.yml': '- block: [ping: ]\n- meta: noop\n',
    });
    const { task } = play.handlers[0]!;
    expect(task.kind === 'include' && task.known!.nodes.map(({ kind }) => kind)).toEqual(['block', 'meta']);
  });

  it('has its notifications checked', async () => {
    const play = await onePlay({
      'site.yml': `${tasks('- include_tasks: "{{ x }}.yml"')}  handlers: [{name: h, ping: }]\n`,
      'a.yml': '- ping:\n  notify: h\n',
      'b.yml': '- ping:\n  notify: hh\n',
    });
    const [node] = includes(play.sections[1]!);
    expect(flat((await node!.load({ file: 'a.yml' })).nodes)).toHaveLength(1);
    expect(await problemsOf(node!.load({ file: 'b.yml' }))).toEqual([
      'b.yml:2:11: there is no handler "hh" (did you mean "h"?)',
    ]);
  });
});

describe('roles by import and include', () => {
  const role = {
    'roles/r/tasks/main.yml': '- import_tasks: more.yml\n',
    'roles/r/tasks/more.yaml.yml': '[]',
    'roles/r/tasks/more.yml': '- ping:\n  notify: h\n',
    'roles/r/tasks/other.yml': '- command: ls\n',
    'roles/r/vars/other.yml': 'v: 2\n',
    'roles/r/defaults/main.yml': 'd: 1\n',
    'roles/r/handlers/main.yml': '- {name: h, ping: }\n',
  };

  it('import_role stands for its tasks, and its handlers are the play’s', async () => {
    const play = await onePlay({ ...role, 'site.yml': tasks('- import_role: {name: r}\n  tags: t') });
    const [task] = flat(play.sections[1]!);
    expect(task!.lexical.role).toMatchObject({ name: 'r' });
    expect(task!.keywords.tags).toEqual(['t']);
    expect(play.handlers.map(({ task: { label } }) => label)).toEqual(['h']);
    expect(play.roles.map(({ name }) => name)).toEqual(['r']);
  });

  it('include_role brings its handlers when it is loaded', async () => {
    const play = await onePlay({
      ...role,
      'site.yml': tasks(
        '- include_role: {name: r, tasks_from: other, vars_from: other.yml}\n- include_role: {name: "{{x}}"}\n- ping:\n  notify: anything',
      ),
    });
    const [constant, templated] = includes(play.sections[1]!);
    expect(play.roles).toEqual([]);
    expect(play.handlers).toEqual([]);
    const { nodes, handlers } = constant!.known!;
    expect(flat(nodes)[0]!.module).toBe('command');
    expect([...flat(nodes)[0]!.lexical.role!.vars.keys()]).toEqual(['v']);
    expect(handlers).toHaveLength(1);
    expect(templated!.known).toBeUndefined();
    expect(flat((await templated!.load({ name: 'r' })).nodes)[0]!.module).toBe('ping');
    expect(await problemsOf(templated!.load({ name: 'q' }))).toEqual([
      'site.yml:4:28: there is no role "q" (did you mean "r"?)',
    ]);
  });

  it('a role may import another of its own files', async () => {
    const play = await onePlay({
      ...role,
      'site.yml': tasks('- import_role: {name: r, tasks_from: self}'),
      'roles/r/tasks/self.yml': '- import_role: {name: r, tasks_from: other}\n',
    });
    expect(flat(play.sections[1]!).map(({ module }) => module)).toEqual(['command']);
  });
});
