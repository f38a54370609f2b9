import { describe, expect, it } from 'vitest';
import { type Files, problemsOf, tasks } from './project.js';

/** name, files (or site.yml), every problem in order. */
type Case = readonly [string, Files | string, readonly string[]];

const keywords: Case[] = [
  [
    'a misspelt keyword of a task',
    tasks('- name: x\n  copy: {dest: /a}\n  notfy: y'),
    ['site.yml:5:7: unknown keyword "notfy" in a task (did you mean "notify"?)'],
  ],
  [
    'a misspelt keyword without a module',
    tasks('- name: x\n  notfy: y'),
    ['site.yml:4:7: unknown keyword "notfy" in a task (did you mean "notify"?)'],
  ],
  [
    'a misspelt keyword of a play',
    '- hosts: all\n  taks: []\n  tasks: [ping: ]\n',
    ['site.yml:2:3: unknown keyword "taks" in a play (did you mean "tasks"?)'],
  ],
  [
    'a misspelt keyword of a block',
    tasks('- block: [ping: ]\n  resuce: []'),
    ['site.yml:4:7: unknown keyword "resuce" in a block (did you mean "rescue"?)'],
  ],
  [
    'rescue without a block',
    tasks('- ping:\n  rescue: []'),
    [
      'site.yml:4:7: the keyword "rescue" has no meaning in a task (it belongs to a block: put "block:" with tasks beside it)',
    ],
  ],
  [
    'when at a play',
    '- hosts: all\n  when: true\n  tasks: [ping: ]\n',
    ['site.yml:2:3: the keyword "when" has no meaning in a play (write it at the tasks, or at a block around them)'],
  ],
  [
    'async',
    tasks('- ping:\n  async: 10\n  poll: 0'),
    [
      'site.yml:4:7: the keyword "async" is not available (leave it out: a task may take as long as it needs, "timeout: SECONDS" bounds it)',
      'site.yml:5:7: the keyword "poll" is not available (leave it out: a task may take as long as it needs, "timeout: SECONDS" bounds it)',
    ],
  ],
  [
    'module_defaults',
    '- hosts: all\n  module_defaults: {}\n  tasks: [ping: ]\n',
    [
      'site.yml:2:3: the keyword "module_defaults" is not available (write the arguments at the tasks, or share them with a YAML anchor: <<: *defaults)',
    ],
  ],
  [
    'become at an include',
    { 'site.yml': tasks('- include_tasks: a.yml\n  become: true'), 'a.yml': '[]' },
    [
      'site.yml:4:7: the keyword "become" has no meaning at an include (an include does not pass it on: write "apply: {become: ...}" below it, or import instead)',
    ],
  ],
  [
    'listen at a task',
    tasks('- ping:\n  listen: x'),
    ['site.yml:4:7: the keyword "listen" has no meaning in a task (only handlers listen)'],
  ],
  [
    'a duplicate key',
    tasks('- ping:\n  name: a\n  name: b'),
    ['site.yml:5:7: the key "name" stands here twice (the first would be lost)'],
  ],
];

const modules: Case[] = [
  ['an unknown module', tasks('- cop: {dest: /a}'), ['site.yml:3:7: unknown module "cop" (did you mean "copy"?)']],
  [
    'an unknown module of a collection',
    tasks('- ansible.builtin.fiel: {path: /a}'),
    ['site.yml:3:7: unknown module "ansible.builtin.fiel" (did you mean "file"?)'],
  ],
  [
    'a module that goes by another name',
    tasks('- yum: {name: x}'),
    ['site.yml:3:7: there is no module "yum" (hosts are Debian or Ubuntu: use apt or package)'],
  ],
  ['no module', tasks('- name: x\n  when: true'), ['site.yml:3:7: this task has no module']],
  [
    'two modules',
    tasks('- copy: {dest: /a}\n  file: {path: /a}'),
    ['site.yml:4:7: a task uses one module, this one has copy and file (begin a new task with "- ")'],
  ],
  [
    'an unknown argument',
    tasks('- copy:\n    dest: /a\n    contnt: x'),
    ['site.yml:5:9: unknown argument "contnt" (did you mean "content"?)'],
  ],
  ['a missing argument', tasks('- name: x\n  file:\n    state: absent'), ['site.yml:4:7: "path" is required']],
  [
    'a list of arguments',
    tasks('- copy:\n    - dest: /a'),
    ['site.yml:3:7: "dest" is required', 'site.yml:4:9: copy takes a mapping of arguments, not a list'],
  ],
  [
    'text that is no name=value',
    tasks('- copy: hello'),
    [
      'site.yml:3:7: "dest" is required',
      'site.yml:3:13: the arguments of copy cannot be read: "hello" is not of the form name=value (write the arguments of copy as a mapping below it)',
    ],
  ],
  [
    'an unknown argument of args',
    tasks('- command: ls\n  args:\n    chdr: /a'),
    ['site.yml:5:9: unknown argument "chdr" (did you mean "chdir"?)'],
  ],
  [
    'an unknown module at action',
    tasks('- action: cop dest=/a'),
    ['site.yml:3:15: unknown module "cop" (did you mean "copy"?)'],
  ],
];

const conditions: Case[] = [
  [
    'braces at when',
    tasks('- ping:\n  when: "{{ x == 1 }}"'),
    ['site.yml:4:13: a condition is written without braces (write when: x == 1)'],
  ],
  [
    'braces and Ansible words at when',
    tasks('- ping:\n  when: "{{ not x }}"'),
    ['site.yml:4:13: a condition is written without braces (write !x instead of not x, and no braces)'],
  ],
  [
    'words of Ansible',
    tasks('- ping:\n  when: a and b'),
    ['site.yml:4:15: this is not a condition in CEL (write && instead of and)'],
  ],
  [
    'a condition in a list',
    tasks('- ping:\n  failed_when:\n    - true\n    - a or b'),
    ['site.yml:6:13: this is not a condition in CEL (write || instead of or)'],
  ],
  ['an empty when', tasks('- ping:\n  when:'), ['site.yml:4:7: when is empty (write a condition, or leave it out)']],
  [
    'a number at when',
    tasks('- ping:\n  when: 1'),
    ['site.yml:4:13: when takes a condition, or a list of them, not a number'],
  ],
  [
    'a condition of assert',
    tasks('- assert:\n    that:\n      - a and b'),
    ['site.yml:5:15: this is not a condition in CEL (write && instead of and)'],
  ],
  [
    'braces in a condition of assert',
    tasks('- assert: {that: "{{ a }}"}'),
    ['site.yml:3:22: a condition is written without braces (write that: a)'],
  ],
];

const types: Case[] = [
  ['text for a boolean', tasks('- ping:\n  become: maybe'), ['site.yml:4:15: become takes true or false, not text']],
  [
    'a template where a constant is needed',
    tasks('- ping:\n  run_once: "{{ x }}"'),
    ['site.yml:4:17: run_once must be known before the run, so it cannot be a template'],
  ],
  [
    'a become method',
    tasks('- ping:\n  become_method: sud'),
    ['site.yml:4:22: become_method must be one of sudo, su, doas, not "sud" (did you mean "sudo"?)'],
  ],
  [
    'a bare no as text',
    tasks('- ping:\n  delegate_to: no'),
    ['site.yml:4:20: delegate_to takes text, not no (quote it: "no")'],
  ],
  [
    'a strategy',
    '- hosts: all\n  strategy: fre\n  tasks: [ping: ]\n',
    ['site.yml:2:13: strategy must be one of linear, free, host_pinned, not "fre" (did you mean "free"?)'],
  ],
  [
    'a serial of 0 %',
    '- hosts: all\n  serial: [1, "0%"]\n  tasks: [ping: ]\n',
    ['site.yml:2:15: serial takes a percentage above 0, up to 100'],
  ],
  [
    'a negative serial',
    '- hosts: all\n  serial: -1\n  tasks: [ping: ]\n',
    ['site.yml:2:11: serial takes a whole number of 0 or more, not -1'],
  ],
  [
    'more than 100 %',
    '- hosts: all\n  max_fail_percentage: 101\n  tasks: [ping: ]\n',
    ['site.yml:2:24: max_fail_percentage is at most 100'],
  ],
  [
    'vars as a list',
    '- hosts: all\n  vars: [a: 1]\n  tasks: [ping: ]\n',
    ['site.yml:2:9: vars takes a mapping of names to values, not a list (take the dashes away)'],
  ],
  [
    'a name that no variable can have',
    '- hosts: all\n  vars: {a-b: 1}\n  tasks: [ping: ]\n',
    ['site.yml:2:10: "a-b" cannot be the name of a variable (letters, digits and underscores, not a digit first)'],
  ],
  [
    'a name that conditions read otherwise',
    tasks('- ping:\n  register: list'),
    [
      'site.yml:4:17: a variable cannot be called "list": in conditions and templates it means something else (call it otherwise, for example "list_value")',
    ],
  ],
  ['tasks as a mapping', '- hosts: all\n  tasks: {ping: }\n', ['site.yml:2:10: tasks takes a list, not a mapping']],
  [
    'text among tasks',
    tasks('- install things'),
    ['site.yml:3:7: a list of tasks takes mappings, not text (write "name:" before the text, and a module below it)'],
  ],
  ['a null among tasks', tasks('- ping:\n-'), ['site.yml:4:6: a list of tasks takes mappings, not nothing']],
  ['an empty block', tasks('- block: []'), ['site.yml:3:7: this block has no tasks']],
  [
    'loop over text',
    tasks('- ping:\n  loop: users'),
    ['site.yml:4:13: loop takes a list, not text (a variable is written "{{users}}")'],
  ],
  [
    'loop_control without a loop',
    tasks('- ping:\n  loop_control: {label: x}'),
    ['site.yml:4:7: loop_control without a loop'],
  ],
  [
    'a misspelt loop_control',
    tasks('- ping:\n  loop: [1]\n  loop_control: {lable: x}'),
    ['site.yml:5:22: unknown keyword "lable" in loop_control (did you mean "label"?)'],
  ],
  [
    'two loops',
    tasks('- ping:\n  loop: [1]\n  with_items: [1]'),
    ['site.yml:5:7: loop and with_items cannot be used together'],
  ],
  [
    'with_sequence',
    tasks('- ping:\n  with_sequence: end=5'),
    ['site.yml:4:7: with_sequence is not available (write the numbers: loop: [1, 2, 3])'],
  ],
  [
    'a meta task',
    tasks('- meta: flush_handler'),
    ['site.yml:3:13: there is no meta task "flush_handler" (did you mean "flush_handlers"?)'],
  ],
  ['end_role outside a role', tasks('- meta: end_role'), ['site.yml:3:13: end_role outside a role']],
];

const plays: Case[] = [
  ['an empty file', '', ['site.yml: this playbook is empty (a play begins with "- hosts: all")']],
  [
    'a mapping',
    'hosts: all\n',
    ['site.yml:1:1: a playbook is a list of plays, this is a mapping (begin the play with "- hosts:")'],
  ],
  ['an empty list', '[]\n', ['site.yml:1:1: this playbook is empty']],
  ['an empty play', '- {}\n', ['site.yml:1:3: this play is empty']],
  ['a play that is text', '- hosts\n', ['site.yml:1:3: a play is a mapping, this is text']],
  [
    'no hosts',
    '- tasks: [ping: ]\n',
    ['site.yml:1:3: this play has no hosts (write the hosts, groups or patterns that it is for: hosts: all)'],
  ],
  [
    'nothing to do',
    '- hosts: all\n',
    ['site.yml:1:3: this play has nothing to do (give it tasks or roles, or "gather_facts: true" if that is all)'],
  ],
  [
    'no handler of a name',
    '- hosts: all\n  tasks: [{ping: , notify: [restart ngnix]}]\n  handlers: [{name: restart nginx, ping: }]\n',
    ['site.yml:2:29: there is no handler "restart ngnix" (did you mean "restart nginx"?)'],
  ],
  [
    'no handlers',
    tasks('- ping:\n  notify: x'),
    ['site.yml:4:15: there is no handler "x" (this play has no handlers)'],
  ],
  [
    'a block as a handler',
    '- hosts: all\n  tasks: [ping: ]\n  handlers:\n    - block: [ping: ]\n',
    ['site.yml:4:7: a block cannot be a handler (let several handlers listen to one topic)'],
  ],
  [
    'no imported playbook',
    '- import_playbook: b.yml\n',
    ['site.yml:1:20: there is no playbook "b.yml" (looked for b.yml)'],
  ],
  [
    'playbooks in a circle',
    { 'site.yml': '- import_playbook: b.yml\n', 'b.yml': '- import_playbook: site.yml\n' },
    ['b.yml:1:20: playbooks that import one another: site.yml → b.yml → site.yml'],
  ],
  [
    'no file of variables',
    '- hosts: all\n  vars_files: [a.yml]\n  tasks: [ping: ]\n',
    ['site.yml:2:16: there is no file "a.yml" (looked beside the playbook and in vars/)'],
  ],
  [
    'a wrong file of variables',
    { 'site.yml': '- hosts: all\n  vars_files: [a.yml]\n  tasks: [ping: ]\n', 'vars/a.yml': 'x-y: 1\n' },
    ['vars/a.yml:1:1: "x-y" cannot be the name of a variable (letters, digits and underscores, not a digit first)'],
  ],
  [
    'encrypt in vars_prompt',
    '- hosts: all\n  vars_prompt: [{name: p, encrypt: sha512_crypt}]\n  tasks: [ping: ]\n',
    ['site.yml:2:27: "encrypt" is not available (use the helper hash where the value is used)'],
  ],
];

const files: Case[] = [
  ['no file of tasks', tasks('- import_tasks: a.yml'), ['site.yml:3:21: there is no file "a.yml" (looked for a.yml)']],
  [
    'a file of tasks without its ending',
    { 'site.yml': tasks('- import_tasks: a'), 'a.yml': '[]' },
    ['site.yml:3:21: there is no file "a" (did you mean "a.yml"?)'],
  ],
  [
    'what an include brings in',
    { 'site.yml': tasks('- include_tasks: a.yml'), 'a.yml': '- cop: {dest: /a}\n' },
    ['a.yml:1:3: unknown module "cop" (did you mean "copy"?)'],
  ],
  [
    'a template at an import',
    tasks('- import_tasks: "{{ x }}.yml"'),
    ['site.yml:3:21: an import is made before the run, so what it names cannot be a template (use include_tasks)'],
  ],
  [
    'an import that loops',
    { 'site.yml': tasks('- import_tasks: a.yml\n  loop: [1]'), 'a.yml': '[]' },
    ['site.yml:4:7: an import cannot loop: it is made before the run (use include_tasks)'],
  ],
  [
    'files that import one another',
    {
      'site.yml': tasks('- import_tasks: a.yml'),
      'a.yml': '- import_tasks: b.yml\n',
      'b.yml': '- import_tasks: a.yml\n',
    },
    [
      'b.yml:1:17: files that import one another: a.yml → b.yml → a.yml (include_tasks with a condition may come back to a file)',
    ],
  ],
  [
    'a file of tasks that is a mapping',
    { 'site.yml': tasks('- import_tasks: a.yml'), 'a.yml': 'ping:\n' },
    ['a.yml:1:1: a file of tasks takes a list, not a mapping'],
  ],
  [
    'an argument of include_role',
    { 'site.yml': tasks('- include_role: {name: r, task_from: x}'), 'roles/r/tasks/main.yml': '[]' },
    ['site.yml:3:31: unknown argument "task_from" of include_role (did you mean "tasks_from"?)'],
  ],
  [
    'an include without a name',
    tasks('- include_role: {}'),
    ['site.yml:3:7: include_role needs the name of a role (write include_role: {name: ROLE})'],
  ],
  [
    'an unknown keyword at apply',
    { 'site.yml': tasks('- include_tasks:\n    file: a.yml\n    apply: {becom: true}'), 'a.yml': '[]' },
    ['site.yml:5:17: unknown keyword "becom" at apply (did you mean "become"?)'],
  ],
  [
    'all problems of all files, in order',
    { 'site.yml': tasks('- cop: {dest: /a}\n- import_tasks: a.yml\n- ping:\n  when: a and b'), 'a.yml': '- pin:\n' },
    [
      'site.yml:3:7: unknown module "cop" (did you mean "copy"?)',
      'site.yml:6:15: this is not a condition in CEL (write && instead of and)',
      'a.yml:1:3: unknown module "pin" (did you mean "ping"?)',
    ],
  ],
];

const site = '- hosts: all\n  roles: [r]\n';
const spec = 'argument_specs: {main: {options: {count: {type: int, required: true}, level: {choices: [low, high]}}}}\n';
const roles: Case[] = [
  [
    'no role',
    { 'site.yml': site, 'roles/rr/tasks/main.yml': '[]' },
    ['site.yml:2:11: there is no role "r" (did you mean "rr"?)'],
  ],
  [
    'no tasks of that name',
    { 'site.yml': tasks('- import_role: {name: r, tasks_from: x}'), 'roles/r/tasks/main.yml': '[]' },
    ['site.yml:3:27: the role "r" has no tasks/x.yml (looked in roles/r/tasks)'],
  ],
  [
    'a role with mistakes, used twice',
    { 'site.yml': '- hosts: all\n  roles: [{role: r, a: 1}, {role: r, a: 2}]\n', 'roles/r/tasks/main.yml': '- pin:\n' },
    ['roles/r/tasks/main.yml:1:3: unknown module "pin" (did you mean "ping"?)'],
  ],
  [
    'roles in a circle',
    {
      'site.yml': site,
      'roles/r/meta/main.yml': 'dependencies: [s]\n',
      'roles/s/meta/main.yml': 'dependencies: [r]\n',
    },
    ['roles/s/meta/main.yml:1:16: roles that depend on one another: r → s → r'],
  ],
  [
    'a role that depends on itself',
    { 'site.yml': site, 'roles/r/meta/main.yml': 'dependencies: [r]\n' },
    ['roles/r/meta/main.yml:1:16: roles that depend on one another: r → r'],
  ],
  [
    'an unknown name in meta',
    { 'site.yml': site, 'roles/r/meta/main.yml': 'dependancies: []\n' },
    ['roles/r/meta/main.yml:1:1: unknown name "dependancies" in meta/main.yml (did you mean "dependencies"?)'],
  ],
  [
    'a parameter that the role lacks',
    { 'site.yml': '- hosts: all\n  roles: [{role: r, cuont: 1}]\n', 'roles/r/meta/argument_specs.yml': spec },
    ['site.yml:2:21: the role "r" has no argument "cuont" (did you mean "count"?)'],
  ],
  [
    'a parameter of the wrong type',
    {
      'site.yml': '- hosts: all\n  roles: [{role: r, count: abc, level: hi}]\n',
      'roles/r/meta/argument_specs.yml': spec,
    },
    [
      'site.yml:2:28: the argument "count" must be a whole number, not text',
      'site.yml:2:40: the argument "level" must be one of low, high',
    ],
  ],
  [
    'a wrong argument_specs',
    {
      'site.yml': site,
      'roles/r/meta/argument_specs.yml': 'argument_specs: {main: {options: {port: {type: integer, requird: true}}}}\n',
    },
    [
      'roles/r/meta/argument_specs.yml:1:48: type must be one of str, list, dict, bool, int, float, path, raw, not "integer"',
      'roles/r/meta/argument_specs.yml:1:57: unknown name "requird" of an option (did you mean "required"?)',
    ],
  ],
  [
    'defaults that are a list',
    { 'site.yml': site, 'roles/r/defaults/main.yml': '- a\n' },
    [
      'roles/r/defaults/main.yml:1:1: defaults/main.yml takes a mapping of names to values, not a list (take the dashes away)',
    ],
  ],
  [
    'a role without a name',
    '- hosts: all\n  roles: [{vars: {a: 1}}]\n',
    ['site.yml:2:11: a role is used without its name (write "role: NAME")'],
  ],
  [
    'a parameter named as no variable can be',
    { 'site.yml': '- hosts: all\n  roles: [{role: r, a-b: 1}]\n', 'roles/r/tasks/main.yml': '[]' },
    ['site.yml:2:21: "a-b" cannot be the name of a variable (letters, digits and underscores, not a digit first)'],
  ],
  [
    'handlers of a role with mistakes',
    { 'site.yml': site, 'roles/r/handlers/main.yml': '- name: x\n  pin:\n' },
    ['roles/r/handlers/main.yml:2:3: unknown module "pin" (did you mean "ping"?)'],
  ],
];

describe.each([
  ['keywords', keywords],
  ['modules and arguments', modules],
  ['conditions', conditions],
  ['types', types],
  ['plays', plays],
  ['files', files],
  ['roles', roles],
])('tells what is wrong: %s', (_, cases) => {
  it.each(cases.map(([name, given, expected]) => ({ name, given, expected })))('$name', async ({ given, expected }) => {
    expect(await problemsOf(given)).toEqual(expected);
  });
});

it('tells of a template that does not parse, at its place', async () => {
  const problems = await problemsOf(tasks('- debug: {msg: "{{#if x}}"}\n- debug: {msg: "{% if x %}"}'));
  expect(problems).toHaveLength(2);
  expect(problems[0]).toMatch(/^site\.yml:3:2\d: /);
  expect(problems[1]).toMatch(/^site\.yml:4:2\d: /);
});

it('tells of a playbook that is not there', async () => {
  expect(await problemsOf({ 'other.yml': '[]' })).toEqual(['site.yml: cannot read this file: there is no such file']);
});
