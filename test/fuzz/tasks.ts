import fc from 'fast-check';
import type { Values } from '../../src/base/value.js';

/** A task of a random playbook. */
export interface RandomTask {
  readonly module: string;
  readonly args: Values;
  readonly keywords: Values;
  /** Done a second time at once, it has nothing more to do. */
  readonly settles: boolean;
  /** What it changes cannot be known beforehand. */
  readonly opaque: boolean;
}

/** Paths that lie in each other's way, below `{{ root }}`. */
const PATHS = ['a', 'b', 'a/c', 'a/d', 'a/c/e', 'b/f', 'l', 'l/g'].map((path) => `{{ root }}/${path}`);
const path = fc.constantFrom(...PATHS);
const mode = fc.constantFrom('0644', '0600', '0755', '0700', '2755', 'u=rw,g=r,o=');
const maybeMode = fc.option(mode, { nil: undefined });
const text = fc.oneof(
  fc.constantFrom('x', 'x\n', 'y\nx\n', '', 'key=1\nother\n', 'é\0\n'),
  fc.constantFrom('{{ word }}', '{{ word }}\n'),
);
const line = fc.oneof(fc.constantFrom('x', 'key=2', 'a line'), fc.constantFrom('key={{ word }}', '{{ word }}'));
const flag = fc.boolean();

const task = (
  module: string,
  args: fc.Arbitrary<Record<string, unknown>>,
  traits: Partial<RandomTask> = {},
): fc.Arbitrary<RandomTask> =>
  args.map((given) => ({
    module,
    args: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Values,
    keywords: {},
    settles: true,
    opaque: false,
    ...traits,
  }));

const file = fc.oneof(
  task('file', fc.record({ path, state: fc.constant('directory'), mode: maybeMode })),
  task('file', fc.record({ path, state: fc.constant('directory'), mode, recurse: fc.constant(true) })),
  task('file', fc.record({ path, state: fc.constant('absent') })),
  task('file', fc.record({ path, mode, follow: flag })),
  task('file', fc.record({ path, state: fc.constant('touch'), mode: maybeMode }), { settles: false }),
  task(
    'file',
    fc.record({
      path,
      state: fc.constant('touch'),
      access_time: fc.constant('preserve'),
      modification_time: fc.constant('preserve'),
    }),
  ),
  task('file', fc.record({ path, src: path, state: fc.constant('link'), force: flag })),
  task(
    'file',
    fc.record({ path, src: fc.constantFrom('c', '../b', 'a', 'nowhere'), state: fc.constant('link'), force: flag }),
  ),
  task('file', fc.record({ path, src: path, state: fc.constant('hard'), force: flag })),
);
const copy = fc.oneof(
  task(
    'copy',
    fc.record({
      dest: path,
      content: text,
      mode: maybeMode,
      force: fc.option(fc.constant(false), { nil: undefined }),
      follow: flag,
    }),
  ),
  task(
    'copy',
    fc.record({ dest: path.map((each) => `${each}/`), src: fc.constantFrom('plain', 'executable'), mode: maybeMode }),
  ),
  task('copy', fc.record({ dest: path, src: fc.constantFrom('plain', 'tree', 'tree/'), mode: maybeMode })),
  // Not into itself: whether cp refuses that is seen only when it is done.
  task(
    'copy',
    fc
      .record({ dest: path, src: path, remote_src: fc.constant(true), mode: maybeMode })
      .filter(({ dest, src }) => !`${dest}/`.startsWith(`${src}/`) && !`${src}/`.startsWith(`${dest}/`)),
  ),
  task('template', fc.record({ dest: path, src: fc.constantFrom('one.hbs', 'two.hbs'), mode: maybeMode })),
);
const edit = fc.oneof(
  task(
    'lineinfile',
    fc.record({
      path,
      line,
      create: flag,
      regexp: fc.option(fc.constantFrom('^key=', '^none'), { nil: undefined }),
      mode: maybeMode,
    }),
  ),
  task('lineinfile', fc.record({ path, line, state: fc.constant('absent') })),
  task(
    'blockinfile',
    fc.record({
      path,
      block: fc.constantFrom('in\nblock', '{{ word }}'),
      create: flag,
      insertafter: fc.option(fc.constantFrom('^key', 'BOF'), { nil: undefined }),
    }),
  ),
  task('blockinfile', fc.record({ path, state: fc.constant('absent') })),
  task('replace', fc.record({ path, regexp: fc.constant('key=\\d'), replace: fc.constant('key=n') })),
);
const opaque = { settles: false, opaque: true };
const shell = (text: string): fc.Arbitrary<RandomTask> =>
  task(
    'shell',
    path.map((each) => ({ cmd: text.replaceAll('%', `'${each}'`) })),
    opaque,
  );
const command = fc.oneof(
  shell('echo more >>%'),
  shell('rm -rf %'),
  shell('mkdir -p %; echo $?'),
  shell('chmod 0711 %'),
  shell('rm -rf % && ln -s b %'),
  shell('cat % 2>/dev/null; exit 3'),
);
const creating = task(
  'shell',
  path.map((each) => ({ cmd: `echo made >'${each}'`, creates: each })),
  { settles: false, opaque: true },
);
const quiet = fc.oneof(task('stat', fc.record({ path })), task('debug', fc.record({ msg: fc.constant('word') })));

const fact = task('set_fact', fc.record({ word: fc.constantFrom('one', 'two', '{{ word }}+', '{{ last.changed }}') }), {
  settles: false,
});
/** Tasks that read what was done or set before. */
const reader = fc.oneof(
  task(
    'copy',
    fc.record({
      dest: path,
      content: fc.constantFrom('{{ last.changed }} {{ word }}', '{{ word }}', '{{#if last.failed}}failed{{/if}}'),
    }),
    { settles: false },
  ),
  task('lineinfile', fc.record({ path, line: fc.constant('{{ word }}'), create: fc.constant(true) }), {
    settles: false,
  }),
  task('template', fc.record({ dest: path, src: fc.constant('last.hbs') }), { settles: false }),
);

/** Keywords that decide what a failure or a change comes to. */
const keywords: fc.Arbitrary<Values> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ failed_when: false }) },
  { weight: 1, arbitrary: fc.constant({ changed_when: false }) },
  { weight: 1, arbitrary: fc.constant({ when: 'last.changed' }) },
  { weight: 1, arbitrary: fc.constant({ when: '!last.failed' }) },
);

/** Tasks whose effects are known beforehand. */
export const foreseeable = fc.oneof(
  { weight: 4, arbitrary: file },
  { weight: 4, arbitrary: copy },
  { weight: 3, arbitrary: edit },
  { weight: 1, arbitrary: quiet },
);
/** Tasks of all kinds, commands among them. */
export const anyTask = fc.oneof(
  { weight: 6, arbitrary: foreseeable },
  { weight: 1, arbitrary: reader },
  { weight: 1, arbitrary: command },
  { weight: 1, arbitrary: creating },
);
export const withKeywords = (tasks: fc.Arbitrary<RandomTask>): fc.Arbitrary<RandomTask> =>
  fc.tuple(tasks, keywords, flag).map(([each, more, registers]) => ({
    ...each,
    keywords: { ...more, ...(registers ? { register: 'last' } : {}) },
    settles: each.settles && Object.keys(more).length === 0,
  }));

/** A play of all kinds of tasks, in which facts are set behind changes and read at once. */
export const anyPlay = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: withKeywords(anyTask).map((each) => [each]) },
      { weight: 1, arbitrary: fc.tuple(withKeywords(copy), fact, reader) },
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((all) => all.flat());
