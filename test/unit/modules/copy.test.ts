import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TaskError } from '../../../src/base/error.js';
import { copy } from '../../../src/modules/copy.js';
import type { PlanContext } from '../../../src/modules/module.js';
import { template } from '../../../src/modules/template.js';
import { ask, outputOf } from '../../../src/probes/registry.js';
import { answer, context, type Known, planOf } from './plan-of.js';
import { directoryStat, fileStat, linkStat, predictedStat } from './stats.js';

const stat = (path: string, value: Parameters<typeof answer<'stat'>>[1]) => answer(ask('stat', path), value);
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
/** A file of the host: what all three probes say of it; its folder too. */
const there = (path: string, text: string | null, more = {}): Known => [
  stat(path, text === null ? null : fileStat({ size: text.length, ...more })),
  answer(ask('digest', path), text === null ? null : digestOf(text)),
  answer(ask('content', path), text === null ? null : Buffer.from(text)),
  stat(posix.dirname(path), directoryStat()),
];
const quiet = { diff: false };

/** Files of the controller. */
function local(files: Record<string, string>): Partial<PlanContext> {
  const folders = (path: string): string[] => Object.keys(files).filter((name) => name.startsWith(`${path}/`));
  return {
    local: {
      find: (name) => {
        const path = `/role/${name.replace(/\/$/, '')}`;
        if (path in files || folders(path).length > 0) return path;
        throw new TaskError(`no file ${name}`);
      },
      bytes: (path) => Buffer.from(files[path] ?? ''),
      mode: () => 0o755,
      list: (path) =>
        folders(path)
          .map((name) => name.slice(path.length + 1))
          .flatMap((name) => (name.includes('/') ? [`${name.split('/')[0]!}/`, name] : [name])),
      isDirectory: (path) => !(path in files),
    },
  };
}

describe('copy', () => {
  const plan = (args: object, known: Known, changed: Partial<PlanContext> = quiet) =>
    planOf(copy, { dest: '/etc/f', content: 'new\n', ...args } as never, known, changed);
  const write = { kind: 'write', path: '/etc/f', content: Buffer.from('new\n'), mode: 0o644 };

  it('writes a file that is missing, and tells what it was', () => {
    const change = plan({}, there('/etc/f', null), { diff: true });
    expect(change.actions).toEqual([write]);
    expect(change.diff).toEqual([{ subject: '/etc/f', before: '', after: 'new\n' }]);
    expect(change.result).toEqual({
      dest: '/etc/f',
      path: '/etc/f',
      state: 'file',
      mode: '0644',
      size: 4,
      checksum: createHash('sha1').update('new\n').digest('hex'),
    });
  });
  it('shows the difference, and reads the old content only for that', () => {
    expect(plan({}, there('/etc/f', 'old\n'), { diff: true }).diff).toEqual([
      { subject: '/etc/f', before: 'old\n', after: 'new\n' },
    ]);
    expect(
      plan(
        {},
        there('/etc/f', 'old\n').filter(([key]) => !key.startsWith('content')),
      ).actions,
    ).toEqual([write]);
    const large = [
      stat('/etc/f', fileStat({ size: 9e6 })),
      answer(ask('digest', '/etc/f'), 'x'),
      answer(ask('content', '/etc/f'), Buffer.from('is not looked at')),
      stat('/etc', directoryStat()),
    ];
    expect(plan({}, large, { diff: true }).diff).toEqual([{ subject: '/etc/f', note: 'large: now 4 bytes' }]);
  });
  it('does nothing where the content is there, but mends attributes', () => {
    expect(plan({ mode: '0644', owner: 'root' }, there('/etc/f', 'new\n')).actions).toEqual([]);
    expect(plan({ mode: '0600' }, there('/etc/f', 'new\n')).actions).toEqual([
      { kind: 'attributes', path: '/etc/f', mode: 0o600 },
    ]);
    expect(plan({ mode: '0600' }, there('/etc/f', 'new\n')).result).toMatchObject({ mode: '0600' });
  });
  it('keeps mode and owners of the file it replaces, as far as they must be said', () => {
    const old = there('/etc/f', 'old\n', { mode: 0o640, uid: 5, owner: 'app', gid: 0, group: 'root' });
    expect(plan({}, old).actions).toEqual([{ ...write, mode: 0o640, owner: 'app' }]);
    expect(plan({}, old, { ...quiet, user: 'app' }).actions).toEqual([{ ...write, mode: 0o640, group: 'root' }]);
    expect(plan({ owner: 'root', group: 'adm', mode: 'o+r' }, old).actions).toEqual([
      { ...write, mode: 0o644, owner: 'root', group: 'adm' },
    ]);
    expect(plan({}, there('/etc/f', 'old\n', { uid: 99, owner: undefined })).actions).toEqual([
      { ...write, owner: '99' },
    ]);
  });
  it('plans on what another task will have written, without asking', () => {
    const known: Known = [
      stat('/etc/f', predictedStat()),
      answer(ask('digest', '/etc/f'), digestOf('x')),
      stat('/etc', directoryStat()),
    ];
    expect(plan({}, known).actions).toEqual([write]);
  });
  it('force: false leaves what is there', () => {
    expect(plan({ force: false }, there('/etc/f', 'old\n')).actions).toEqual([]);
    expect(plan({ force: false, mode: '0600' }, there('/etc/f', 'old\n')).actions).toEqual([
      { kind: 'attributes', path: '/etc/f', mode: 0o600 },
    ]);
    expect(plan({ force: false }, there('/etc/f', null)).actions).toEqual([write]);
  });
  it('backup keeps the old file under a name of its own', () => {
    const change = plan({ backup: true }, there('/etc/f', 'old\n'));
    const saved = `/etc/f.${digestOf('old\n').slice(0, 8)}.2023-11-14@22:13:20~`;
    expect(change.actions).toEqual([
      { kind: 'run', argv: ['cp', '-p', '--', '/etc/f', saved], effects: [{ type: 'stale-below', path: saved }] },
      write,
    ]);
    expect(change.result).toMatchObject({ backup_file: saved });
    expect(plan({ backup: true }, there('/etc/f', null)).actions).toEqual([write]);
  });
  it('validate is split into words, without a shell', () => {
    expect(plan({ validate: "visudo -cf '%s' --x='a b'" }, there('/etc/f', null)).actions).toEqual([
      { ...write, validate: ['visudo', '-cf', '%s', '--x=a b'] },
    ]);
    expect(() => plan({ validate: 'visudo' }, there('/etc/f', null))).toThrow(/must contain %s/);
  });
  it('a symlink is replaced, or followed', () => {
    const known = [
      ...there('/etc/real', 'new\n'),
      stat('/etc/f', linkStat('real', fileStat())),
      answer(ask('digest', '/etc/f'), digestOf('new\n')),
    ];
    expect(plan({}, known).actions).toEqual([write]);
    expect(plan({ follow: true }, known).actions).toEqual([]);
    expect(plan({ follow: true, content: 'other' }, known).actions).toEqual([
      { ...write, path: '/etc/real', content: Buffer.from('other') },
    ]);
  });
  it.each<[string, object, Known, string]>([
    [
      'a missing folder',
      {},
      [...there('/etc/f', null).slice(0, 3), stat('/etc', null), stat('/', directoryStat())],
      'the folder /etc does not exist',
    ],
    [
      'a directory',
      {},
      [stat('/etc/f', directoryStat()), answer(ask('digest', '/etc/f'), null), stat('/etc', directoryStat())],
      '/etc/f is a directory, not a file',
    ],
    [
      'a device',
      {},
      [
        stat('/etc/f', fileStat({ type: 'character' })),
        answer(ask('digest', '/etc/f'), null),
        stat('/etc', directoryStat()),
      ],
      '/etc/f is a character device, not a file',
    ],
    [
      'text for a folder',
      { dest: '/etc/' },
      [stat('/etc', directoryStat()), stat('/', directoryStat()), answer(ask('digest', '/etc'), null)],
      'content has no name of its own',
    ],
    ['a relative path', { dest: 'etc/f' }, [], '"etc/f" is not an absolute path'],
    ['an invalid mode', { mode: 'rw-r--r--' }, there('/etc/f', null), 'invalid mode "rw-r--r--"'],
    ['a wrong checksum', { checksum: 'abc' }, there('/etc/f', null), 'the checksum of the source is'],
  ])('refuses %s', (_what, args, known, message) => {
    expect(() => plan(args, known)).toThrow(message);
  });
  it.each<[object, RegExp]>([
    [{ content: undefined }, /one of src, content is required/],
    [{ src: 'x' }, /src and content cannot be given together/],
    [{ mode: 644 }, /did you mean '0644'/],
    [{ owners: 'root' }, /unknown argument "owners"/],
  ])('the check refuses %j', (args, message) => {
    const { content, ...rest } = { content: 'x', ...args } as { content?: string };
    expect(() =>
      planOf(copy, { dest: '/etc/f', ...(content === undefined ? {} : { content }), ...rest } as never),
    ).toThrow(message);
  });

  it('brings a file of the controller, also into a folder', () => {
    const files = { ...quiet, ...local({ '/role/app.conf': 'new\n' }) };
    const asked = { dest: '/etc/', src: 'app.conf', mode: 'preserve' };
    const into = { ...write, path: '/etc/app.conf', mode: 0o755 };
    expect(planOf(copy, asked, [...there('/etc/app.conf', null)], files).actions).toEqual([into]);
    const folder = [stat('/etc', directoryStat()), stat('/', directoryStat()), answer(ask('digest', '/etc'), null)];
    expect(
      planOf(copy, { ...asked, dest: '/etc' }, [...folder, ...there('/etc/app.conf', null)], files).actions,
    ).toEqual([into]);
    const missing = [
      stat('/srv/new/app.conf', null),
      stat('/srv/new', null),
      answer(ask('digest', '/srv/new/app.conf'), null),
      stat('/srv', directoryStat({ mode: 0o2755 })),
    ];
    expect(planOf(copy, { ...asked, dest: '/srv/new/' }, missing, files).actions).toEqual([
      { kind: 'directory', paths: ['/srv/new'], mode: 0o2755 },
      { ...into, path: '/srv/new/app.conf' },
    ]);
    expect(() => planOf(copy, { dest: '/etc/f', src: 'none' }, [], files)).toThrow('no file none');
  });

  it('brings a folder: itself, or with a slash what is in it', () => {
    const files = { ...quiet, ...local({ '/role/site/a': 'A', '/role/site/sub/b': 'B' }) };
    const none = (root: string): Known => [
      ...['', '/sub', '/a', '/sub/b'].flatMap((name) => [
        stat(root + name, null),
        answer(ask('digest', root + name), null),
      ]),
      stat('/srv', directoryStat()),
    ];
    expect(
      planOf(copy, { src: 'site/', dest: '/srv/www', mode: '0640', owner: 'www' }, none('/srv/www'), files).actions,
    ).toEqual([
      { kind: 'directory', paths: ['/srv/www'], mode: 0o755, owner: 'www' },
      { kind: 'write', path: '/srv/www/a', content: Buffer.from('A'), mode: 0o640, owner: 'www' },
      { kind: 'directory', paths: ['/srv/www/sub'], mode: 0o755, owner: 'www' },
      { kind: 'write', path: '/srv/www/sub/b', content: Buffer.from('B'), mode: 0o640, owner: 'www' },
    ]);
    expect(
      planOf(copy, { src: 'site', dest: '/srv' }, none('/srv/site'), files).actions.map(
        (action) => 'path' in action && action.path,
      ),
    ).toEqual([false, '/srv/site/a', false, '/srv/site/sub/b']);
    const all: Known = [
      stat('/srv/www', directoryStat()),
      stat('/srv/www/sub', directoryStat({ mode: 0o700 })),
      ...there('/srv/www/a', 'A'),
      ...there('/srv/www/sub/b', 'B').slice(0, 3),
    ];
    expect(planOf(copy, { src: 'site/', dest: '/srv/www', directory_mode: '0755' }, all, files).actions).toEqual([]);
    expect(() =>
      planOf(
        copy,
        { src: 'site/', dest: '/srv/www' },
        [stat('/srv/www', fileStat()), ...none('/srv/www').slice(1)],
        files,
      ),
    ).toThrow('/srv/www is a file, not a folder');
  });

  describe('remote_src', () => {
    const asked = { dest: '/etc/f', src: '/etc/from', remote_src: true };
    it('copies on the host', () => {
      const known = [...there('/etc/from', 'x', { mode: 0o600 }), ...there('/etc/f', null)];
      expect(planOf(copy, asked, known, quiet).actions).toEqual([
        { kind: 'duplicate', from: '/etc/from', path: '/etc/f', mode: 0o644 },
      ]);
      expect(planOf(copy, { ...asked, mode: 'preserve' }, known, quiet).actions).toMatchObject([{ mode: 0o600 }]);
      expect(planOf(copy, asked, [...there('/etc/from', 'x'), ...there('/etc/f', 'x')], quiet).actions).toEqual([]);
      expect(
        planOf(copy, { ...asked, force: false }, [...there('/etc/from', 'x'), ...there('/etc/f', 'y')], quiet).actions,
      ).toEqual([]);
      expect(() => planOf(copy, asked, [...there('/etc/from', null), ...there('/etc/f', null)], quiet)).toThrow(
        '/etc/from does not exist on the host',
      );
    });
    it('copies folders where diff finds something', () => {
      const said = (stdout: string, status: number) =>
        answer(outputOf({ argv: ['diff', '-rq', '--no-dereference', '--', '/etc/from', '/srv/to'] }), {
          status,
          stdout,
          stderr: '',
        });
      const known: Known = [
        stat('/etc/from', directoryStat()),
        answer(ask('digest', '/etc/from'), null),
        stat('/srv/to', directoryStat()),
        answer(ask('digest', '/srv/to'), null),
        stat('/etc/from/', directoryStat()),
        answer(ask('digest', '/etc/from/'), null),
      ];
      const folder = { dest: '/srv/to', src: '/etc/from/', remote_src: true };
      expect(
        planOf(copy, folder, [...known, said('Only in /srv/to: mine\nOnly in /srv/to/sub: x\n', 1)], quiet).actions,
      ).toEqual([]);
      expect(planOf(copy, folder, [...known, said('Only in /etc/from: new\n', 1)], quiet).actions).toMatchObject([
        { kind: 'run', argv: ['cp', '-RP', '--', '/etc/from/.', '/srv/to'] },
      ]);
      expect(() => planOf(copy, { ...folder, mode: '0600' }, known, quiet)).toThrow(/are not set while a folder/);
    });
  });
});

describe('template', () => {
  const files = (text: string) => ({
    ...quiet,
    ...local({ '/role/t.hbs': text }),
    render: (source: string) => source.replaceAll('{{x}}', '1'),
  });
  it('renders, keeps the last newline, and ends lines as wanted', () => {
    const plan = (args: object, text: string) =>
      planOf(template, { src: 't.hbs', dest: '/etc/f', ...args } as never, there('/etc/f', null), files(text))
        .actions[0];
    expect(plan({}, 'a {{x}}\n')).toEqual({
      kind: 'write',
      path: '/etc/f',
      content: Buffer.from('a 1\n'),
      mode: 0o644,
    });
    expect(plan({}, 'a\r\nb')).toMatchObject({ content: Buffer.from('a\nb') });
    expect(plan({ newline_sequence: '\\r\\n' }, 'a\nb\n')).toMatchObject({ content: Buffer.from('a\r\nb\r\n') });
    expect(plan({ output_encoding: 'latin1' }, 'é')).toMatchObject({ content: Buffer.from([0xe9]) });
    expect(() => plan({ output_encoding: 'latin1' }, '€')).toThrow(/latin1 does not have/);
  });
  it('does nothing where the text is there', () => {
    expect(planOf(template, { src: 't.hbs', dest: '/etc/f' }, there('/etc/f', '1'), files('{{x}}')).actions).toEqual(
      [],
    );
    expect(
      planOf(template, { src: 't.hbs', dest: '/etc/' }, there('/etc/t.hbs', '1'), files('{{x}}')).result,
    ).toMatchObject({ dest: '/etc/t.hbs', src: '/role/t.hbs' });
  });
  it('refuses what is no template', () => {
    expect(() => planOf(template, { src: 'none', dest: '/etc/f' }, there('/etc/f', null), files(''))).toThrow(
      'no file none',
    );
    const binary = { ...context, ...files(''), local: { ...files('').local!, bytes: () => Buffer.from([0xff]) } };
    expect(() => planOf(template, { src: 't.hbs', dest: '/etc/f' }, there('/etc/f', null), binary)).toThrow(
      'is not UTF-8',
    );
  });
});
