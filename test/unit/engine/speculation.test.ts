import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { localProject } from './local-hosts.js';

const project = localProject(['a']);
let worlds = 0;
/** An empty scratch folder of this test's own. */
function scratch(): string {
  const root = `${project.folder}/scratch-${worlds++}`;
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root);
  return root;
}
const play = (tasks: string, more = ''): string => `- hosts: all\n${more}  tasks:\n${tasks}`;
const read = (file: string): string => readFileSync(file, 'utf8');

describe('a failure in the middle of a batch', () => {
  const behind = (root: string): string => `
    - {name: behind, copy: {dest: "${root}/behind", content: x}, register: after, notify: told}
    - {name: seen, stat: {path: "${root}/behind"}, register: found}
    - {name: message, debug: {msg: shown}}
    - {name: fact, set_fact: {made: "{{ after.changed }}"}}
    - {name: last, copy: {dest: "${root}/last", content: "{{ made }}{{ found.stat.size }}"}}
  handlers: [{name: told, copy: {dest: "${root}/told", content: x}}]
`;
  const expected = [
    'before=changed',
    'bad=failed',
    'behind=changed',
    'seen=ok',
    'message=ok',
    'fact=ok',
    'last=changed',
    'told=changed',
  ];

  it('with ignore_errors: what was planned behind it is planned anew, and told once', async () => {
    const root = scratch();
    const heard = await project.run(
      play(`
    - {name: before, copy: {dest: "${root}/before", content: x}}
    - {name: bad, copy: {dest: "${root}/no/folder", content: x}, ignore_errors: true}
${behind(root)}`),
    );
    expect(heard.order('a'), heard.told()).toEqual(expected);
    expect(read(`${root}/last`)).toBe('true1');
    expect(heard.of('message').map(({ text }) => text)).toEqual(['shown']);
    expect(heard.exitCode).toBe(0);
  });

  it('that only the host can tell: the same', async () => {
    const root = scratch();
    const heard = await project.run(
      play(`
    - {name: before, copy: {dest: "${root}/before", content: x}}
    - {name: bad, copy: {dest: "${root}/invalid", content: x, validate: "grep y %s"}, ignore_errors: true, register: r}
${behind(root)}`),
    );
    expect(heard.order('a'), heard.told()).toEqual(expected);
    expect(read(`${root}/last`)).toBe('true1');
    expect(existsSync(`${root}/invalid`)).toBe(false);
    expect(heard.of('message')).toHaveLength(1);
  });

  it('with failed_when: false it is no failure, and the play goes on', async () => {
    const root = scratch();
    const heard = await project.run(
      play(`
    - {name: before, copy: {dest: "${root}/before", content: x}}
    - {name: bad, copy: {dest: "${root}/invalid", content: x, validate: "grep y %s"}, failed_when: false}
${behind(root)}`),
    );
    expect(heard.order('a'), heard.told()).toEqual(
      expected.map((each) => (each === 'bad=failed' ? 'bad=changed' : each)),
    );
    expect(heard.recap.get('a')).toMatchObject({ failed: 0, ignored: 0 });
    expect(read(`${root}/last`)).toBe('true1');
  });

  it('with a rescue: what stood behind it in the block is not done, what follows is', async () => {
    const root = scratch();
    const heard = await project.run(
      play(`
    - block:
        - {name: before, copy: {dest: "${root}/before", content: x}}
        - {name: bad, copy: {dest: "${root}/invalid", content: x, validate: "grep y %s"}}
        - {name: never, copy: {dest: "${root}/never", content: x}, notify: never}
        - {name: no message, debug: {msg: never}}
        - {name: no fact, set_fact: {never: true}}
      rescue:
        - {name: mend, copy: {dest: "${root}/mended", content: "{{ default never 'unset' }}"}}
    - {name: after, copy: {dest: "${root}/before", content: x}}
  handlers: [{name: never, command: 'true'}]
`),
    );
    expect(heard.order('a'), heard.told()).toEqual(['before=changed', 'bad=failed', 'mend=changed', 'after=ok']);
    expect(existsSync(`${root}/never`)).toBe(false);
    expect(read(`${root}/mended`)).toBe('unset');
    expect(heard.of('message')).toEqual([]);
    expect(heard.result('bad').rescued).toBe(true);
  });

  it('in a loop: the later items are done all the same, each once', async () => {
    const root = scratch();
    const heard = await project.run(
      play(`
    - name: each
      copy: {dest: "${root}/{{ item }}", content: "{{ item }}", validate: "grep -v bad %s"}
      loop: [one, bad, two, bad2, three]
      register: all
      ignore_errors: true
    - {name: count, copy: {dest: "${root}/count", content: "{{#each all.results}}{{#if failed}}-{{else}}+{{/if}}{{/each}}"}}
`),
    );
    expect(heard.order('a'), heard.told()).toEqual(['each=failed', 'count=changed']);
    expect(heard.of('task-item').map(({ result }) => `${result.item}:${result.status}`)).toEqual([
      ...['one:changed', 'bad:failed', 'two:changed', 'bad2:failed', 'three:changed'],
    ]);
    expect(read(`${root}/count`)).toBe('+-+-+');
  });

  it('two of them, one behind the other', async () => {
    const root = scratch();
    const bad = (name: string): string =>
      `    - {name: ${name}, copy: {dest: "${root}/x", content: x, validate: "grep y %s"}, ignore_errors: true}\n`;
    const good = (name: string): string => `    - {name: ${name}, copy: {dest: "${root}/${name}", content: x}}\n`;
    const heard = await project.run(
      play(good('one') + bad('bad') + good('two') + bad('worse') + bad('worst') + good('three')),
    );
    expect(heard.order('a')).toEqual([
      'one=changed',
      'bad=failed',
      'two=changed',
      'worse=failed',
      'worst=failed',
      'three=changed',
    ]);
    expect(heard.recap.get('a')).toMatchObject({ ignored: 3, changed: 3, failed: 0 });
  });

  it('a failure that is foreseen waits until what is before it has happened', async () => {
    const root = scratch();
    const heard = await project.run(
      play(`
    - {name: makes, command: mkdir ${root}/folder}
    - {name: into it, copy: {dest: "${root}/folder/file", content: x}}
    - {name: gone, file: {path: "${root}/folder", state: absent}}
    - {name: nowhere, copy: {dest: "${root}/folder/file", content: x}, ignore_errors: true}
    - {name: there again, file: {path: "${root}/folder", state: directory}}
    - {name: again, copy: {dest: "${root}/folder/file", content: y}}
`),
    );
    expect(heard.order('a'), heard.told()).toEqual([
      'makes=changed',
      'into it=changed',
      'gone=changed',
      'nowhere=failed',
      'there again=changed',
      'again=changed',
    ]);
    expect(read(`${root}/folder/file`)).toBe('y');
  });
});

describe('what a task came to is known where a later one reads it', () => {
  it('through a register: in arguments, conditions, loops, names and notify', async () => {
    const root = scratch();
    const heard = await project.run(
      play(`
    - {name: make, copy: {dest: "${root}/a", content: one}, register: r}
    - {name: use, copy: {dest: "${root}/b", content: "{{ r.changed }} {{ r.dest }}"}}
    - {name: when, copy: {dest: "${root}/c", content: x}, when: r.changed}
    - {name: list, command: 'echo p q', register: words}
    - {name: loop, copy: {dest: "${root}/{{ item }}", content: x}, loop: "{{ split words.stdout ' ' }}"}
    - {name: "named {{ words.rc }}", command: 'true', changed_when: "words.stdout == 'p q'"}
`),
    );
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(read(`${root}/b`)).toBe(`true ${root}/a`);
    expect([existsSync(`${root}/c`), existsSync(`${root}/p`), existsSync(`${root}/q`)]).toEqual([true, true, true]);
    expect(heard.result('named 0').status).toBe('changed');
  });

  it('through a fact that is set behind a change not yet sent', async () => {
    const root = scratch();
    const heard = await project.run(
      play(
        `
    - {name: change, copy: {dest: "${root}/a", content: x}}
    - {name: fact, set_fact: {word: new}}
    - {name: use, copy: {dest: "${root}/b", content: "{{ word }}"}}
    - {name: count, set_fact: {word: "{{ word }}er"}}
    - {name: use again, copy: {dest: "${root}/c", content: "{{ word }}"}}
`,
        '  vars: {word: old}\n',
      ),
    );
    expect(heard.exitCode, heard.told()).toBe(0);
    expect([read(`${root}/b`), read(`${root}/c`)]).toEqual(['new', 'newer']);
  });

  it('through a variable that is defined by a register or a fact', async () => {
    const root = scratch();
    const heard = await project.run(
      play(
        `
    - {name: first, command: echo one, register: r}
    - {name: fact, set_fact: {f: one}}
    - {name: use, copy: {dest: "${root}/b", content: "{{ made }}"}}
    - {name: second, command: echo two, register: r}
    - {name: fact two, set_fact: {f: two}}
    - {name: use again, copy: {dest: "${root}/c", content: "{{ made }}"}}
    - {name: local, copy: {dest: "${root}/d", content: "{{ mine }}"}, vars: {mine: "{{ made }}"}}
`,
        '  vars: {made: "{{ r.stdout }} {{ f }}"}\n',
      ),
    );
    expect(heard.exitCode, heard.told()).toBe(0);
    expect([read(`${root}/b`), read(`${root}/c`), read(`${root}/d`)]).toEqual(['one one', 'two two', 'two two']);
  });

  it('through a register that had another value before, in a template file and in a keyword', async () => {
    const root = scratch();
    project.write('templates/said.hbs', '{{ r.changed }}');
    const heard = await project.run(
      play(`
    - {name: before, stat: {path: "${root}/x"}, register: r}
    - {name: change, copy: {dest: "${root}/x", content: x}, register: r}
    - {name: use, template: {dest: "${root}/b", src: said.hbs}}
    - {name: reset, stat: {path: "${root}/x"}, register: r}
    - {name: change again, copy: {dest: "${root}/x", content: y}, register: r}
    - {name: planned only, copy: {dest: "${root}/c", content: x}, check_mode: "{{ r.changed }}"}
`),
    );
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(read(`${root}/b`)).toBe('true');
    expect(existsSync(`${root}/c`)).toBe(false);
  });

  it('through a group that a host is sorted into', async () => {
    const root = scratch();
    const heard = await project.run(
      play(`
    - {name: change, copy: {dest: "${root}/x", content: x}}
    - {name: sort, group_by: {key: sorted}}
    - {name: use, copy: {dest: "${root}/b", content: "{{ join groups.sorted ',' }}"}, ignore_errors: true}
`),
    );
    expect(heard.result('use').status, heard.told()).toBe('changed');
    expect(read(`${root}/b`)).toBe('a');
  });

  it('through a template file, which nobody can look into beforehand', async () => {
    const root = scratch();
    project.write('templates/register.hbs', '{{ r.stdout }} {{ f }}');
    const heard = await project.run(
      play(`
    - {name: first, command: echo one, register: r}
    - {name: fact, set_fact: {f: fact}}
    - {name: use, template: {dest: "${root}/b", src: register.hbs}}
    - {name: second, command: echo two, register: r}
    - {name: change, copy: {dest: "${root}/x", content: x}, register: other}
    - {name: use again, template: {dest: "${root}/b", src: register.hbs}}
`),
    );
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(read(`${root}/b`)).toBe('two fact');
  });

  it('through the register of a loop that changes something', async () => {
    const root = scratch();
    const heard = await project.run(
      play(`
    - {name: each, copy: {dest: "${root}/{{ item }}", content: x}, loop: [a, b], register: all}
    - {name: again, stat: {path: "{{ item.dest }}"}, loop: "{{ all.results }}", loop_control: {label: "{{ item.item }}"}, register: stats}
    - {name: judge, assert: {that: ["stats.results.all(s, s.stat.exists)", "all.results.all(r, r.changed)"]}}
`),
    );
    expect(heard.order('a'), heard.told()).toEqual(['each=changed', 'again=ok', 'judge=ok']);
  });

  it('through another change to the same file', async () => {
    const root = scratch();
    writeFileSync(`${root}/conf`, 'a=1\nb=1\n');
    const edit = (name: string, line: string): string =>
      `    - {name: ${name}, lineinfile: {path: "${root}/conf", regexp: "^${line[0]}=", line: "${line}"}}\n`;
    const heard = await project.run(
      play(edit('one', 'a=2') + edit('two', 'b=2') + edit('three', 'c=2') + edit('four', 'a=2')),
    );
    expect(heard.order('a')).toEqual(['one=changed', 'two=changed', 'three=changed', 'four=ok']);
    expect(read(`${root}/conf`)).toBe('a=2\nb=2\nc=2\n');
    expect(heard.roundTrips('a')).toBe(2);
  });
});

describe('round trips', () => {
  it('of many changes behind each other are one to look and one to do', async () => {
    const root = scratch();
    const tasks = Array.from(
      { length: 60 },
      (_, i) => `    - {name: t${i}, copy: {dest: "${root}/${i}", content: x}}\n`,
    ).join('');
    const heard = await project.run(play(tasks));
    expect(heard.recap.get('a')).toMatchObject({ changed: 60 });
    expect(heard.roundTrips('a')).toBe(2);
    expect((await project.run(play(tasks))).roundTrips('a')).toBe(1);
  });

  it('where nothing changes are one, also with loops, blocks, roles, conditions and registers', async () => {
    const root = scratch();
    project.write('roles/quiet/tasks/main.yml', `- {name: in a role, copy: {dest: "${root}/role", content: x}}\n`);
    const text = play(
      `
    - {name: loop, copy: {dest: "${root}/{{ item }}", content: x}, loop: [a, b, c], register: r}
    - {name: condition, copy: {dest: "${root}/d", content: "x"}, when: "inventory_hostname == 'a'"}
    - block: [{name: in a block, file: {path: "${root}/e", state: directory}}]
      always: [{name: in its always, copy: {dest: "${root}/e/f", content: x}}]
    - {name: link, file: {path: "${root}/l", src: a, state: link}}
`,
      '  roles: [quiet]\n',
    );
    await project.run(text);
    const heard = await project.run(text);
    expect(heard.changed(), heard.told()).toEqual([]);
    expect(heard.roundTrips('a')).toBe(1);
  });

  it('ask nothing for a task that awaits a register, until that is there', async () => {
    const root = scratch();
    const heard = await project.run(
      play(`
    - {name: ask, command: echo one, register: r, changed_when: false}
    - {name: awaits, copy: {dest: "${root}/{{ r.stdout }}", content: x}}
`),
    );
    expect(heard.of('round-trip').map(({ actions, probes }) => [actions, probes > 0])).toEqual([
      [1, false],
      [0, true],
      [1, false],
    ]);
  });
});
