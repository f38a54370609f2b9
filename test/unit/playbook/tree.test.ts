import { describe, expect, it } from 'vitest';
import { flat, load, nothing, onePlay, oneTask, tasks } from './project.js';

const main = 1;

describe('a play', () => {
  it('has its keywords, and what it leaves out', async () => {
    const play = await onePlay(
      '- name: web\n  hosts: [a, b]\n  gather_facts: no\n  serial: [1, "30%", 5]\n  strategy: ansible.builtin.linear\n' +
        '  max_fail_percentage: "30%"\n  order: sorted\n  force_handlers: yes\n  become: "yes"\n  tasks: [ping: ]\n',
    );
    expect(play).toMatchObject({
      ...{ name: 'web', hostsLabel: 'a,b', gatherFacts: false, serial: [1, '30%', 5], strategy: 'linear' },
      ...{ maxFailPercentage: 30, order: 'sorted', forceHandlers: true },
    });
    expect(play.hosts.render(nothing)).toBe('a,b');
    expect(play.keywords.become!.render(nothing)).toBe(true);
    const bare = await onePlay('- hosts: all\n  tasks: [ping: ]\n');
    expect(bare).toMatchObject({
      gatherFacts: true,
      serial: [],
      strategy: 'free',
      order: 'inventory',
      forceHandlers: false,
    });
    expect(bare.maxFailPercentage).toBeUndefined();
  });

  it('keeps its sections apart, roles before tasks', async () => {
    const play = await onePlay({
      'site.yml':
        '- hosts: all\n  post_tasks: [{ping: , name: d}]\n  tasks: [{ping: , name: c}]\n  roles: [r]\n  pre_tasks: [{ping: , name: a}]\n',
      'roles/r/tasks/main.yml': '- {ping: , name: b}\n',
    });
    expect(play.sections.map((section) => flat(section).map(({ label }) => label))).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('reads prompts and files of variables', async () => {
    const play = await onePlay({
      'site.yml':
        '- hosts: all\n  vars_files: [a.yml, [x.yml, b.yml]]\n  vars_prompt: [{name: p, prompt: Word, private: no, default: 1}]\n  tasks: [ping: ]\n',
      'a.yml': 'x: 1\n',
      'vars/b.yml': 'y: 1\n',
    });
    expect(play.varsFiles.map((each) => each.render(nothing))).toEqual(['a.yml', ['x.yml', 'b.yml']]);
    expect(play.varsPrompt).toEqual([{ name: 'p', prompt: 'Word', private: false, confirm: false, default: 1 }]);
  });

  it('may only gather facts where it says so', async () => {
    expect((await onePlay('- hosts: all\n  gather_facts: true\n')).sections).toEqual([[], [], []]);
  });
});

describe('keywords', () => {
  it('go down from play over block to task, the nearest winning; conditions, tags and environment add up', async () => {
    const play = await onePlay(
      '- hosts: all\n  become: true\n  tags: a\n  environment: {A: 1}\n  tasks:\n    - block:\n        - ping:\n          become_user: inner\n' +
        '          when: z\n          tags: [c, a]\n          environment: {C: 1}\n      when: [x, y]\n      tags: "b,d"\n      become_user: outer\n      environment: {B: 1}\n',
    );
    const { keywords } = flat(play.sections[main]!)[0]!;
    expect(keywords.when.map(({ source }) => source)).toEqual(['x', 'y', 'z']);
    expect(keywords.tags).toEqual(['a', 'b', 'd', 'c']);
    expect(keywords.environment.map((each) => each.render(nothing))).toEqual([{ A: 1 }, { B: 1 }, { C: 1 }]);
    expect(keywords.becomeUser!.render(nothing)).toBe('inner');
    expect(keywords.become!.render(nothing)).toBe(true);
    expect(play.keywords.tags).toEqual(['a']);
  });

  it('are one object for all tasks that say nothing of their own', async () => {
    const play = await onePlay(tasks('- ping:\n- ping:\n  register: x\n- ping:\n  when: true'));
    const [a, b, c] = flat(play.sections[main]!);
    expect(a!.keywords).toBe(b!.keywords);
    expect(a!.lexical).toBe(b!.lexical);
    expect(c!.keywords).not.toBe(a!.keywords);
  });

  it('warn of tags that select others', async () => {
    const { warnings } = await load(tasks('- ping:\n  tags: [all, x]'));
    expect(warnings).toMatchObject([
      { message: 'the tag "all" selects other tags on the command line', place: { line: 4, col: 13 } },
    ]);
  });

  it('of Ansible that change nothing here are warnings', async () => {
    const { warnings } = await load('- hosts: all\n  gather_subset: min\n  collections: [a.b]\n  tasks: [ping: ]\n');
    expect(warnings.map(({ message }) => message)).toEqual([
      'the keyword "gather_subset" has no effect',
      'the keyword "collections" has no effect',
    ]);
  });
});

describe('a task', () => {
  it('has what only tasks have', async () => {
    const task = await oneTask(
      '- name: "do {{x}}"\n  command: ls\n  register: out\n  changed_when: false\n  failed_when: [out.rc > 1, !true ]\n'.replace(
        '!true ',
        'out.rc < 0',
      ) + '  until: out.rc == 0\n  retries: "{{n}}"\n  delay: 2\n  vars: {a: 1}',
    );
    expect(task).toMatchObject({ label: 'do {{x}}', module: 'command', register: 'out', place: { line: 3, col: 7 } });
    expect(task.name!.references).toEqual([['x']]);
    expect(task.changedWhen![0]!.test(nothing)).toBe(false);
    expect(task.failedWhen).toHaveLength(2);
    expect(task.until).toHaveLength(1);
    expect(task.retries!.references).toEqual([['n']]);
    expect(task.delay!.render(nothing)).toBe(2);
    expect([...task.lexical.vars[0]!.keys()]).toEqual(['a']);
  });

  it('knows the place of each argument, and of its module for those it lacks', async () => {
    const task = await oneTask('- name: x\n  copy:\n    dest: /a\n    mode: "0644"');
    expect(task.argPlace('mode')).toMatchObject({ line: 6, col: 15 });
    expect(task.argPlace('src')).toMatchObject({ line: 4, col: 7 });
  });

  it.each([
    ['copy: src=a dest="b c"', 'copy', { src: 'a', dest: 'b c' }],
    ["copy: dest='{{ a b }}/c' content=x=y", 'copy', { dest: '{{ a b }}/c', content: 'x=y' }, true],
    ['command: ls -l creates=/x', 'command', { cmd: 'ls -l', creates: '/x' }],
    ['command: chdir="/a b" make  CC="gcc -O"  all', 'command', { cmd: 'make  CC="gcc -O"  all', chdir: '/a b' }],
    ["command: echo it's creates=/x", 'command', { cmd: "echo it's creates=/x" }],
    ['shell: echo "a creates=b"', 'shell', { cmd: 'echo "a creates=b"' }],
    ['shell: 5', 'shell', { cmd: '5' }],
    ['ansible.builtin.command: {cmd: ls}', 'command', { cmd: 'ls' }],
    ['action: copy src=a dest=b', 'copy', { src: 'a', dest: 'b' }],
    ['action: {module: copy, dest: b}', 'copy', { dest: 'b' }],
    ['action: command ls -l', 'command', { cmd: 'ls -l' }],
    ['action: ansible.builtin.ping', 'ping', {}],
    ['ping:', 'ping', {}],
    ['include_vars: a.yml', 'include_vars', { file: 'a.yml' }],
  ])('reads %s', async (text, module, args, skipTemplates = false) => {
    const task = await oneTask(`- ${text}`.replace(skipTemplates ? /\{\{ a b \}\}/ : /$^/, '{{ a.b }}'));
    expect(task.module).toBe(module);
    if (skipTemplates) expect(task.args.references).toEqual([['a', 'b']]);
    else expect(task.args.render(nothing)).toEqual(args);
  });

  it('takes arguments at args, those of the module winning with a warning', async () => {
    const playbook = await load(tasks('- command: ls chdir=/a\n  args: {chdir: /b, creates: /c}'));
    const [task] = flat(playbook.plays[0]!.sections[main]!);
    expect(task!.args.render(nothing)).toEqual({ cmd: 'ls', chdir: '/a', creates: '/c' });
    expect(task!.argPlace('creates')).toMatchObject({ line: 4, col: 34 });
    expect(playbook.warnings).toMatchObject([
      { message: 'the argument "chdir" is given twice', place: { line: 4, col: 14 } },
    ]);
  });

  it('leaves !unsafe text as it is', async () => {
    const task = await oneTask(
      '- debug:\n    msg: [!unsafe "{{ a", "{{ b }}", {c: !unsafe "{% x %}"}]\n  vars: {v: !unsafe "{{ w"}',
    );
    expect(task.args.references).toEqual([['b']]);
    expect(task.args.render({ has: () => true, get: () => 1 })).toEqual({ msg: ['{{ a', 1, { c: '{% x %}' }] });
    expect(task.lexical.vars[0]!.get('v')!.render(nothing)).toBe('{{ w');
  });

  it('takes arguments that are one template', async () => {
    const task = await oneTask('- copy: "{{ what }}"');
    expect(task.args.references).toEqual([['what']]);
  });

  it('of local_action is delegated', async () => {
    const task = await oneTask('- local_action: command ls');
    expect(task.keywords.delegateTo!.render(nothing)).toBe('localhost');
  });

  it('loops', async () => {
    const task = await oneTask(
      '- ping:\n  loop: "{{ list }}"\n  loop_control: {loop_var: user, index_var: i, label: "{{user}}", pause: 1, extended: yes}',
    );
    expect(task.loop).toMatchObject({
      loopVar: 'user',
      indexVar: 'i',
      pause: 1,
      extended: true,
      place: { line: 4, col: 13 },
    });
    const old = await oneTask('- ping:\n  with_items: [1, [2, 3]]');
    expect(old.loop!.items.render(nothing)).toEqual([1, 2, 3]);
    expect((await oneTask('- ping:\n  with_items:\n    - "{{ x }}"')).loop!.items.references).toEqual([['x']]);
  });

  it('of assert has its conditions compiled', async () => {
    const task = await oneTask('- assert: {that: [a == 1, true]}');
    expect(task.assertions!.map(({ source }) => source)).toEqual(['a == 1', 'true']);
  });

  it('has an id of its own, in the order of loading', async () => {
    const text = tasks('- ping:\n- block: [ping: ]\n  rescue: [ping: ]\n- meta: noop');
    const ids = async () => flat((await onePlay(text)).sections[main]!).map(({ id }) => id);
    expect(await ids()).toEqual([1, 2, 3]);
    expect(await ids()).toEqual([1, 2, 3]);
  });
});

describe('handlers', () => {
  it('are found by name, role and topic, also where the name is a template', async () => {
    const play = await onePlay({
      'site.yml':
        '- hosts: all\n  roles: [r]\n  tasks:\n    - ping:\n      notify: [restart web-1, topic, "r : reload", reload, "{{x}}"]\n' +
        '  handlers:\n    - {name: "restart {{n}}-1", ping: }\n    - {ping: , listen: [topic, other]}\n',
      'roles/r/handlers/main.yml': '- {name: reload, ping: }\n',
    });
    expect(play.handlers.map(({ task, listen }) => [task.label, listen])).toEqual([
      ['reload', []],
      ['restart {{n}}-1', []],
      ['ping', ['topic', 'other']],
    ]);
    expect(flat(play.sections[main]!)[0]!.notify).toHaveLength(5);
  });

  it('are imported', async () => {
    const play = await onePlay({
      'site.yml': '- hosts: all\n  tasks: [{ping: , notify: [a]}]\n  handlers: [import_tasks: h.yml]\n',
      'h.yml': '- {name: a, ping: }\n',
    });
    expect(play.handlers.map(({ task }) => task.label)).toEqual(['a']);
  });

  it('that nothing can notify, or of one name, are warnings', async () => {
    const { warnings } = await load(
      '- hosts: all\n  tasks: [ping: ]\n  handlers: [ping: , {name: a, ping: }, {name: a, ping: }]\n',
    );
    expect(warnings.map(({ message }) => message)).toEqual([
      'this handler can never run: it has no name to notify it by',
      'there are two handlers "a"',
    ]);
  });
});

describe('imported playbooks', () => {
  it('get conditions, tags and variables of the import', async () => {
    const { plays } = await load({
      'site.yml': '- import_playbook: sub/b.yml\n  when: x\n  tags: t\n  vars: {v: outer, w: 1}\n',
      'sub/b.yml': '- hosts: all\n  tags: u\n  vars: {v: inner}\n  roles: [r]\n',
      'sub/roles/r/tasks/main.yml': '- ping:\n',
    });
    const [task] = flat(plays[0]!.sections[main]!);
    expect(task!.keywords.when.map(({ source }) => source)).toEqual(['x']);
    expect(task!.keywords.tags).toEqual(['t', 'u']);
    expect(plays[0]!.vars.get('v')!.render(nothing)).toBe('outer');
    expect(task!.place.file).toBe('sub/roles/r/tasks/main.yml');
  });
});

describe('a play of a hundred tasks', () => {
  it('loads with flow mappings, templates and YAML 1.1 words', async () => {
    const line = (i: number, text: string) => `    - name: task ${i}\n      ${text}`;
    const all = Array.from({ length: 100 }, (_, i) =>
      line(
        i,
        i % 2
          ? `lineinfile: {path: /a, create: yes, regexp: '^opt${i} ', line: 'opt${i} yes'}`
          : `copy: {dest: /a, content: "k\\n{{ inventory_hostname }}\\n", mode: '0640'}`,
      ),
    );
    const { plays, warnings } = await load(`- hosts: all\n  gather_facts: true\n  tasks:\n${all.join('\n')}\n`);
    expect(flat(plays[0]!.sections[main]!)).toHaveLength(100);
    expect(warnings).toEqual([]);
  });
});
