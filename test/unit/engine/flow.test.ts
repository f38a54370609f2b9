import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { localProject } from './local-hosts.js';

const project = localProject(['a']);
const play = (tasks: string, more = ''): string => `- hosts: all\n${more}  tasks:\n${tasks}`;

describe('results', () => {
  it('are registered and read by later tasks, templates and conditions', async () => {
    const heard = await project.run(
      play(`
    - {name: say, command: echo hello, register: said}
    - {name: use, command: 'echo {{ said.stdout }} again', register: used}
    - {name: judge, assert: {that: ["used.stdout == 'hello again'", "used.rc == 0", "said.changed"]}}
    - {name: not this, command: 'false', when: said.stdout == 'bye'}
`),
    );
    expect(heard.order('a'), heard.told()).toEqual(['say=changed', 'use=changed', 'judge=ok', 'not this=skipped']);
    expect(heard.exitCode).toBe(0);
  });

  it('are what changed_when and failed_when make of them', async () => {
    const heard = await project.run(
      play(`
    - {name: never, command: 'true', changed_when: false}
    - {name: if said, command: echo new, register: r, changed_when: "r.stdout == 'new'"}
    - {name: excused, command: sh -c 'exit 3', register: r, failed_when: "r.rc > 3"}
    - {name: accused, command: echo ERROR, register: r, failed_when: "r.stdout.contains('ERROR')"}
    - {name: after, command: 'true'}
`),
    );
    expect(heard.order('a')).toEqual(['never=ok', 'if said=changed', 'excused=changed', 'accused=failed']);
    expect(heard.result('accused').message).toContain('failed_when');
    expect(heard.exitCode).toBe(2);
  });

  it('ignore_errors goes on, and the register says that it failed', async () => {
    const heard = await project.run(
      play(`
    - {name: bad, command: sh -c 'echo why >&2; exit 7', ignore_errors: true, register: r}
    - {name: judge, assert: {that: [r.failed, r.rc == 7, "r.stderr == 'why'"]}}
`),
    );
    expect(heard.order('a'), heard.told()).toEqual(['bad=failed', 'judge=ok']);
    expect(heard.result('bad').ignored).toBe(true);
    expect(heard.recap.get('a')).toMatchObject({ ok: 2, ignored: 1, failed: 0 });
    expect(heard.exitCode).toBe(0);
  });

  it('the first failure ends the play for the host, whatever was planned ahead of it', async () => {
    const file = `${project.folder}/never`;
    const heard = await project.run(
      play(`
    - {name: one, copy: {dest: "${project.folder}/first", content: x}}
    - {name: bad, copy: {dest: "${project.folder}/no/such/folder", content: x}}
    - {name: never, copy: {dest: "${file}", content: x}}
`),
    );
    expect(heard.order('a')).toEqual(['one=changed', 'bad=failed']);
    expect(heard.result('bad').rescued).toBe(false);
    expect(existsSync(file)).toBe(false);
    expect(heard.recap.get('a')).toMatchObject({ changed: 1, failed: 1 });
  });
});

describe('loops', () => {
  it('see item, index, label, and register all results', async () => {
    const heard = await project.run(
      play(`
    - name: each
      command: "echo {{ index }}{{ thing.name }}"
      loop: [{name: x, secret: s1}, {name: y, secret: s2}]
      loop_control: {loop_var: thing, index_var: index, label: "{{ thing.name }}"}
      register: all
    - {name: judge, assert: {that: ["all.results.map(r, r.stdout) == ['0x', '1y']", all.changed, "all.results[1].thing.name == 'y'"]}}
    - {name: some, command: 'echo {{ item }}', loop: [1, 2, 3], when: item > 1, register: some}
    - {name: judge again, assert: {that: ["some.results.filter(r, !has(r.skipped) || !r.skipped).size() == 2"]}}
    - {name: none, command: 'true', loop: []}
`),
    );
    expect(heard.order('a'), heard.told()).toEqual([
      'each=changed',
      'judge=ok',
      'some=changed',
      'judge again=ok',
      'none=skipped',
    ]);
    expect(
      heard
        .of('task-item')
        .slice(0, 2)
        .map(({ result }) => result.item),
    ).toEqual(['x', 'y']);
  });

  it('go on after a failed item, and then fail', async () => {
    const heard = await project.run(
      play(`
    - {name: each, command: "sh -c 'echo {{ item }} >>${project.folder}/loop; exit {{ item }}'", loop: [0, 1, 0, 2]}
    - {name: after, command: 'true'}
`),
    );
    expect(heard.order('a')).toEqual(['each=failed']);
    expect(heard.of('task-item').map(({ result }) => result.status)).toEqual([
      'changed',
      'failed',
      'changed',
      'failed',
    ]);
    expect(readFileSync(`${project.folder}/loop`, 'utf8')).toBe('0\n1\n0\n2\n');
  });

  it('until tries again, counts its tries, and fails when they are used up', async () => {
    const heard = await project.run(
      play(`
    - name: third time
      shell: "echo x >>${project.folder}/tries; wc -l <${project.folder}/tries"
      register: r
      until: r.stdout == '3'
      retries: 5
      delay: 0
    - {name: judge, assert: {that: [r.attempts == 3]}}
    - {name: never, command: 'false', register: n, until: n.rc == 0, retries: 2, delay: 0, ignore_errors: true}
    - {name: judge never, assert: {that: [n.failed, n.attempts == 3]}}
`),
    );
    expect(heard.order('a'), heard.told()).toEqual([
      'third time=changed',
      'judge=ok',
      'never=failed',
      'judge never=ok',
    ]);
    expect(heard.of('task-retry').filter(({ task }) => task.name === 'third time')).toHaveLength(2);
  });
});

describe('blocks', () => {
  it('rescue what fails, run always, and go on', async () => {
    const heard = await project.run(
      play(`
    - block:
        - {name: fine, command: 'true'}
        - {name: bad, command: 'false'}
        - {name: passed over, command: 'true'}
      rescue:
        - {name: mend, command: 'true'}
      always:
        - {name: tidy, command: 'true'}
    - {name: after, command: 'true'}
`),
    );
    expect(heard.order('a')).toEqual(['fine=changed', 'bad=failed', 'mend=changed', 'tidy=changed', 'after=changed']);
    expect(heard.result('bad').rescued).toBe(true);
    expect(heard.recap.get('a')).toMatchObject({ rescued: 1, failed: 0 });
    expect(heard.exitCode).toBe(0);
  });

  it('always runs on the way out of a failure that nothing rescues, at every level', async () => {
    const heard = await project.run(
      play(`
    - block:
        - block:
            - {name: bad, command: 'false'}
          always:
            - {name: inner, command: 'true'}
        - {name: passed over, command: 'true'}
      always:
        - {name: outer, command: 'true'}
    - {name: never, command: 'true'}
`),
    );
    expect(heard.order('a')).toEqual(['bad=failed', 'inner=changed', 'outer=changed']);
    expect(heard.exitCode).toBe(2);
    expect(heard.recap.get('a')).toMatchObject({ failed: 1 });
  });

  it('a failing rescue fails the block, and an outer rescue takes over', async () => {
    const heard = await project.run(
      play(`
    - block:
        - block:
            - {name: bad, command: 'false'}
          rescue:
            - {name: worse, command: 'false'}
          always:
            - {name: inner, command: 'true'}
      rescue:
        - {name: saved, debug: {msg: saved}}
    - {name: after, command: 'true'}
`),
    );
    expect(heard.order('a')).toEqual(['bad=failed', 'worse=failed', 'inner=changed', 'saved=ok', 'after=changed']);
    expect(heard.exitCode).toBe(0);
  });

  it('hand their keywords on to their tasks', async () => {
    const heard = await project.run(
      play(
        `
    - vars: {word: inner}
      environment: {WORD: fromblock}
      when: flag
      tags: [t]
      block:
        - {name: say, shell: 'echo {{ word }} $WORD $TASK', environment: {TASK: fromtask}, register: r}
        - {name: judge, assert: {that: ["r.stdout == 'inner fromblock fromtask'"]}}
    - {name: skipped, command: 'true', when: '!flag'}
`,
        '  vars: {flag: true}\n',
      ),
      { tags: ['t', 'untagged'] },
    );
    expect(heard.order('a'), heard.told()).toEqual(['say=changed', 'judge=ok', 'skipped=skipped']);
  });
});

describe('handlers', () => {
  const handlers = `
  handlers:
    - {name: first, command: echo first}
    - {name: second, command: echo second, listen: topic}
    - {name: third, command: echo third, listen: topic}
`;
  it('run once each, in the order they are defined, at the end of the section or when flushed', async () => {
    const heard = await project.run(
      play(`
    - {name: change, command: 'true', notify: [topic, first]}
    - {name: no change, command: 'true', changed_when: false, notify: first}
    - {name: again, command: 'true', notify: first}
    - meta: flush_handlers
    - {name: later, command: 'true', notify: second}
  post_tasks:
    - {name: post, command: 'true'}
${handlers}`),
    );
    expect(heard.order('a').map((each) => each.split('=')[0])).toEqual([
      ...['change', 'no change', 'again', 'first', 'second', 'third', 'later', 'second', 'post'],
    ]);
    expect(heard.of('task-result').filter(({ task }) => task.handler)).toHaveLength(4);
  });

  it('are told as pending after a failure', async () => {
    const heard = await project.run(
      play(`
    - {name: change, command: 'true', notify: topic}
    - {name: bad, command: 'false'}
${handlers}`),
    );
    expect(heard.order('a')).toEqual(['change=changed', 'bad=failed']);
    expect(heard.of('handlers-pending')).toMatchObject([{ host: 'a', handlers: ['second', 'third'] }]);
  });

  it('run after a failure where force_handlers says so; the host has failed all the same', async () => {
    const text = `
    - {name: change, command: 'true', notify: topic}
    - {name: bad, command: 'false'}
${handlers}`;
    for (const heard of [
      await project.run(play(text, '  force_handlers: true\n')),
      await project.run(play(text), { forceHandlers: true }),
    ]) {
      expect(heard.order('a')).toEqual(['change=changed', 'bad=failed', 'second=changed', 'third=changed']);
      expect(heard.of('handlers-pending')).toEqual([]);
      expect(heard.exitCode).toBe(2);
    }
  });

  it('that fail leave the others pending', async () => {
    const heard = await project.run(
      play(`
    - {name: change, command: 'true', notify: [bad handler, good handler]}
  handlers:
    - {name: bad handler, command: 'false'}
    - {name: good handler, command: 'true'}
`),
    );
    expect(heard.order('a')).toEqual(['change=changed', 'bad handler=failed']);
    expect(heard.of('handlers-pending')).toMatchObject([{ host: 'a', handlers: ['good handler'] }]);
  });

  it('can notify handlers', async () => {
    const heard = await project.run(
      play(`
    - {name: change, command: 'true', notify: one}
  handlers:
    - {name: one, command: 'true', notify: two}
    - {name: two, command: 'true'}
`),
    );
    expect(heard.order('a')).toEqual(['change=changed', 'one=changed', 'two=changed']);
  });
});

describe('what is run', () => {
  const tagged = play(`
    - {name: x, command: 'true', tags: x}
    - {name: plain, command: 'true'}
    - {name: always, command: 'true', tags: always}
    - {name: never, command: 'true', tags: [never, debugging]}
`);
  const names = async (options: object): Promise<string> =>
    (await project.run(tagged, options))
      .order('a')
      .map((each) => each.split('=')[0])
      .join(' ');

  it('is chosen by tags', async () => {
    expect(await names({})).toBe('x plain always');
    expect(await names({ tags: ['x'] })).toBe('x always');
    expect(await names({ skipTags: ['x'] })).toBe('plain always');
    expect(await names({ tags: ['debugging'] })).toBe('always never');
    expect(await names({ tags: ['tagged'] })).toBe('x always');
    expect(await names({ tags: ['untagged'] })).toBe('plain always');
  });

  it('begins at a task', async () => {
    expect(await names({ startAtTask: 'plain' })).toBe('plain always');
  });

  it('ends at meta: end_host and end_play', async () => {
    for (const end of ['end_host', 'end_play']) {
      const heard = await project.run(
        play(`    - {name: before, command: 'true'}\n    - meta: ${end}\n    - {name: after, command: 'true'}\n`),
      );
      expect(heard.order('a')).toEqual(['before=changed']);
      expect(heard.exitCode).toBe(0);
    }
  });

  it('is done or not in check mode as the task says', async () => {
    const [real, planned] = [`${project.folder}/real`, `${project.folder}/planned`];
    const text = play(`
    - {name: real, copy: {dest: "${real}", content: x}, check_mode: false}
    - {name: planned, copy: {dest: "${planned}", content: x}, check_mode: true}
    - {name: unknown, command: 'touch ${project.folder}/touched'}
`);
    const check = await project.check(text);
    expect(check.order('a')).toEqual(['real=changed', 'planned=changed', 'unknown=unknown']);
    expect([existsSync(real), existsSync(planned), existsSync(`${project.folder}/touched`)]).toEqual([
      true,
      false,
      false,
    ]);
    const run = await project.run(text);
    expect(run.order('a')).toEqual(['real=ok', 'planned=changed', 'unknown=changed']);
    expect(existsSync(planned)).toBe(false);
  });
});

describe('files brought in', () => {
  it('include_tasks in a loop, import_tasks, and their variables and conditions', async () => {
    project.write('more.yml', `- {name: 'more {{ word }}', command: 'echo {{ word }}'}\n`);
    const heard = await project.run(
      play(`
    - {name: bring, include_tasks: more.yml, loop: [x, y], loop_control: {loop_var: word}}
    - {import_tasks: more.yml, vars: {word: z}}
    - {include_tasks: more.yml, vars: {word: no}, when: false}
    - {name: choose, set_fact: {file: more.yml}}
    - {include_tasks: "{{ file }}", vars: {word: chosen}}
`),
    );
    expect(
      heard.order('a').map((each) => each.split('=')[0]),
      heard.told(),
    ).toEqual(expect.arrayContaining(['more x', 'more y', 'more z', 'choose', 'more chosen']));
    expect(heard.order('a').join()).not.toContain('more no');
    expect(heard.exitCode).toBe(0);
  });

  it('an include whose file is not there fails the host, and can be rescued', async () => {
    const heard = await project.run(
      play(`
    - block:
        - {name: bring, include_tasks: "{{ file }}", vars: {file: nowhere.yml}}
      rescue:
        - {name: mend, debug: {msg: mended}}
`),
    );
    expect(heard.order('a')).toEqual(['bring=failed', 'mend=ok']);
    expect(heard.result('bring').message).toContain('nowhere.yml');
  });

  it('roles: defaults, vars, parameters, dependencies, handlers, files and templates', async () => {
    project.write('roles/base/tasks/main.yml', `- {name: base, command: 'echo {{ base_word }}'}\n`);
    project.write('roles/base/defaults/main.yml', 'base_word: base\n');
    project.write('roles/web/meta/main.yml', 'dependencies: [{role: base, base_word: from web}]\n');
    project.write('roles/web/defaults/main.yml', 'web_port: 80\n');
    project.write('roles/web/handlers/main.yml', `- {name: restart web, command: echo restarted}\n`);
    project.write('roles/web/templates/conf.hbs', 'port={{ web_port }}\n');
    project.write('roles/web/files/plain', 'plain\n');
    project.write(
      'roles/web/tasks/main.yml',
      `- {name: conf, template: {src: conf.hbs, dest: "${project.folder}/conf"}, notify: restart web}
- {name: plain, copy: {src: plain, dest: "${project.folder}/plain"}}
`,
    );
    const heard = await project.run(`- hosts: all\n  roles:\n    - {role: web, web_port: 8080}\n`);
    expect(heard.order('a'), heard.told()).toEqual([
      'base=changed',
      'conf=changed',
      'plain=changed',
      'restart web=changed',
    ]);
    expect(heard.result('base').values.stdout).toBe('from web');
    expect(readFileSync(`${project.folder}/conf`, 'utf8')).toBe('port=8080\n');
    expect(heard.of('task-result')[1]!.task.role).toBe('web');
    const by = await project.run(
      play(`    - {include_role: {name: web}, vars: {web_port: 9}}\n    - {name: after, command: 'true'}\n`),
    );
    expect(readFileSync(`${project.folder}/conf`, 'utf8')).toBe('port=9\n');
    expect(by.order('a').slice(-2), by.told()).toEqual(['after=changed', 'restart web=changed']);
  });

  it('a role refuses arguments that its specs do not allow', async () => {
    project.write('roles/strict/tasks/main.yml', `- {name: body, debug: {msg: "{{ level }}"}}\n`);
    project.write(
      'roles/strict/meta/argument_specs.yml',
      'argument_specs:\n  main:\n    short_description: s\n    options:\n      level: {type: int, required: true, description: d}\n',
    );
    const use = async (role: string): Promise<string> => {
      try {
        const heard = await project.run(`- hosts: all\n  roles: [${role}]\n`);
        return heard.exitCode === 0 ? 'fine' : heard.told();
      } catch (error) {
        return String(error);
      }
    };
    expect(await use('{role: strict, level: 3}')).toBe('fine');
    expect(await use('{role: strict, level: high}')).toContain('level');
    expect(await use('strict')).toContain('level');
  });
});

describe('surroundings of a task', () => {
  it('no_log hides output, values, items and messages, also of a failure', async () => {
    const heard = await project.run(
      play(`
    - {name: quiet, command: echo TOPSECRET, no_log: true, register: r}
    - {name: use, assert: {that: ["r.stdout == 'TOPSECRET'"]}}
    - {name: loop, command: 'echo {{ item }}', loop: [TOPSECRET], no_log: true}
    - {name: bad, command: "sh -c 'echo TOPSECRET >&2; exit 1'", no_log: true}
`),
    );
    expect(heard.order('a')).toEqual(['quiet=changed', 'use=ok', 'loop=changed', 'bad=failed']);
    expect(JSON.stringify(heard.events)).not.toContain('TOPSECRET');
  });

  it('no_log also hides what cannot be rendered', async () => {
    const heard = await project.run(
      play(`    - {name: bad, command: 'echo {{ item.nope }}', loop: [{a: TOPSECRET}], no_log: true}\n`),
    );
    expect(heard.exitCode).toBe(2);
    expect(JSON.stringify(heard.events)).not.toContain('TOPSECRET');
  });

  it('a task that takes too long is ended and has failed, saying so', async () => {
    const started = Date.now();
    const heard = await project.run(play(`    - {name: slow, command: sleep 60, timeout: 1}\n`));
    expect(heard.order('a')).toEqual(['slow=failed']);
    expect(heard.result('slow').message).toMatch(/1 s|timeout|time/);
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  it('vars of a task, of the play and extra vars, the stronger first', async () => {
    const heard = await project.run(
      play(
        `
    - {name: task, debug: {msg: "{{ x }}{{ y }}{{ z }}"}, vars: {x: task}}
`,
        '  vars: {x: play, y: play, z: play}\n',
      ),
      { vars: { z: 'extra' } },
    );
    expect(heard.of('message')[0]!.text).toBe('taskplayextra');
  });

  it('set_fact lasts into the next play, vars of a play do not', async () => {
    const heard = await project.run(`
- hosts: all
  vars: {gone: 1}
  tasks: [{name: set, set_fact: {kept: here}}]
- hosts: all
  tasks: [{name: read, debug: {msg: "{{ kept }} {{ default gone 'gone' }}"}}]
`);
    expect(
      heard.of('message').map(({ text }) => text),
      heard.told(),
    ).toEqual(['here gone']);
  });

  it('connection: local at the play reaches this machine', async () => {
    const heard = await project.run(play(`    - {name: here, command: echo here}\n`, '  connection: local\n'), {
      inventory: ['nowhere.invalid,'],
    });
    expect(heard.exitCode, heard.told()).toBe(0);
  });

  it('facts are gathered where they are read', async () => {
    const heard = await project.run(
      play(`    - {name: kernel, assert: {that: ["facts.system == 'Linux'", "ansible_facts.kernel.size() > 2"]}}\n`),
    );
    expect(heard.order('a'), heard.told()).toEqual(['kernel=ok']);
  });
});
