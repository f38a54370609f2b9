import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/base/error.js';
import { localProject } from './local-hosts.js';

const project = localProject(['a']);
const play = (tasks: string, more = ''): string => `- hosts: all\n${more}  tasks:\n${tasks}`;
const read = (name: string): string => readFileSync(`${project.folder}/${name}`, 'utf8');
const wrong = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => expect.fail('it should have been refused'),
    (error) => {
      expect(error).toBeInstanceOf(InputError);
      return String(error.message);
    },
  );

describe('loops', () => {
  it('stop pausing, extend, and nest by loop_var', async () => {
    project.write('inner.yml', `- {name: "{{ outer }}{{ item }}", command: 'true', loop: [x, y]}\n`);
    const started = Date.now();
    const heard = await project.run(
      play(`
    - {name: extended, debug: {msg: "{{ ansible_loop.index }}/{{ ansible_loop.length }}{{#if ansible_loop.last}}.{{/if}}"}, loop: [a, b], loop_control: {extended: true}}
    - {name: paused, command: 'true', loop: [a, b], loop_control: {pause: 0.3}}
    - {include_tasks: inner.yml, loop: [p, q], loop_control: {loop_var: outer}}
`),
    );
    expect(heard.of('message').map(({ text }) => text)).toEqual(['1/2', '2/2.']);
    expect(Date.now() - started).toBeGreaterThanOrEqual(300);
    expect(
      heard
        .of('task-item')
        .filter(({ task }) => task.module === 'command')
        .map(({ result }) => result.item),
    ).toEqual(['a', 'b', 'x', 'y', 'x', 'y']);
    expect(heard.exitCode, heard.told()).toBe(0);
  });

  it('of something that is no list fails and says what to do', async () => {
    const heard = await project.run(
      play(`    - {name: bad, command: 'true', loop: "{{ m }}"}\n`, '  vars: {m: text}\n'),
    );
    expect(heard.result('bad')).toMatchObject({ status: 'failed', message: expect.stringContaining('list') });
  });

  it('judge each item by failed_when, changed_when and until', async () => {
    const heard = await project.run(
      play(`
    - name: each
      command: "echo {{ item }}"
      loop: [1, 2, 3]
      register: r
      changed_when: "r.stdout == '2'"
      failed_when: "r.stdout == '3'"
      ignore_errors: true
    - {name: judge, assert: {that: ["r.results.map(x, x.changed) == [false, true, false]", "r.results.map(x, x.failed) == [false, false, true]"]}}
    - {name: tries, shell: "echo {{ item }} >>${project.folder}/tries-{{ item }}; wc -l <${project.folder}/tries-{{ item }}", loop: [p, q], register: t, until: "t.stdout == '2'", delay: 0, retries: 3}
    - {name: judge tries, assert: {that: ["t.results.map(x, x.attempts) == [2, 2]"]}}
`),
    );
    expect(heard.order('a'), heard.told()).toEqual(['each=failed', 'judge=ok', 'tries=changed', 'judge tries=ok']);
    expect([read('tries-p'), read('tries-q')]).toEqual(['p\np\n', 'q\nq\n']);
  });

  it('notify once, whatever the number of items that changed', async () => {
    const heard = await project.run(
      play(`
    - {name: each, command: 'true', loop: [a, b, c], notify: told}
    - {name: none, command: 'true', loop: [a, b], changed_when: false, notify: not told}
  handlers: [{name: told, command: 'true'}, {name: not told, command: 'true'}]
`),
    );
    expect(heard.order('a')).toEqual(['each=changed', 'none=ok', 'told=changed']);
  });

  it('delegate each item to where it says', async () => {
    const heard = await project.run(
      play(
        `    - {name: there, command: 'echo {{ item }}', loop: [x, y], delegate_to: "{{ item }}", register: r}\n    - {name: judge, assert: {that: ["r.results.map(x, x.stdout) == ['x', 'y']"]}}\n`,
      ),
      {
        connection: { connection: 'local' },
      },
    );
    expect(heard.order('a'), heard.told()).toEqual(['there=changed', 'judge=ok']);
  });
});

describe('conditions and keywords', () => {
  it('when: a list is and; what is skipped renders nothing', async () => {
    const heard = await project.run(
      play(
        `
    - {name: both, command: 'true', when: [x == 1, y == 2]}
    - {name: one, command: 'true', when: [x == 1, y == 3]}
    - {name: not rendered, command: "echo {{ nowhere.to.be.found }}", when: defined(nowhere)}
    - {name: registered, command: 'true', when: false, register: r}
    - {name: judge, assert: {that: [r.skipped, "!r.changed"]}}
`,
        '  vars: {x: 1, y: 2}\n',
      ),
    );
    expect(heard.order('a'), heard.told()).toEqual([
      'both=changed',
      'one=skipped',
      'not rendered=skipped',
      'registered=skipped',
      'judge=ok',
    ]);
  });

  it("keywords may be templates, of the task's own variables too", async () => {
    const heard = await project.run(
      play(
        `
    - {name: ignored, command: 'false', ignore_errors: "{{ sure }}"}
    - {name: planned, copy: {dest: "${project.folder}/planned", content: x}, check_mode: "{{ sure }}"}
    - {name: hidden, command: echo TOPSECRET, no_log: "{{ hide }}", vars: {hide: true}}
    - {name: environment, shell: 'echo $A$B$C', environment: "{{ env }}", register: r}
    - {name: judge, assert: {that: ["r.stdout == '123'"]}}
`,
        '  vars: {sure: true, env: {A: 1, B: 2}}\n  environment: {C: 3}\n',
      ),
    );
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(heard.result('ignored').ignored).toBe(true);
    expect(existsSync(`${project.folder}/planned`)).toBe(false);
    expect(JSON.stringify(heard.events)).not.toContain('TOPSECRET');
  });

  it('diff: shown where the run or the task wants it, never with no_log', async () => {
    const text = play(`
    - {name: as told, copy: {dest: "${project.folder}/diff1", content: "{{ c }}"}}
    - {name: wanted, copy: {dest: "${project.folder}/diff2", content: "{{ c }}"}, diff: true}
    - {name: unwanted, copy: {dest: "${project.folder}/diff3", content: "{{ c }}"}, diff: false}
    - {name: secret, copy: {dest: "${project.folder}/diff4", content: "{{ c }}"}, diff: true, no_log: true}
`);
    const shown = async (diff: boolean, c: string): Promise<boolean[]> => {
      const heard = await project.run(text, { flags: { diff }, vars: { c } });
      return ['as told', 'wanted', 'unwanted', 'secret'].map((name) => heard.result(name).diff.length > 0);
    };
    expect(await shown(false, 'one')).toEqual([false, true, false, false]);
    expect(await shown(true, 'two')).toEqual([true, true, false, false]);
  });

  it('timeout: also in a loop, and of a task that is rescued', async () => {
    const started = Date.now();
    const heard = await project.run(
      play(`
    - block: [{name: slow, command: sleep 30, timeout: 1}]
      rescue: [{name: mend, debug: {msg: mended}}]
    - {name: each, command: "sleep {{ item }}", loop: [0, 30], timeout: 1, ignore_errors: true}
`),
    );
    expect(heard.order('a'), heard.told()).toEqual(['slow=failed', 'mend=ok', 'each=failed']);
    expect(heard.of('task-item').map(({ result }) => result.status)).toEqual(['changed', 'failed']);
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  it('pause waits, and a question without a terminal is passed over with a word', async () => {
    const started = Date.now();
    const heard = await project.run(
      play(
        `    - {name: wait, pause: {seconds: 1}}\n    - {name: ask, pause: {prompt: well?}}\n    - {name: after, command: 'true'}\n`,
      ),
    );
    expect(heard.order('a').at(-1), heard.told()).toBe('after=changed');
    expect(Date.now() - started).toBeGreaterThanOrEqual(1000);
    expect(
      heard
        .of('warning')
        .map(({ text }) => text)
        .join(),
    ).toContain('pause');
  });

  it('pause asks where there is someone, and registers the answer', async () => {
    const heard = await project.run(
      play(
        `    - {name: ask, pause: {prompt: well?}, register: r}\n    - {name: judge, assert: {that: ["r.user_input == 'yes'"]}}\n`,
      ),
      {
        ask: async (prompt) => (prompt.includes('well?') ? 'yes' : 'no'),
      },
    );
    expect(heard.order('a').at(-1), heard.told()).toBe('judge=ok');
  });
});

describe('failures', () => {
  it('ignore_unreachable goes on, a rescue tries once more, and a host that is gone is unreachable', async () => {
    const inventory = project.write(
      'gone.yml',
      'all: {hosts: {gone: {ansible_host: 127.0.0.1, ansible_port: 1, ansible_user: x, ansible_password: x}}}\n',
    );
    const heard = await project.run(
      play(`
    - {name: ignored, command: 'true', ignore_unreachable: true, register: r}
    - {name: judge, assert: {that: [r.unreachable]}}
    - {name: lost, command: 'true'}
    - {name: never, command: 'true'}
`),
      { inventory: [inventory], connection: { timeout: 2 } },
    );
    expect(heard.order('gone'), heard.told()).toEqual(['ignored=unreachable', 'judge=ok', 'lost=unreachable']);
    expect(heard.result('lost')).toMatchObject({
      hint: expect.any(String),
      message: expect.stringContaining('127.0.0.1'),
    });
    expect(heard.exitCode).toBe(4);
    const rescued = await project.run(
      play(`
    - block: [{name: lost, command: 'true'}]
      rescue: [{name: mend, debug: {msg: on the controller}}]
      always: [{name: always, debug: {msg: too}}]
`),
      { inventory: [inventory], connection: { timeout: 2 } },
    );
    expect(rescued.order('gone'), rescued.told()).toEqual(['lost=unreachable', 'mend=ok', 'always=ok']);
  });

  it('a failure inside always ends the host; inside a rescue it goes outwards', async () => {
    const heard = await project.run(
      play(`
    - block:
        - block: [{name: fine, command: 'true'}]
          always: [{name: bad always, command: 'false'}, {name: never, command: 'true'}]
      rescue:
        - {name: bad rescue, command: 'false'}
      always:
        - {name: outer, command: 'true'}
    - {name: after, command: 'true'}
`),
    );
    expect(heard.order('a')).toEqual(['fine=changed', 'bad always=failed', 'bad rescue=failed', 'outer=changed']);
    expect(heard.exitCode).toBe(2);
  });

  it('clear_host_errors and noop do no harm; fail and assert say what they are told', async () => {
    const heard = await project.run(
      play(`
    - meta: noop
    - meta: clear_host_errors
    - {name: assert, assert: {that: [1 == 2], fail_msg: one is not two}, ignore_errors: true}
    - {name: fail, fail: {msg: enough}}
`),
    );
    expect([heard.result('assert').message, heard.result('fail').message]).toEqual(['one is not two', 'enough']);
  });

  it("in a role's tasks are caught by the block that includes the role", async () => {
    project.write(
      'roles/failing/tasks/main.yml',
      `- {name: bad, command: 'false'}\n- {name: never, command: 'true'}\n`,
    );
    for (const how of ['include_role', 'import_role']) {
      const heard = await project.run(
        play(
          `    - block: [{${how}: {name: failing}}]\n      rescue: [{name: mend, debug: {msg: x}}]\n    - {name: after, command: 'true'}\n`,
        ),
      );
      expect(heard.order('a'), how).toEqual(['bad=failed', 'mend=ok', 'after=changed']);
    }
  });
});

describe('handlers', () => {
  it('of included roles; an include as a handler; a loop in a handler; skipped ones', async () => {
    project.write(
      'roles/told/tasks/main.yml',
      `- {name: change, command: 'true', notify: [from role, bring, skipped]}\n`,
    );
    project.write('roles/told/handlers/main.yml', `- {name: from role, command: 'true', loop: [1, 2]}\n`);
    project.write('handling.yml', `- {name: brought, command: 'true'}\n`);
    const heard = await project.run(
      play(`
    - {include_role: {name: told}}
    - {name: after, command: 'true'}
  handlers:
    - {name: bring, include_tasks: handling.yml}
    - {name: skipped, command: 'true', when: false}
`),
    );
    expect(heard.order('a').sort(), heard.told()).toEqual([
      'after=changed',
      'brought=changed',
      'change=changed',
      'from role=changed',
      'skipped=skipped',
    ]);
  });

  it('notified behind a rescued failure run; what failed notifies nobody', async () => {
    const heard = await project.run(
      play(`
    - block:
        - {name: changes, command: 'true', notify: one}
        - {name: bad, command: 'false', notify: two}
      rescue: [{name: mend, command: 'true', notify: three}]
  handlers: [{name: three, command: 'true'}, {name: one, command: 'true'}, {name: two, command: 'true'}]
`),
    );
    expect(heard.order('a')).toEqual(['changes=changed', 'bad=failed', 'mend=changed', 'three=changed', 'one=changed']);
  });

  it('an unknown one is refused before anything is done', async () => {
    expect(
      await wrong(
        project.run(
          play(
            `    - {name: x, command: touch ${project.folder}/nope, notify: hander}\n  handlers: [{name: handler, command: 'true'}]\n`,
          ),
        ),
      ),
    ).toContain('handler');
    expect(existsSync(`${project.folder}/nope`)).toBe(false);
  });
});

describe('where values come from', () => {
  it('vars_files: the first that exists, templates of extra vars, later files win', async () => {
    project.write('one.yml', 'x: one\ny: one\n');
    project.write('two.yml', 'y: two\n');
    const heard = await project.run(
      play(
        `    - {name: say, debug: {msg: "{{ x }} {{ y }} {{ z }}"}}\n`,
        '  vars: {x: play, z: play}\n  vars_files: [[nowhere.yml, one.yml], "{{ name }}.yml"]\n',
      ),
      {
        vars: { name: 'two' },
      },
    );
    expect(heard.of('message')[0]!.text, heard.told()).toBe('one two play');
  });

  it('vars_prompt: the default without a terminal, the answer with one, an error where there is neither', async () => {
    const text = (more: string): string =>
      play(`    - {name: say, debug: {msg: "{{ who }}"}}\n`, `  vars_prompt: [{name: who, prompt: who?${more}}]\n`);
    expect((await project.run(text(', default: me'))).of('message')[0]!.text).toBe('me');
    expect((await project.run(text(''), { ask: async () => 'you' })).of('message')[0]!.text).toBe('you');
    expect((await project.run(text(''), { vars: { who: 'extra' } })).of('message')[0]!.text).toBe('extra');
    expect(await wrong(project.run(text('')))).toContain('who');
  });

  it('include_vars and set_fact are stronger than the play, a register stronger than a fact set before', async () => {
    project.write('vars/included.yml', 'w: included\n');
    const heard = await project.run(
      play(
        `
    - {include_vars: included.yml}
    - {name: fact, set_fact: {f: fact}}
    - {name: said, command: echo register, register: f}
    - {name: say, debug: {msg: "{{ w }} {{ f.stdout }} {{ t }}"}, vars: {w: task, t: task}}
`,
        '  vars: {w: play, f: play, t: play}\n',
      ),
    );
    expect(heard.of('message')[0]!.text, heard.told()).toBe('included register task');
  });

  it('hostvars, groups and the names of the engine', async () => {
    const inventory = project.write(
      'two.ini',
      'a word=fromA\nb word=fromB\n[web]\na\nb\n[all:vars]\nansible_connection=local\n',
    );
    const heard = await project.run(
      play(
        `    - {name: say, debug: {msg: "{{ hostvars.b.word }} {{ join groups.web '+' }} {{ join group_names ',' }} {{ inventory_hostname }} {{ ansible_check_mode }} {{ playbook_dir }}"}}\n`,
      ),
      { inventory: [inventory], limit: 'a' },
    );
    expect(heard.of('message')[0]!.text, heard.told()).toBe(`fromB a+b web a false ${project.folder}`);
  });

  it('an undefined variable is told with its place before anything is done, or when its time comes', async () => {
    const message = await wrong(
      project.run(
        play(
          `    - {name: one, command: touch ${project.folder}/undefined}\n    - {name: say, debug: {msg: "{{ nowhere }}"}}\n`,
        ),
      ),
    ).catch(() => 'later');
    if (message !== 'later') expect(message).toMatch(/play\.yml:\d+:\d+.*nowhere/);
    else {
      const heard = await project.run(play(`    - {name: say, debug: {msg: "{{ nowhere }}"}}\n`));
      expect(heard.result('say')).toMatchObject({
        status: 'failed',
        message: expect.stringMatching(/play\.yml:\d+:\d+.*nowhere/),
      });
    }
  });
});

describe('beginning and ending', () => {
  it('start-at-task in a block, in a role; a task that does not exist', async () => {
    project.write('roles/three/tasks/main.yml', `- {name: r1, command: 'true'}\n- {name: r2, command: 'true'}\n`);
    const text = `- hosts: all\n  roles: [three]\n  tasks:\n    - block:\n        - {name: b1, command: 'true'}\n        - {name: b2, command: 'true'}\n      always: [{name: b3, command: 'true'}]\n    - {name: end, command: 'true'}\n`;
    const from = async (startAtTask: string): Promise<string> =>
      (await project.run(text, { startAtTask }))
        .order('a')
        .map((each) => each.split('=')[0])
        .join(' ');
    expect(await from('r2')).toBe('r2 b1 b2 b3 end');
    expect(await from('b2')).toBe('b2 b3 end');
    expect(await from('b3')).toBe('b3 end');
    expect(await wrong(from('b4'))).toContain('did you mean "b');
  });

  it('start-at-task in a later play passes over the earlier ones, and the later ones are whole', async () => {
    const book = ['one', 'two', 'three']
      .map(
        (name) => `- hosts: all\n  tasks: [{name: first ${name}, command: 'true'}, {name: ${name}, command: 'true'}]\n`,
      )
      .join('');
    expect((await project.run(book, { startAtTask: 'two' })).order('a')).toEqual([
      'two=changed',
      'first three=changed',
      'three=changed',
    ]);
  });

  it('meta: end_role ends the role, not the play; conditions on meta', async () => {
    project.write(
      'roles/ending/tasks/main.yml',
      `- {name: one, command: 'true'}\n- {meta: end_role, when: stop}\n- {name: two, command: 'true'}\n`,
    );
    for (const [stop, order] of [
      ['true', 'one after'],
      ['false', 'one two after'],
    ] as const) {
      const heard = await project.run(
        `- hosts: all\n  vars: {stop: ${stop}}\n  roles: [ending]\n  tasks: [{name: after, command: 'true'}]\n`,
      );
      expect(
        heard
          .order('a')
          .map((each) => each.split('=')[0])
          .join(' '),
      ).toBe(order);
    }
  });

  it('meta: clear_facts and reset_connection ask and connect anew', async () => {
    const heard = await project.run(
      play(`
    - {name: one, stat: {path: /}}
    - meta: clear_facts
    - {name: two, stat: {path: /}}
    - meta: reset_connection
    - {name: three, command: 'true'}
`),
    );
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(heard.of('connected')).toHaveLength(2);
  });

  it('import_playbook: its plays where it stands', async () => {
    mkdirSync(`${project.folder}/books`, { recursive: true });
    project.write('books/other.yml', `- hosts: all\n  tasks: [{name: other, command: 'true'}]\n`);
    const heard = await project.run(
      `- import_playbook: books/other.yml\n- hosts: all\n  tasks: [{name: mine, command: 'true'}]\n`,
    );
    expect(heard.order('a')).toEqual(['other=changed', 'mine=changed']);
  });

  it('a role used twice runs once, and again where allow_duplicates or other values say so', async () => {
    project.write('roles/twice/tasks/main.yml', `- {name: "twice {{ v }}", command: 'true'}\n`);
    project.write('roles/twice/defaults/main.yml', 'v: 0\n');
    const heard = await project.run(
      '- hosts: all\n  roles: [twice, twice, {role: twice, v: 1}, {role: twice, v: 1}]\n',
    );
    expect(heard.order('a'), heard.told()).toEqual(['twice 0=changed', 'twice 1=changed']);
  });
});
