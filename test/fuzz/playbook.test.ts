import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/base/error.js';
import { readYaml } from '../../src/base/yaml.js';
import { moduleCatalogue } from '../../src/engine/catalogue.js';
import { loadInventory } from '../../src/inventory/load.js';
import { loadPlaybook } from '../../src/playbook/index.js';
import { TemplateCompiler } from '../../src/template/index.js';
import { runs } from './runs.js';

const folder = mkdtempSync(join(tmpdir(), 'hostwright-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'roles/web/tasks'), { recursive: true });
mkdirSync(join(folder, 'roles/web/meta'), { recursive: true });
writeFileSync(join(folder, 'roles/web/tasks/main.yml'), '- {name: x, debug: {msg: x}}\n');
writeFileSync(join(folder, 'more.yml'), '- {name: y, debug: {msg: y}}\n');

const SEED = `- name: a play
  hosts: all
  become: true
  serial: [1, 30%]
  vars: {port: 80, list: [a, b], text: "{{ port }}"}
  roles:
    - {role: web, tags: [x], when: port > 1}
  pre_tasks:
    - name: first
      copy: {dest: /a, content: "{{ text }}", mode: '0644'}
      loop: "{{ list }}"
      loop_control: {label: "{{ item }}", index_var: i}
      register: r
      until: r.changed
      retries: 2
  tasks:
    - block:
        - command: echo {{ port }}
          changed_when: false
          notify: handler
      rescue:
        - import_tasks: more.yml
      always:
        - include_role: {name: web}
    - meta: flush_handlers
    - {assert: {that: ["port == 80", 'list.size() == 2']}}
    - {file: {path: /x, state: directory}, delegate_to: localhost, run_once: true, no_log: true}
  handlers:
    - {name: handler, systemd: {name: x, state: restarted}, listen: topic}
`;
const TOKENS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ': ',
    '- ',
    '\n',
    '\n  ',
    '"',
    "'",
    '|',
    '>',
    '&a',
    '*a',
    '<<: ',
    '!!',
    '!unsafe ',
    '#',
    '%',
    '@',
    '`',
    '\t',
    '\0',
    '\u{2028}',
    '\ud800',
  ],
  ...[
    '{{',
    '}}',
    '{{#each',
    '{{/if}}',
    '{{ x',
    '{{{',
    'null',
    '~',
    'yes',
    '0644',
    '22:22',
    '1e999',
    '.nan',
    '9'.repeat(40),
    '__proto__',
    'constructor',
    'hosts',
    'tasks',
  ],
  ...[
    'when: ',
    'loop: ',
    'block:',
    'rescue:',
    'import_playbook: play.yml',
    'include_tasks: play.yml',
    'import_tasks: play.yml',
    'import_role: {name: web}',
    'vars:',
    'roles: [web]',
  ],
  ...[
    'serial: -1',
    'a and b',
    'size(size(',
    '(((((((',
    '?:',
    'true ? 1',
    'matches("(a+)+$")',
    'meta: nothing',
    'hosts: {a: b}',
    '&a [*a]',
    '*nowhere',
  ],
];

const edit = fc.record({
  at: fc.nat(),
  remove: fc.nat(30),
  insert: fc.oneof(
    fc.constantFrom(...TOKENS),
    fc.string({ maxLength: 6 }),
    fc.record({ from: fc.nat(), size: fc.nat(60) }),
  ),
});
const mutated = fc.array(edit, { minLength: 1, maxLength: 6 }).map((edits) =>
  edits.reduce((text, { at, remove, insert }) => {
    const where = at % (text.length + 1);
    const more =
      typeof insert === 'string'
        ? insert
        : SEED.slice(insert.from % SEED.length, (insert.from % SEED.length) + insert.size);
    return text.slice(0, where) + more + text.slice(where + remove);
  }, SEED),
);
/** Milliseconds that no small file may take. */
const TOO_LONG = 5000;

async function onlyInputErrors(work: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  try {
    await work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    for (const { message } of error.problems) expect(message.length).toBeLessThan(2000);
  }
  expect(performance.now() - started).toBeLessThan(TOO_LONG);
}

describe('files that are wrong in any way', () => {
  it('playbooks: nothing but errors with places, and never for long', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => {
        writeFileSync(join(folder, 'play.yml'), text);
        await onlyInputErrors(() =>
          loadPlaybook({ file: 'play.yml', cwd: folder, compiler: new TemplateCompiler(), modules: moduleCatalogue }),
        );
      }),
      runs(300),
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('role files', async () => {
    await fc.assert(
      fc.asyncProperty(
        mutated,
        fc.constantFrom('tasks', 'handlers', 'defaults', 'vars', 'meta'),
        async (text, kind) => {
          mkdirSync(join(folder, 'roles/odd/tasks'), { recursive: true });
          mkdirSync(join(folder, 'roles/odd', kind), { recursive: true });
          const from = text.indexOf('pre_tasks');
          writeFileSync(
            join(folder, 'roles/odd', kind, 'main.yml'),
            kind === 'tasks' || kind === 'handlers' ? text.slice(from + 11).replace(/^ {4}/gm, '') : text.slice(2),
          );
          writeFileSync(join(folder, 'uses.yml'), '- {hosts: all, roles: [odd]}\n');
          await onlyInputErrors(() =>
            loadPlaybook({ file: 'uses.yml', cwd: folder, compiler: new TemplateCompiler(), modules: moduleCatalogue }),
          );
          rmSync(join(folder, 'roles/odd'), { recursive: true });
        },
      ),
      runs(150),
    );
  });

  it('inventories, YAML and INI', async () => {
    const yaml =
      'all:\n  vars: {a: 1}\n  children:\n    web:\n      hosts: {web[01:10]: {x: "{{ a }}"}, db-[a:c]: }\n    empty:\n';
    const ini =
      "one ansible_host=10.0.0.1 x='a b'\n[web]\nweb[01:10].example.org port=80\n[web:vars]\na=1\n[all:children]\nweb\n";
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('yml', 'ini'),
        fc.array(edit, { minLength: 1, maxLength: 5 }),
        async (kind, edits) => {
          const seed = kind === 'yml' ? yaml : ini;
          const text = edits.reduce((all, { at, remove, insert }) => {
            const where = at % (all.length + 1);
            return (
              all.slice(0, where) +
              (typeof insert === 'string' ? insert : all.slice(0, insert.size)) +
              all.slice(where + remove)
            );
          }, seed);
          writeFileSync(join(folder, `hosts.${kind}`), text);
          await onlyInputErrors(() =>
            loadInventory({ sources: [join(folder, `hosts.${kind}`)], cwd: folder, playbookFolder: folder }),
          );
        },
      ),
      runs(300),
    );
  });

  it('any text at all as YAML', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 200 }),
          fc.array(fc.constantFrom(...TOKENS), { maxLength: 30 }).map((all) => all.join('')),
        ),
        async (text) => {
          await onlyInputErrors(async () => (await readYaml(text, 'x.yml')).value());
        },
      ),
      runs(500),
    );
  });

  it('the files of this test were really read', () => {
    expect(readdirSync(folder)).toContain('play.yml');
    expect(readFileSync(join(folder, 'more.yml'), 'utf8')).toContain('debug');
  });
});
