import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Heard } from '../../support/project.js';
import { localProject } from './local-hosts.js';

const names = ['a', 'b', 'c', 'd'];
const project = localProject(names);
const play = (tasks: string, more = ''): string => `- hosts: all\n${more}  tasks:\n${tasks}`;
const log = (): string => readFileSync(`${project.folder}/log`, 'utf8');
let files = 0;
/** A task that adds its host's name to a file of this test's own. */
const fresh = (): string => `${project.folder}/f${files++}`;
const ends = (heard: Heard): string =>
  names
    .map(
      (name) =>
        `${name}:${heard
          .order(name)
          .map((each) => each.split('=')[0])
          .join(',')}`,
    )
    .join(' ');

describe('hosts on their own', () => {
  it('do not wait for each other', async () => {
    const heard = await project.run(
      play(`
    - {name: first, shell: "test {{ inventory_hostname }} != a || sleep 1"}
    - {name: second, command: 'true'}
`),
    );
    const order = heard.of('task-result').map(({ host, task }) => `${host} ${task.name}`);
    expect(order.indexOf('b second')).toBeLessThan(order.indexOf('a first'));
    expect(heard.exitCode).toBe(0);
  });

  it('fail on their own', async () => {
    const heard = await project.run(
      play(`    - {name: one, shell: "test {{ inventory_hostname }} != b"}\n    - {name: two, command: 'true'}\n`),
    );
    expect(ends(heard)).toBe('a:one,two b:one c:one,two d:one,two');
    expect(heard.exitCode).toBe(2);
  });

  it('that failed are left out of later plays', async () => {
    const heard = await project.run(
      `${play(`    - {name: one, shell: "test {{ inventory_hostname }} != b"}\n`)}${play(`    - {name: two, command: 'true'}\n`)}`,
    );
    expect(ends(heard)).toBe('a:one,two b:one c:one,two d:one,two');
  });
});

describe('hosts together', () => {
  it('strategy linear: every host ends a task before any begins the next', async () => {
    const heard = await project.run(
      play(
        `
    - {name: one, shell: "test {{ inventory_hostname }} != a || sleep 0.5"}
    - {name: two, command: 'true'}
    - {name: three, command: 'true', when: inventory_hostname == 'c'}
    - {name: four, command: 'true'}
`,
        '  strategy: linear\n',
      ),
    );
    const order = heard.of('task-result').map(({ task }) => task.name);
    expect(order).toEqual([
      ...Array(4).fill('one'),
      ...Array(4).fill('two'),
      ...Array(4).fill('three'),
      ...Array(4).fill('four'),
    ]);
  });

  it('linear goes on when a host fails, and in blocks and handlers', async () => {
    const heard = await project.run(
      play(
        `
    - block:
        - {name: one, shell: "test {{ inventory_hostname }} != a"}
        - {name: two, command: 'true', notify: done}
      rescue:
        - {name: mend, command: 'true', notify: done}
    - {name: three, shell: "test {{ inventory_hostname }} != b"}
    - {name: four, command: 'true'}
  handlers:
    - {name: done, command: 'true'}
`,
        '  strategy: linear\n',
      ),
    );
    expect(ends(heard)).toBe(
      'a:one,mend,three,four,done b:one,two,three c:one,two,three,four,done d:one,two,three,four,done',
    );
  });

  it('run_once: the first host does it, all have its register', async () => {
    const file = fresh();
    const heard = await project.run(
      play(`
    - {name: once, shell: "echo {{ inventory_hostname }} >>${file}; cat ${file}", run_once: true, register: r}
    - {name: all, assert: {that: ["r.stdout == 'a'"]}}
    - {name: fact once, set_fact: {chosen: "{{ inventory_hostname }}"}, run_once: true}
    - {name: read, assert: {that: ["chosen == 'a'"]}}
`),
    );
    expect(readFileSync(file, 'utf8')).toBe('a\n');
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(heard.results('once')).toHaveLength(1);
    expect(heard.results('all').map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('run_once that fails fails for all', async () => {
    const heard = await project.run(
      play(`    - {name: once, command: 'false', run_once: true}\n    - {name: two, command: 'true'}\n`),
    );
    expect(heard.results('two')).toEqual([]);
    expect(heard.exitCode).toBe(2);
  });

  it('delegate_to: done there with the variables from here', async () => {
    const heard = await project.run(
      play(`
    - {name: there, command: 'echo {{ inventory_hostname }}', delegate_to: d, register: r}
    - {name: judge, assert: {that: ["r.stdout == inventory_hostname"]}}
    - {name: notified, command: 'true', delegate_to: localhost, when: inventory_hostname == 'a', notify: told}
  handlers: [{name: told, command: 'true'}]
`),
    );
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(heard.results('there')).toHaveLength(4);
    expect(heard.result('there', 'a').delegatedTo).toBe('d');
    expect(heard.results('told')).toHaveLength(1);
  });

  it('hostvars of another host: its variables, facts and registers are waited for', async () => {
    const heard = await project.run(
      play(`
    - {name: slow, shell: "test {{ inventory_hostname }} != a || sleep 0.4; echo from {{ inventory_hostname }}", register: mine}
    - {name: fact, set_fact: {me: "i am {{ inventory_hostname }}"}}
    - {name: read, debug: {msg: "{{ hostvars.a.mine.stdout }}, {{ hostvars.d.me }}"}}
    - {name: judge, assert: {that: ["hostvars['a'].mine.stdout == 'from a'", "hostvars[inventory_hostname].me == 'i am ' + inventory_hostname"]}}
`),
    );
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(heard.of('message').map(({ text }) => text)).toEqual(Array(4).fill('from a, i am d'));
  });

  it('throttle: so many at once and no more', async () => {
    const heard = await project.run(
      play(
        `    - {name: few, shell: "echo + >>${project.folder}/log; sleep 0.15; echo - >>${project.folder}/log", throttle: 2}\n`,
      ),
    );
    expect(heard.exitCode).toBe(0);
    let most = 0;
    let now = 0;
    for (const sign of log().trim().split('\n')) {
      now += sign === '+' ? 1 : -1;
      most = Math.max(most, now);
    }
    expect(most).toBe(2);
  });
});

describe('batches', () => {
  it('serial: one batch after the other, numbers, percentages and lists', async () => {
    for (const [serial, expected] of [
      ['1', ['a', 'b', 'c', 'd']],
      ['"50%"', ['a,b', 'c,d']],
      ['[1, 3]', ['a', 'b,c,d']],
    ] as const) {
      const heard = await project.run(play(`    - {name: one, command: 'true'}\n`, `  serial: ${serial}\n`));
      expect(heard.of('batch-start').map(({ hosts }) => hosts.join())).toEqual(expected);
      expect(heard.results('one')).toHaveLength(4);
    }
  });

  it('serial: a batch that failed as a whole ends the play', async () => {
    const heard = await project.run(
      play(`    - {name: one, shell: "test {{ inventory_hostname }} != b"}\n`, '  serial: 1\n'),
    );
    expect(ends(heard)).toBe('a:one b:one c: d:');
    expect(heard.exitCode).toBe(2);
  });

  it('max_fail_percentage: ends the play when more than that failed', async () => {
    const text = (most: number): string =>
      play(
        `    - {name: one, shell: "case {{ inventory_hostname }} in a|b) exit 1;; esac"}\n    - {name: two, command: 'true'}\n`,
        `  strategy: linear\n  max_fail_percentage: ${most}\n`,
      );
    expect(ends(await project.run(text(49)))).toBe('a:one b:one c:one d:one');
    expect(ends(await project.run(text(50)))).toBe('a:one b:one c:one,two d:one,two');
  });

  it('any_errors_fatal: nobody goes on after the task, and serial ends', async () => {
    const heard = await project.run(
      play(
        `    - {name: one, shell: "sleep 0.2; test {{ inventory_hostname }} != b"}\n    - {name: two, command: 'true'}\n`,
        '  any_errors_fatal: true\n',
      ),
    );
    expect(ends(heard)).toBe('a:one b:one c:one d:one');
    expect(heard.exitCode).toBe(2);
    expect(
      heard
        .of('warning')
        .map(({ text }) => text)
        .join(),
    ).toContain('any_errors_fatal');
  });

  it('any_errors_fatal does not count what was rescued', async () => {
    const heard = await project.run(
      play(
        `    - block: [{name: one, shell: "test {{ inventory_hostname }} != b"}]\n      rescue: [{name: mend, command: 'true'}]\n    - {name: two, command: 'true'}\n`,
        '  any_errors_fatal: true\n',
      ),
    );
    expect(ends(heard)).toBe('a:one,two b:one,mend,two c:one,two d:one,two');
  });

  it('meta: end_play ends it for all, end_batch for the batch', async () => {
    const heard = await project.run(
      play(
        `    - {name: one, command: 'true'}\n    - meta: end_batch\n    - {name: two, command: 'true'}\n`,
        '  serial: 2\n',
      ),
    );
    expect(ends(heard)).toBe('a:one b:one c:one d:one');
    const all = await project.run(
      play(
        `    - {name: one, command: 'true'}\n    - meta: end_play\n    - {name: two, command: 'true'}\n`,
        '  serial: 2\n',
      ),
    );
    expect(ends(all)).toBe('a:one b:one c: d:');
  });
});

describe('hosts that come up while playing', () => {
  it('add_host: there for the next play, with groups and variables', async () => {
    const heard = await project.run(`
- hosts: a
  tasks: [{name: add, add_host: {name: new1, groups: [fresh], ansible_connection: local, word: hi}}]
- hosts: fresh
  tasks: [{name: greet, command: 'echo {{ word }} {{ inventory_hostname }}'}]
`);
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(heard.result('greet', 'new1').values.stdout).toBe('hi new1');
  });

  it('group_by: hosts are sorted into groups by what they are', async () => {
    const heard = await project.run(`
- hosts: all
  tasks: [{name: by, group_by: {key: "is_{{ inventory_hostname }}"}}]
- hosts: is_c
  tasks: [{name: only c, command: 'true'}]
`);
    expect(ends(heard), heard.told()).toContain('c:by,only c d:by');
    expect(heard.results('only c')).toHaveLength(1);
  });
});

describe('an interruption', () => {
  it('lets running actions end, begins nothing new, and says where each host stands', async () => {
    const stop = new AbortController();
    const [first, never] = [fresh(), fresh()];
    setTimeout(() => stop.abort(), 600);
    const heard = await project.run(
      play(
        `    - {name: slow, shell: "sleep 1.2; touch ${first}-{{ inventory_hostname }}"}\n    - {name: never, command: touch ${never}}\n`,
      ),
      { signal: stop.signal },
    );
    expect(heard.exitCode).toBe(130);
    for (const name of names) expect(existsSync(`${first}-${name}`)).toBe(true);
    expect(existsSync(never)).toBe(false);
    expect(heard.of('interrupted')[0]!.standing).toHaveLength(4);
    expect(heard.results('slow')).toHaveLength(4);
  });
});

describe('forks', () => {
  it('bound the hosts that are worked on at once', async () => {
    const file = fresh();
    const heard = await project.run(
      play(`    - {name: one, shell: "echo + >>${file}; sleep 0.1; echo - >>${file}"}\n`),
      { forks: 1 },
    );
    expect(heard.exitCode).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe('+\n-\n'.repeat(4));
  });
});
