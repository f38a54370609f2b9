import { describe, expect, it } from 'vitest';
import { file } from '../../../src/modules/file.js';
import { Refusal } from '../../../src/probes/probe.js';
import { ask, outputOf } from '../../../src/probes/registry.js';
import { answer, type Known, planOf } from './plan-of.js';
import { directoryStat, fileStat, linkStat, predictedStat } from './stats.js';

const stat = (path: string, value: Parameters<typeof answer<'stat'>>[1]) => answer(ask('stat', path), value);
const root = [stat('/', directoryStat()), stat('/srv', directoryStat())];
const plan = (args: Record<string, never> | object, known: Known = []) =>
  planOf(file, args as never, [...root, ...known]);
const actions = (args: object, known: Known = []) => plan(args, known).actions;

describe('file', () => {
  it('refuses an owner that does not exist before anything is changed', () => {
    const nobody = [answer(ask('passwd', 'nosuch'), null), answer(ask('group', 'nosuch'), null), stat('/srv/a', null)];
    expect(() => plan({ path: '/srv/a', state: 'touch', owner: 'nosuch' }, nobody)).toThrow(
      'user "nosuch" does not exist',
    );
    expect(() => plan({ path: '/srv/a', state: 'directory', group: 'nosuch' }, nobody)).toThrow(
      'group "nosuch" does not exist',
    );
  });

  describe('state: directory', () => {
    it('makes it with everything above it that is missing, all with the same attributes', () => {
      const change = plan({ path: '/srv/a/b/', state: 'directory', mode: '0750', owner: 'app' }, [
        stat('/srv/a/b', null),
        stat('/srv/a', null),
      ]);
      expect(change.actions).toEqual([{ kind: 'directory', paths: ['/srv/a', '/srv/a/b'], mode: 0o750, owner: 'app' }]);
      expect(change.diff).toEqual([
        { subject: '/srv/a', note: 'directory made' },
        { subject: '/srv/a/b', note: 'directory made' },
      ]);
      expect(change.result).toEqual({ path: '/srv/a/b', state: 'directory' });
    });
    it('does nothing where it is as wanted, whatever the owner is called by', () => {
      const there = directoryStat({ mode: 0o750, uid: 33, owner: 'www-data', gid: 12345, group: undefined });
      expect(
        actions({ path: '/srv/a', state: 'directory', mode: '0750', owner: 'www-data', group: '12345' }, [
          stat('/srv/a', there),
        ]),
      ).toEqual([]);
      expect(actions({ path: '/srv/a', state: 'directory', owner: '33' }, [stat('/srv/a', there)])).toEqual([]);
    });
    it('mends only what differs', () => {
      const change = plan({ path: '/srv/a', state: 'directory', mode: 'g+w', owner: 'root', group: 'adm' }, [
        stat('/srv/a', directoryStat()),
      ]);
      expect(change.actions).toEqual([{ kind: 'attributes', path: '/srv/a', group: 'adm', mode: 0o775 }]);
      expect(change.diff).toEqual([{ subject: '/srv/a', note: 'group root → adm, mode 0755 → 0775' }]);
    });
    it('says the mode again where a new owner would drop setgid', () => {
      expect(
        actions({ path: '/srv/a', state: 'directory', mode: '2755', owner: 'app' }, [
          stat('/srv/a', directoryStat({ mode: 0o2755 })),
        ]),
      ).toEqual([{ kind: 'attributes', path: '/srv/a', owner: 'app', mode: 0o2755 }]);
    });
    it('works on what a symlink leads to', () => {
      const known = [stat('/srv/l', linkStat('real', directoryStat())), stat('/srv/real', directoryStat())];
      expect(actions({ path: '/srv/l', state: 'directory', mode: '0700' }, known)).toEqual([
        { kind: 'attributes', path: '/srv/real', mode: 0o700 },
      ]);
      expect(() => plan({ path: '/srv/l', state: 'directory', follow: false }, known)).toThrow(
        '/srv/l is there and is a symlink, not a directory',
      );
    });
    it.each<[string, Known, string]>([
      ['a file at the path', [stat('/srv/a', fileStat())], '/srv/a is there and is a file, not a directory'],
      [
        'a file above it',
        [stat('/srv/a', null), stat('/srv', fileStat())],
        '/srv is a file, not a directory, so /srv/a cannot be made',
      ],
      [
        'a dangling link',
        [stat('/srv/a', linkStat('gone', null)), stat('/srv/gone', null)],
        '/srv/a is a symlink to gone, which does not exist',
      ],
      [
        'no permission',
        [answer(ask('stat', '/srv/a'), new Refusal('permission denied: /srv/a', 'become'))],
        'permission denied: /srv/a',
      ],
    ])('refuses %s', (_what, known, message) => {
      expect(() => plan({ path: '/srv/a', state: 'directory' }, known)).toThrow(message);
    });
    it('asks the host for what a prediction leaves open, and only for that', () => {
      const known = [stat('/srv/a', predictedStat({ type: 'directory', mode: 0o755 }))];
      expect(actions({ path: '/srv/a', state: 'directory', mode: '0755' }, known)).toEqual([]);
      expect(() => plan({ path: '/srv/a', state: 'directory', owner: 'root' }, known)).toThrow(
        /not asked yet: stat \/srv\/a/,
      );
    });
  });

  describe('recurse', () => {
    const tree = (lines: string) =>
      answer(outputOf({ argv: ['sh', '-c', `find "$1" -printf '%y %m %U %G %u %g\\n' | sort -u`, 'find', '/srv/a'] }), {
        status: 0,
        stdout: lines,
        stderr: '',
      });
    it.each([
      ['0644', 'd 644 0 0 root root\nf 644 0 0 root root\nl 777 0 0 root root\n', undefined],
      ['0644', 'd 755 0 0 root root\n', { mode: 0o644 }],
      ['u=rwX,go=rX', 'd 755 0 0 root root\nf 644 0 0 root root\nf 755 0 0 root root\n', undefined],
      ['u=rwX,go=rX', 'd 755 0 0 root root\nf 640 0 0 root root\n', { symbolic: 'u=rwX,go=rX' }],
    ])('mode %s on %j', (mode, lines, wanted) => {
      const first = directoryStat({ mode: Number.parseInt(lines.split(' ')[1]!, 8) });
      const change = actions({ path: '/srv/a', state: 'directory', recurse: true, mode }, [
        stat('/srv/a', first),
        tree(lines),
      ]);
      expect(change).toEqual(
        wanted === undefined ? [] : [{ kind: 'attributes', path: '/srv/a', recursive: true, ...wanted }],
      );
    });
    it('looks at owners by name and number', () => {
      const known = [
        stat('/srv/a', directoryStat({ gid: 33, group: 'www-data' })),
        tree('d 755 0 33 root www-data\nl 777 5 33 games www-data\n'),
      ];
      expect(actions({ path: '/srv/a', recurse: true, group: '33' }, known)).toEqual([]);
      expect(actions({ path: '/srv/a', recurse: true, group: 'root' }, [known[0]!])).toEqual([
        { kind: 'attributes', path: '/srv/a', recursive: true, group: 'root' },
      ]);
      expect(actions({ path: '/srv/a', recurse: true, owner: 'root' }, known)).toEqual([
        { kind: 'attributes', path: '/srv/a', recursive: true, owner: 'root' },
      ]);
    });
    it('in check mode does not look below what is still to be made', () => {
      const known = [...root, stat('/srv/a', predictedStat({ type: 'directory', mode: 0o755 }))];
      expect(
        planOf(file, { path: '/srv/a', recurse: true, mode: '0700' }, known, { check: true }).actions,
      ).toHaveLength(1);
      expect(() => planOf(file, { path: '/srv/a', recurse: true, mode: '0755' }, known, { check: true })).toThrow(
        'depends on an earlier task',
      );
    });
    it('makes a directory where nothing is, and refuses files', () => {
      expect(actions({ path: '/srv/a', recurse: true, mode: '0700' }, [stat('/srv/a', null)])).toEqual([
        { kind: 'directory', paths: ['/srv/a'], mode: 0o700 },
      ]);
      expect(() => plan({ path: '/srv/a', recurse: true }, [stat('/srv/a', fileStat())])).toThrow(
        'recurse is for directories',
      );
    });
  });

  describe('state: file and no state', () => {
    it('sets attributes of what is there', () => {
      expect(actions({ path: '/srv/f', mode: '0600' }, [stat('/srv/f', fileStat())])).toEqual([
        { kind: 'attributes', path: '/srv/f', mode: 0o600 },
      ]);
      expect(actions({ path: '/srv/f', mode: '0755' }, [stat('/srv/f', directoryStat())])).toEqual([]);
    });
    it('refuses what is missing or something else', () => {
      expect(() => plan({ path: '/srv/f' }, [stat('/srv/f', null)])).toThrow('/srv/f does not exist');
      expect(() => plan({ path: '/srv/f', state: 'file' }, [stat('/srv/f', directoryStat())])).toThrow(
        '/srv/f is a directory, not a file',
      );
    });
    it('refuses relative paths and modes that are none', () => {
      expect(() => plan({ path: 'srv' })).toThrow('"srv" is not an absolute path');
      expect(() => plan({ path: '$HOME/x' })).toThrow('"$HOME/x" is not an absolute path');
      expect(() => plan({ path: '/srv/f', mode: 'rw' }, [stat('/srv/f', fileStat())])).toThrow('invalid mode "rw"');
      expect(() => plan({ path: '/srv/f', mode: '0999' }, [stat('/srv/f', fileStat())])).toThrow('invalid mode "0999"');
    });
    it('knows homes', () => {
      const home = answer(ask('passwd', 'bob'), {
        name: 'bob',
        uid: 1,
        gid: 1,
        gecos: '',
        home: '/home/bob',
        shell: '',
      });
      expect(actions({ path: '~bob/f', mode: '0600' }, [home, stat('/home/bob/f', fileStat())])).toEqual([
        { kind: 'attributes', path: '/home/bob/f', mode: 0o600 },
      ]);
      expect(() => plan({ path: '~eve/f' }, [answer(ask('passwd', 'eve'), null)])).toThrow('there is no user eve');
    });
  });

  describe('state: absent', () => {
    it('removes whatever is there, links themselves, and nothing where nothing is', () => {
      expect(actions({ path: '/srv/f', state: 'absent' }, [stat('/srv/f', null)])).toEqual([]);
      const change = plan({ path: '/srv/f/', state: 'absent' }, [
        stat('/srv/f', linkStat('x', directoryStat())),
        stat('/srv/x', directoryStat()),
      ]);
      expect(change).toMatchObject({
        actions: [{ kind: 'remove', path: '/srv/f' }],
        diff: [{ subject: '/srv/f', note: 'symlink removed' }],
      });
      expect(() => plan({ path: '//', state: 'absent' })).toThrow('/ will not be removed');
    });
  });

  describe('state: link', () => {
    const target = stat('/srv/t', fileStat());
    it.each<[string, object, Known, object[] | string]>([
      ['none there', {}, [stat('/srv/l', null), target], [{ kind: 'link', path: '/srv/l', target: 't', hard: false }]],
      ['as wanted', {}, [stat('/srv/l', linkStat('t', fileStat())), target], []],
      [
        'another link',
        {},
        [stat('/srv/l', linkStat('old', null)), target],
        [{ kind: 'link', path: '/srv/l', target: 't', hard: false }],
      ],
      ['a file', {}, [stat('/srv/l', fileStat()), target], '/srv/l is there and is a file, not a link'],
      [
        'a file, forced',
        { force: true },
        [stat('/srv/l', fileStat()), target],
        [{ kind: 'link', path: '/srv/l', target: 't', hard: false }],
      ],
      ['a directory', {}, [stat('/srv/l', directoryStat()), target], '/srv/l is there and is a directory, not a link'],
      [
        'a missing target',
        {},
        [stat('/srv/l', null), stat('/srv/t', null)],
        'the target /srv/t of the link does not exist',
      ],
      [
        'a missing target, forced',
        { force: true },
        [stat('/srv/l', null)],
        [{ kind: 'link', path: '/srv/l', target: 't', hard: false }],
      ],
      [
        'owner of the target',
        { owner: 'app' },
        [stat('/srv/l', linkStat('t', fileStat())), target],
        [{ kind: 'attributes', path: '/srv/t', owner: 'app' }],
      ],
      [
        'owner of the link',
        { owner: 'app', follow: false },
        [stat('/srv/l', linkStat('t', fileStat())), target],
        [{ kind: 'attributes', path: '/srv/l', owner: 'app' }],
      ],
      [
        'a new link with an owner of its own',
        { owner: 'app', mode: '0600', follow: false },
        [stat('/srv/l', null), target],
        [
          { kind: 'link', path: '/srv/l', target: 't', hard: false },
          { kind: 'attributes', path: '/srv/l', owner: 'app' },
        ],
      ],
    ])('%s', (_what, args, known, expected) => {
      const act = () => actions({ path: '/srv/l', src: 't', state: 'link', ...args }, known);
      if (typeof expected === 'string') expect(act).toThrow(expected);
      else expect(act()).toEqual(expected);
    });
    it('needs src where there is no link yet', () => {
      expect(() => plan({ path: '/srv/l', state: 'link' }, [stat('/srv/l', null)])).toThrow(/src does not say/);
    });
    it('tells a link that leads to itself', () => {
      expect(() => plan({ path: '/srv/l', mode: '0600' }, [stat('/srv/l', linkStat('l', null))])).toThrow(
        /more than 40 symlinks/,
      );
    });
  });

  describe('state: hard', () => {
    const args = { path: '/srv/h', src: '/srv/t', state: 'hard' };
    it.each<[string, object, Known, object[] | string]>([
      [
        'none there',
        {},
        [stat('/srv/h', null), stat('/srv/t', fileStat())],
        [{ kind: 'link', path: '/srv/h', target: '/srv/t', hard: true }],
      ],
      ['the same file', {}, [stat('/srv/h', fileStat()), stat('/srv/t', fileStat())], []],
      [
        'another file',
        {},
        [stat('/srv/h', fileStat({ inode: 8 })), stat('/srv/t', fileStat())],
        '/srv/h is there and is another file',
      ],
      [
        'the same number on another disk',
        { force: true },
        [stat('/srv/h', fileStat({ device: 2 })), stat('/srv/t', fileStat())],
        [{ kind: 'link', path: '/srv/h', target: '/srv/t', hard: true }],
      ],
      [
        'a missing target',
        {},
        [stat('/srv/h', null), stat('/srv/t', null)],
        'the target /srv/t of the hard link does not exist',
      ],
      ['a directory', {}, [stat('/srv/h', null), stat('/srv/t', directoryStat())], 'directories have no hard links'],
    ])('%s', (_what, more, known, expected) => {
      const act = () => actions({ ...args, ...more }, known);
      if (typeof expected === 'string') expect(act).toThrow(expected);
      else expect(act()).toEqual(expected);
    });
  });

  describe('times', () => {
    const date = (seconds: number) =>
      answer(outputOf({ argv: ['date', '-d', '2024-01-31 23:59:00', '+%s'] }), {
        status: 0,
        stdout: `${seconds}\n`,
        stderr: '',
      });
    it('touch makes an empty file, or sets times', () => {
      expect(actions({ path: '/srv/f', state: 'touch', mode: '0600' }, [stat('/srv/f', null)])).toEqual([
        { kind: 'touch', path: '/srv/f' },
        { kind: 'attributes', path: '/srv/f', mode: 0o600 },
      ]);
      expect(
        actions({ path: '/srv/f', state: 'touch', access_time: 'preserve' }, [stat('/srv/f', fileStat())]),
      ).toEqual([{ kind: 'touch', path: '/srv/f', accessTime: 'preserve' }]);
      expect(
        actions({ path: '/srv/f', state: 'touch', access_time: 'preserve', modification_time: 'preserve' }, [
          stat('/srv/f', fileStat()),
        ]),
      ).toEqual([]);
      expect(() =>
        plan({ path: '/srv/no/f', state: 'touch' }, [stat('/srv/no/f', null), stat('/srv/no', null)]),
      ).toThrow('the folder /srv/no does not exist');
    });
    it('a time is set where it differs', () => {
      const args = { path: '/srv/f', modification_time: '202401312359.00' };
      expect(actions(args, [stat('/srv/f', fileStat()), date(1_600_000_000)])).toEqual([]);
      expect(actions(args, [stat('/srv/f', fileStat()), date(1_706_745_540)])).toEqual([
        { kind: 'touch', path: '/srv/f', accessTime: 'preserve', modificationTime: '@1706745540' },
      ]);
      expect(
        actions({ ...args, modification_time: '31.1.24 23:59', modification_time_format: '%d.%m.%y %H:%M' }, [
          stat('/srv/f', fileStat()),
          date(1_600_000_000),
        ]),
      ).toEqual([]);
    });
    it.each([
      [{ modification_time: 'yesterday' }, /no time of the form/],
      [{ modification_time: '1', modification_time_format: '%j' }, /has %j/],
    ])('refuses %j', (args, message) => {
      expect(() => plan({ path: '/srv/f', ...args }, [stat('/srv/f', fileStat())])).toThrow(message);
    });
  });

  it('asks beforehand for what it reads', () => {
    const probes = (args: object) =>
      file.probes({ follow: true, ...args } as never, { user: 'root' } as never).map(({ subject }) => subject);
    expect(probes({ path: '/a/b//', state: 'directory' })).toEqual(['/a/b', '/a']);
    expect(probes({ path: '/a/l', src: 't' })).toEqual(['/a/l', '/a', '/a/t']);
    expect(probes({ path: '~/x' })).toEqual(['root']);
    expect(probes({ path: 'relative' })).toEqual([]);
  });
});
