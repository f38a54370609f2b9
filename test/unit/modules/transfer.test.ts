import { describe, expect, it } from 'vitest';
import { TaskError } from '../../../src/base/error.js';
import { fetch } from '../../../src/modules/fetch.js';
import { find } from '../../../src/modules/find.js';
import { ageTest, globRegex, nameTest, sizeTest } from '../../../src/modules/find-filter.js';
import { getUrl } from '../../../src/modules/get-url.js';
import { findInList } from '../../../src/modules/get-url-checksum.js';
import { slurp } from '../../../src/modules/slurp.js';
import { stat as statModule } from '../../../src/modules/stat.js';
import { unarchive } from '../../../src/modules/unarchive.js';
import { unpacked } from '../../../src/modules/unarchive-extract.js';
import { tarDiffers } from '../../../src/modules/unarchive-host.js';
import { ask } from '../../../src/probes/registry.js';
import { answer, context, type Known, planOf } from './plan-of.js';
import { directoryStat, fileStat, linkStat, predictedStat } from './stats.js';

const stat = (path: string, value: Parameters<typeof answer<'stat'>>[1]) => answer(ask('stat', path), value);
const HELLO = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';

describe('stat', () => {
  const sha1 = answer(ask('sha1', '/f'), 'ab');
  const values = (known: Known, args: object = {}, changed = {}) =>
    planOf(statModule, { path: '/f', ...args } as never, known, changed).result!.stat;
  it('has no actions and no secrets of what is not known in check mode', () => {
    expect(values([stat('/f', predictedStat()), sha1], {}, { check: true })).toEqual({
      ...{
        exists: true,
        path: '/f',
        isreg: true,
        isdir: false,
        islnk: false,
        isblk: false,
        ischr: false,
        isfifo: false,
        issock: false,
      },
      ...{
        mode: '0644',
        isuid: false,
        isgid: false,
        rusr: true,
        wusr: true,
        xusr: false,
        rgrp: true,
        wgrp: false,
        xgrp: false,
        roth: true,
        woth: false,
        xoth: false,
      },
      ...{ size: 4, readable: true, writeable: true, executable: false, checksum: 'ab' },
    });
    expect(() => values([stat('/f', predictedStat()), sha1])).toThrow(/not asked yet/);
  });
  it('tells what others than root may do', () => {
    const known = (mode: number, more = {}): Known => [
      stat('/f', fileStat({ mode, ...more })),
      sha1,
      answer(ask('passwd', 'bob'), { name: 'bob', uid: 5, gid: 50, gecos: '', home: '', shell: '' }),
      answer(ask('groups'), [
        { name: 'adm', gid: 4, members: ['bob'] },
        { name: 'bob', gid: 50, members: [] },
      ]),
    ];
    const may = (mode: number, more = {}) => {
      const { readable, writeable, executable } = values(
        known(mode, more),
        { get_checksum: false },
        { user: 'bob' },
      ) as Record<string, boolean>;
      return [readable, writeable, executable];
    };
    expect(may(0o741, { uid: 5 })).toEqual([true, true, true]);
    expect(may(0o741, { gid: 4 })).toEqual([true, false, false]);
    expect(may(0o741, { gid: 50 })).toEqual([true, false, false]);
    expect(may(0o741)).toEqual([false, false, true]);
    expect(values(known(0o600), {}, { user: 'bob' })).not.toHaveProperty('checksum');
  });
  it('of a link tells both ends', () => {
    expect(values([stat('/f', linkStat('g', fileStat())), stat('/g', fileStat()), sha1])).toMatchObject({
      islnk: true,
      lnk_target: 'g',
      lnk_source: '/g',
    });
    expect(values([stat('/f', null), answer(ask('sha1', '/f'), null)])).toEqual({ exists: false });
  });
});

describe('slurp and fetch', () => {
  const content = answer(ask('content', '/f'), Buffer.from('hello'));
  const digest = answer(ask('digest', '/f'), HELLO);
  const here = (files: Record<string, string>) => ({
    value: (name: string) => ({ playbook_dir: '/play', inventory_hostname: 'web/1' })[name],
    local: {
      ...context.local,
      bytes: (path: string) => {
        if (!(path in files)) throw new TaskError('none');
        return Buffer.from(files[path]!);
      },
    },
  });
  it('slurp gives base64, and refuses what is too large or no file', () => {
    expect(planOf(slurp, { src: '/f' }, [stat('/f', fileStat()), content]).result).toEqual({
      content: 'aGVsbG8=',
      encoding: 'base64',
      source: '/f',
    });
    expect(() => planOf(slurp, { src: '/f' }, [stat('/f', null), answer(ask('content', '/f'), null)])).toThrow(
      '/f does not exist',
    );
    expect(() => planOf(slurp, { src: '/f' }, [stat('/f', directoryStat()), content])).toThrow('/f is a directory');
    expect(() => planOf(slurp, { src: '/f' }, [stat('/f', fileStat({ size: 1e9 })), content])).toThrow(
      'too large for a variable',
    );
  });
  it.each([
    [{ dest: 'got' }, '/play/got/web_1/f'],
    [{ dest: '/abs/' }, '/abs/web_1/f'],
    [{ dest: 'logs/', flat: true }, '/play/logs/f'],
    [{ dest: 'logs/mine', flat: true }, '/play/logs/mine'],
  ])('fetch %j lands in %s, unless it is there', (args, path) => {
    const known = [stat('/f', fileStat({ size: 5 })), digest, content];
    const change = planOf(fetch, { src: '/f', ...args }, known, here({}));
    expect(change).toMatchObject({
      changed: true,
      actions: [],
      controller: [{ type: 'save', path, content: Buffer.from('hello') }],
    });
    const again = planOf(fetch, { src: '/f', ...args }, known.slice(0, 2), here({ [path]: 'hello' }));
    expect([again.changed, again.controller]).toEqual([false, undefined]);
  });
  it('fetch never leaves its folder, and says what is wrong', () => {
    const known = [
      stat('/a/../../f', fileStat({ size: 5 })),
      answer(ask('digest', '/a/../../f'), HELLO),
      answer(ask('content', '/a/../../f'), Buffer.from('hello')),
    ];
    expect(planOf(fetch, { src: '/a/../../f', dest: 'got' }, known, here({})).controller).toMatchObject([
      { path: '/play/got/web_1/f' },
    ]);
    const none = [stat('/f', null), answer(ask('digest', '/f'), null)];
    expect(() => planOf(fetch, { src: '/f', dest: 'got' }, none, here({}))).toThrow('/f does not exist');
    expect(planOf(fetch, { src: '/f', dest: 'got', fail_on_missing: false }, none, here({}))).toMatchObject({
      actions: [],
      message: expect.stringMatching(/does not exist/),
    });
    expect(() => planOf(fetch, { src: '/f', dest: 'got' }, [stat('/f', directoryStat()), digest], here({}))).toThrow(
      'not a file',
    );
    expect(() =>
      planOf(
        fetch,
        { src: '/f', dest: 'got' },
        [stat('/f', fileStat({ size: 5 })), answer(ask('digest', '/f'), 'other'), content],
        here({}),
      ),
    ).toThrow('changed while it was fetched');
    expect(() =>
      planOf(fetch, { src: '/f', dest: 'got' }, [stat('/f', fileStat({ size: 1e12 })), digest], here({})),
    ).toThrow('files up to 256 MiB');
  });
});

describe('find', () => {
  it('translates patterns as fnmatch', () => {
    const test = (pattern: string, name: string) => nameTest([pattern], false)(name);
    expect(
      ['*.log', '?.log', '[ab].log', '[!ab].log', 'a*****.log', '[]].log'].map((pattern) => [
        test(pattern, 'a.log'),
        test(pattern, 'c.log'),
        test(pattern, 'xx.log'),
      ]),
    ).toEqual([
      [true, true, true],
      [true, true, false],
      [true, false, false],
      [false, true, false],
      [true, false, false],
      [false, false, false],
    ]);
    expect([test('a+b', 'a+b'), test('a\\b', 'a\\b'), test('[', '['), test('*', 'a\nb'), test('$x', '$x')]).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(globRegex('*****')).toBe('.*');
  });
  it('reads ages and sizes', () => {
    expect([ageTest('2d')(172_800), ageTest('2d')(172_799), ageTest('-1h')(3600), ageTest('30')(29)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([sizeTest('1k')(1024), sizeTest('1k')(1023), sizeTest('-1m')(1_048_576), sizeTest('10')(10)]).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(() => ageTest('soon')).toThrow('"soon" is no age');
    expect(() => sizeTest('1x')).toThrow('"1x" is no size');
  });
  it('asks nothing where no path is a folder', () => {
    expect(planOf(find, { paths: '/a,/b' }, [stat('/a', null), stat('/b', fileStat())])).toMatchObject({
      actions: [],
      result: {
        files: [],
        matched: 0,
        examined: 0,
        skipped_paths: { '/a': "'/a' is not a directory", '/b': "'/b' is not a directory" },
      },
    });
  });
});

describe('get_url', () => {
  const url = 'https://example.org/x/app.tgz?v=1';
  const base = [stat('/opt', directoryStat()), stat('/', directoryStat())];
  const plan = (args: object, known: Known) =>
    planOf(getUrl, { url, dest: '/opt/app.tgz', ...args } as never, [...base, ...known]);
  const digest = (value: string | null) => answer(ask('digest', '/opt/app.tgz'), value);
  it('downloads what is missing, with the checksum and the attributes; secrets go by stdin', () => {
    const change = plan(
      {
        checksum: `sha256:${HELLO}`,
        mode: '0755',
        owner: 'app',
        url_username: 'me',
        url_password: 'secret',
        headers: { 'X-Key': 'hidden' },
      },
      [stat('/opt/app.tgz', null), digest(null)],
    );
    const [run] = change.actions;
    expect(run).toMatchObject({
      kind: 'run',
      effects: expect.arrayContaining([
        { type: 'predict', probe: ask('digest', '/opt/app.tgz'), answer: HELLO, certain: true },
      ]),
    });
    if (run?.kind !== 'run') throw new Error('no run');
    expect(run.argv.slice(4)).toEqual(['/opt/app.tgz', '00755', 'app', 'sha256', HELLO, '', '10']);
    expect(run.argv.join(' ')).not.toMatch(/secret|hidden|example/);
    expect((run.stdin as Buffer).toString()).toMatch(/user = "me:secret"[\s\S]*header = X-Key: hidden/);
    expect(change.unknown).toBeUndefined();
  });
  it('lets alone what has the checksum, or without one is there', () => {
    expect(
      plan({ checksum: `sha256:${HELLO.toUpperCase()}` }, [stat('/opt/app.tgz', fileStat()), digest(HELLO)]).actions,
    ).toEqual([]);
    expect(
      plan({ checksum: `sha256:${HELLO}`, force: true, mode: '0600' }, [
        stat('/opt/app.tgz', fileStat()),
        digest(HELLO),
      ]).actions,
    ).toEqual([{ kind: 'attributes', path: '/opt/app.tgz', mode: 0o600 }]);
    expect(plan({}, [stat('/opt/app.tgz', fileStat())]).actions).toEqual([]);
  });
  it('says where only a download can tell', () => {
    expect(plan({ force: true }, [stat('/opt/app.tgz', fileStat())])).toMatchObject({
      actions: [{ kind: 'run' }],
      unknown: expect.stringMatching(/only a download/),
    });
    expect(plan({ dest: '/opt' }, [stat('/opt/app.tgz', fileStat())])).toMatchObject({
      actions: [{ kind: 'run' }],
      unknown: expect.any(String),
      result: { dest: '/opt/app.tgz' },
    });
    expect(
      plan({ checksum: `sha256:${HELLO}` }, [stat('/opt/app.tgz', fileStat()), digest('other')]).unknown,
    ).toBeUndefined();
  });
  it.each<[object, string]>([
    [{ url: 'example.org/x' }, 'is not a URL'],
    [{ url: 'gopher://example.org/x' }, 'gopher: is not supported'],
    [{ checksum: HELLO }, 'does not begin with an algorithm'],
    [{ checksum: 'sha512:abc' }, 'has 128 hexadecimal digits'],
    [{ dest: '/none/x' }, 'the folder /none does not exist'],
    [{ headers: { A: 'x\nB: y' } }, 'has a line break'],
    [{ client_cert: '/c' }, 'client_cert and client_key must be given together'],
  ])('refuses %j', (args, message) => {
    expect(() =>
      plan(args, [stat('/opt/app.tgz', null), stat('/none/x', null), stat('/none', null), digest(null)]),
    ).toThrow(message);
  });
  it('finds a file in lists of checksums', () => {
    const inList = (list: string) => findInList(list, 'sha256', 'app.tgz', 'LIST');
    const other = '0'.repeat(64);
    expect(inList(`${other}  other\n${HELLO}  app.tgz\n`)).toBe(HELLO);
    expect(inList(`${HELLO} *./dist/app.tgz`)).toBe(HELLO);
    expect(inList(`# sums\nSHA256 (app.tgz) = ${HELLO}\nSHA256 (b) = ${other}`)).toBe(HELLO);
    expect(inList(`${HELLO}\n`)).toBe(HELLO);
    expect(() => inList(`${other}  other\n${other} xapp.tgz`)).toThrow('LIST has no sha256 of app.tgz');
  });
});

describe('unarchive', () => {
  it.each([
    ['app/x: Mode differs\n', {}, 'root', true, true],
    ['app/x: Mode differs\n', { mode: '0755' }, 'root', false, true],
    ['app/x: Uid differs\napp/x: Gid differs', {}, 'root', true, true],
    ['app/x: Uid differs\napp/x: Gid differs', {}, 'bob', false, true],
    ['app/x: Uid differs\napp/x: Gid differs', { owner: 'a', group: 'b' }, 'root', false, true],
    ['tar: app/x: Warning: Cannot stat: No such file or directory', {}, 'root', true, true],
    ['app/x: Contents differ', { mode: '0755', owner: 'a' }, 'bob', true, true],
    ['app/x: Mod time differs', {}, 'root', true, true],
    ['tar: This does not look like a tar archive', {}, 'root', false, false],
    ['', {}, 'root', false, false],
  ])('tar --diff: %j with %j as %s', (lines, args, user, differs, recognised) => {
    expect(tarDiffers(lines, args, { user })).toEqual({ differs, recognised });
  });
  it.each<[object, Known, string]>([
    [{ src: '/a.tar', remote_src: true }, [stat('/opt', null), stat('/a.tar', fileStat())], '/opt is not a folder'],
    [
      { src: '/a.tar', remote_src: true },
      [stat('/opt', directoryStat()), stat('/a.tar', null)],
      '/a.tar does not exist on the host',
    ],
    [{ src: 'https://x/a.tar', remote_src: true }, [stat('/opt', directoryStat())], 'is a URL'],
    [{ src: 'a.tar' }, [stat('/opt', directoryStat())], 'no file a.tar'],
    [{ src: 'a.tar', include: 'x', exclude: 'y' }, [], 'cannot be given together'],
  ])('refuses %j', (args, known, message) => {
    expect(() => planOf(unarchive, { dest: '/opt', ...args } as never, known)).toThrow(message);
  });
  it('does nothing where creates exists', () => {
    const known = [stat('/opt', directoryStat()), stat('/opt/bin', directoryStat())];
    expect(planOf(unarchive, { src: 'a.tar', dest: '/opt', creates: '/opt/bin' }, known)).toMatchObject({
      actions: [],
      message: '/opt/bin exists',
    });
  });
  it('predicts what it makes, also folders that the archive does not name', () => {
    const made = [
      { path: '/opt/a/b/f', entry: { path: 'a/b/f', type: 'file', mode: 0o640, mtime: 1, digest: 'ab' } as const },
      { path: '/opt/x' },
    ];
    const effects = unpacked({ path: '/opt', stat: directoryStat() }, made, { owner: 'app' } as never, context);
    const stats = effects.flatMap((effect) =>
      effect.type === 'predict' && effect.probe.kind === 'stat' ? [[effect.probe.subject, effect.answer]] : [],
    );
    expect(stats).toMatchObject([
      ['/opt/a/b', { type: 'directory', mode: undefined }],
      ['/opt/a', { type: 'directory' }],
      ['/opt/a/b/f', { type: 'file', mode: 0o640, owner: 'app' }],
      ['/opt', { mode: 0o755, mtime: undefined }],
    ]);
    expect(effects).toContainEqual({ type: 'stale', probe: ask('stat', '/opt/x') });
    expect(effects).toContainEqual({
      type: 'predict',
      probe: ask('digest', '/opt/a/b/f'),
      answer: 'ab',
      certain: true,
    });
    expect(unpacked({ path: '/opt', stat: null }, undefined, {} as never, context)[0]).toEqual({
      type: 'stale-below',
      path: '/opt',
    });
  });
});
