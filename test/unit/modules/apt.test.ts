import { describe, expect, it } from 'vitest';
import type { RunAction } from '../../../src/actions/run.js';
import type { Values } from '../../../src/base/value.js';
import { apt } from '../../../src/modules/apt.js';
import { globMatches, packageSpec } from '../../../src/modules/apt-packages.js';
import { simulated } from '../../../src/modules/apt-system.js';
import type { Change, PlanContext } from '../../../src/modules/module.js';
import { type Candidate, parsePolicy, provided, UNKNOWN_PACKAGE } from '../../../src/probes/candidate.js';
import { ABSENT, type PackageState } from '../../../src/probes/package.js';
import { ask } from '../../../src/probes/registry.js';
import { answer, context, type Known, planOf } from './plan-of.js';

const has = (version: string): PackageState => ({ ...ABSENT, installed: true, version });
const can = (version?: string, ...more: string[]): Candidate => ({
  known: true,
  version,
  versions: version === undefined ? more : [version, ...more],
});
const LISTS = ask('stat', '/var/lib/apt/lists');
const age = (seconds: number): Known => [
  answer(ask('stat', '/var/lib/apt/periodic/update-success-stamp'), null),
  answer(LISTS, { type: 'directory', mtime: context.now - seconds, inode: 1 } as never),
];

const KNOWN: Known = [
  answer(ask('package', 'vim'), has('9.0')),
  answer(ask('candidate', 'vim'), can('9.1', '9.0')),
  answer(ask('provided', 'vim'), []),
  answer(ask('package', 'new'), ABSENT),
  answer(ask('candidate', 'new'), can('1.2', '1.1')),
  answer(ask('provided', 'new'), []),
  answer(ask('package', 'awk'), ABSENT),
  answer(ask('candidate', 'awk'), can()),
  answer(ask('provided', 'awk'), ['mawk']),
  answer(ask('package', 'mta'), ABSENT),
  answer(ask('candidate', 'mta'), can()),
  answer(ask('provided', 'mta'), []),
  answer(ask('package', 'nosuch'), ABSENT),
  answer(ask('candidate', 'nosuch'), UNKNOWN_PACKAGE),
  answer(ask('provided', 'nosuch'), []),
  answer(ask('package', 'left'), { ...ABSENT, configFiles: true }),
  answer(ask('package', 'half'), { ...ABSENT, broken: true }),
  answer(ask('candidate', 'half'), can('1')),
  answer(ask('provided', 'half'), []),
];

const plan = (args: Values, known: Known = KNOWN, changed: Partial<PlanContext> = {}): Change =>
  planOf(apt, args, known, changed);
/** The apt-get commands without the options that all of them have. */
const commands = (change: Change): string[] =>
  change.actions.map((action) => {
    const { argv } = action as RunAction;
    const words = argv.slice(argv.indexOf('apt-get') + 2).join(' ');
    return words.replace(/-o \S+ ?/g, '').trim();
  });

describe('apt', () => {
  it.each<[string, Values, string[]]>([
    ['installed', { name: 'vim' }, []],
    ['installed at this version', { name: 'vim=9.*' }, []],
    ['not installed', { name: 'new' }, ['install -- new']],
    ['in one call', { name: ['vim', 'new', 'mta'] }, ['install -- new mta']],
    ['at another version', { name: 'vim=9.1' }, ['install -- vim=9.1']],
    ['a version not installed', { name: 'new=1.1' }, ['install -- new=1.1']],
    ['provided by another', { name: 'awk' }, []],
    ['virtual and not provided', { name: 'mta' }, ['install -- mta']],
    ['half installed', { name: 'half' }, ['install -- half']],
    ['only upgraded', { name: ['vim', 'new'], state: 'latest', only_upgrade: true }, ['--only-upgrade install -- vim']],
    ['latest', { name: ['vim', 'new', 'awk'], state: 'latest' }, ['install -- vim new']],
    ['gone', { name: ['vim', 'new'], state: 'absent' }, ['remove -- vim']],
    [
      'gone with what is left',
      { name: ['vim', 'left'], state: 'absent', purge: true, autoremove: true },
      ['--purge --auto-remove remove -- vim left'],
    ],
    ['gone already', { name: ['left', 'new'], state: 'absent' }, []],
    [
      'with everything allowed',
      { name: 'new', force: true },
      [
        '--allow-downgrades --allow-change-held-packages --allow-unauthenticated --allow-remove-essential install -- new',
      ],
    ],
    ['no packages', { name: [] }, []],
  ])('%s', (_name, args, expected) => {
    expect(commands(plan(args))).toEqual(expected);
  });
  it('says which versions come and go', () => {
    expect(plan({ name: ['vim', 'new'], state: 'latest' }).diff).toEqual([
      { subject: 'package vim', note: '9.0 → 9.1' },
      { subject: 'package new', note: 'not installed → 1.2' },
    ]);
  });
  it('asks nobody, keeps configuration, waits for locks', () => {
    const action = plan({ name: 'new', lock_timeout: 7 }, KNOWN, {
      environment: { http_proxy: 'http://p' },
      timeout: 9,
    }).actions[0] as RunAction;
    expect(action.environment).toMatchObject({ DEBIAN_FRONTEND: 'noninteractive', http_proxy: 'http://p' });
    expect(action.argv).toEqual(
      expect.arrayContaining(['Dpkg::Options::=--force-confdef', 'Dpkg::Options::=--force-confold']),
    );
    expect(action.argv[4]).toBe('7');
    expect(action.timeout).toBe(9);
  });
  it('predicts the package and forgets everything else', () => {
    const { effects } = plan({ name: 'new' }).actions[0] as RunAction;
    expect(effects).toEqual([
      { type: 'stale-all' },
      { type: 'predict', probe: ask('package', 'new'), answer: has('1.2'), certain: false },
    ]);
  });
  it('costs one probe kind where all is there', () => {
    const probes = apt.probes({ name: ['vim', 'less'], state: 'present', cache_valid_time: 0 } as never, context);
    expect(probes).toEqual([ask('package', 'vim'), ask('package', 'less')]);
  });
  it.each<[string, Values, Known, number, boolean]>([
    ['old lists', { name: 'vim', cache_valid_time: 60 }, age(61), 1, false],
    ['new lists', { name: 'vim', cache_valid_time: 60, update_cache: true }, age(59), 0, false],
    ['whatever their age', { name: 'vim', update_cache: true }, [], 1, false],
    ['nothing but lists', { update_cache: true }, [], 1, true],
    ['nothing but new lists', { update_cache: true, cache_valid_time: 60 }, age(1), 0, false],
    ['not where it is said', { update_cache: false, cache_valid_time: 60, name: 'vim' }, [], 0, false],
  ])('fetches %s', (_name, args, known, actions, changed) => {
    const change = plan(args, [...KNOWN, ...known]);
    expect([change.actions.length, change.changed]).toEqual([actions, changed]);
    if (actions > 0) expect((change.actions[0] as RunAction).argv.at(-1)).toBe('update');
  });
  it('cannot know what new lists hold', () => {
    const change = plan({ name: 'vim=9.0', state: 'latest', update_cache: true });
    expect(change.unknown).toMatch(/after fetching/);
    const outcome = (stdout: string) => ({ status: 0, stdout, stderr: '', truncated: false, duration: 1 });
    const nothing = '0 upgraded, 0 newly installed, 0 to remove and 3 not upgraded.\n';
    const upgraded = '1 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n';
    expect(apt.conclude!({} as never, [outcome(''), outcome(nothing)], change).changed).toBe(false);
    expect(apt.conclude!({} as never, [outcome(''), outcome(upgraded)], change).changed).toBe(true);
    expect(plan({ name: 'nosuch', update_cache: true }).actions).toHaveLength(2);
  });
  it.each<[string, Values, RegExp]>([
    ['a package that is not there', { name: ['new', 'nosuch'] }, /have no package "nosuch"/],
    ['a version that is not there', { name: 'new=3' }, /no version 3 of new \(there are: 1\.2, 1\.1\)/],
    ['what is no name', { name: 'a; b' }, /not the name of a package/],
    ['an option', { name: '--reinstall' }, /not the name of a package/],
    ['a package file as name', { name: '/tmp/x.deb' }, /not the name of a package/],
    ['build-dep', { name: 'vim', state: 'build-dep' }, /not supported/],
    ['two purposes', { name: 'vim', upgrade: 'dist' }, /together/],
    ['an address', { deb: 'https://x/y.deb' }, /is an address/],
  ])('refuses %s', (_name, args, message) => {
    expect(() => plan(args)).toThrow(message);
  });
  it('in check mode trusts lists that an earlier task would fetch', () => {
    const fetched = [answer(LISTS, { type: 'directory', mtime: context.now } as never)];
    expect(plan({ name: 'nosuch' }, [...KNOWN, ...fetched], { check: true }).actions).toHaveLength(1);
    expect(() => plan({ name: 'nosuch' }, [...KNOWN, ...age(0)], { check: true })).toThrow(/no package/);
  });
  it('explains failures of apt-get', () => {
    const failed = (status: number, stderr: string) =>
      apt.conclude!({ name: ['x'] } as never, [{ status, stdout: '', stderr, truncated: false, duration: 1 }], {
        actions: [],
      });
    expect(failed(100, 'W: noise\nE: Unable to locate package x\n')).toMatchObject({
      failed: true,
      message: expect.stringMatching(/Unable to locate package x$/),
      hint: expect.stringContaining('update_cache'),
    });
    expect(failed(75, 'the lock is still held after 2 s, by dpkg (process 7)\n')).toMatchObject({
      message: expect.stringContaining('dpkg (process 7)'),
      hint: expect.stringContaining('lock_timeout'),
    });
    expect(failed(100, "E: You don't have enough free space in /var/cache/apt/archives/.\n")).toMatchObject({
      hint: expect.stringContaining('df -h'),
    });
  });
});

describe('what apt prints', () => {
  it('is read: policy', () => {
    const text =
      'bash:\n  Installed: 5.2-2\n  Candidate: 5.2-3\n  Version table:\n     5.2-3 500\n        500 http://m bookworm/main amd64 Packages\n *** 5.2-2 100\n        100 /var/lib/dpkg/status\nmta:\n  Installed: (none)\n  Candidate: (none)\n  Version table:\n';
    expect([...parsePolicy(text.split('\n'))]).toEqual([
      ['bash', { known: true, version: '5.2-3', versions: ['5.2-3', '5.2-2'] }],
      ['mta', { known: true, version: undefined, versions: [] }],
    ]);
  });
  it('is read: a simulation', () => {
    const text = 'Inst a [1] (2 Debian:12 [amd64]) []\nInst b (3 x)\nConf a (2 x)\nRemv c [4]\n';
    expect(simulated(text).map(({ name, note }) => `${name} ${note}`)).toEqual([
      'a 1 → 2',
      'b not installed → 3',
      'c 4 → removed',
    ]);
  });
  it('is read: who provides', () => {
    const stdout = Buffer.from('ii \tmawk\tawk\nii \texim4\tmail-transport-agent, x (= 4.0)\n');
    expect(provided.parse({ status: 0, stdout, stderr: Buffer.alloc(0) }, ['awk', 'x', 'none'])).toEqual([
      ['mawk'],
      ['exim4'],
      [],
    ]);
  });
  it('names are split from versions', () => {
    expect(packageSpec('libc6:amd64=2.*')).toEqual({ name: 'libc6:amd64', version: '2.*' });
    expect(globMatches('1.2*', '1.2.3-4')).toBe(true);
    expect(globMatches('1.2', '1x2')).toBe(false);
    expect(globMatches('a[!b]?', 'acd')).toBe(true);
    expect(globMatches('*'.repeat(50), 'a'.repeat(5000))).toBe(true);
  });
});
