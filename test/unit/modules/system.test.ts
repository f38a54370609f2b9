import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunAction } from '../../../src/actions/run.js';
import type { WriteAction } from '../../../src/actions/write.js';
import type { Values } from '../../../src/base/value.js';
import { authorizedKey } from '../../../src/modules/authorized-key.js';
import { keyLine, parseKey } from '../../../src/modules/authorized-keys.js';
import { withEntry, withoutEntry } from '../../../src/modules/fstab.js';
import { hostname } from '../../../src/modules/hostname.js';
import { type Change, Unknowable } from '../../../src/modules/module.js';
import { mount } from '../../../src/modules/mount.js';
import { sysctl } from '../../../src/modules/sysctl.js';
import { ask } from '../../../src/probes/registry.js';
import { answer, type Known, planOf } from './plan-of.js';

const FOLDER = { type: 'directory', mode: 0o700, uid: 0, gid: 0, owner: 'root', group: 'root', inode: 1 } as never;
const FILE = { type: 'file', mode: 0o644, uid: 0, gid: 0, owner: 'root', group: 'root', inode: 1 } as never;
const file = (path: string, text: string | null): Known => [
  answer(ask('stat', path), text === null ? null : FILE),
  answer(ask('content', path), text === null ? null : Buffer.from(text)),
];
const shown = (change: Change): string[] =>
  change.actions.map((action) => {
    if (action.kind === 'write') return `${action.path}: ${(action as WriteAction).content.toString()}`;
    if (action.kind === 'run') return (action as RunAction).argv.filter((word) => !word.includes('\n')).join(' ');
    return action.kind === 'directory'
      ? `mkdir ${action.paths.join(' ')}`
      : `${action.kind} ${(action as { path: string }).path}`;
  });

describe('hostname', () => {
  const plan = (name: string, text: string | null, now: string) =>
    planOf(hostname, { name }, [
      ...file('/etc/hostname', text),
      answer(ask('stat', '/etc'), FOLDER),
      answer(ask('sysctl', 'kernel.hostname'), now),
    ]);
  it.each<[string, string | null, string, string[]]>([
    ['is right', 'db1\n', 'db1', []],
    ['is right below a comment', '# ours\ndb1\n', 'db1', []],
    ['differs', 'old\n', 'old', ['/etc/hostname: db1\n', 'hostname -- db1']],
    ['is not written', null, 'db1', ['/etc/hostname: db1\n']],
    ['is not in force', 'db1\n', 'old', ['hostname -- db1']],
  ])('%s', (_name, text, now, expected) => {
    expect(shown(plan('db1', text, now))).toEqual(expected);
  });
  it.each(['', '-a', 'a_b', 'a..b', 'a'.repeat(65), 'a b'])('refuses "%s"', (name) => {
    expect(() => plan(name, 'x\n', 'x')).toThrow(/cannot be the name/);
  });
});

describe('sysctl', () => {
  const path = '/etc/sysctl.d/60-x.conf';
  const plan = (args: Values, text: string | null, now: string | null, check = false) =>
    planOf(
      sysctl,
      { name: 'net.x', sysctl_file: path, ...args },
      [...file(path, text), answer(ask('stat', '/etc/sysctl.d'), FOLDER), answer(ask('sysctl', 'net.x'), now)],
      { check },
    );
  const set = (value: string): string => `sh -c printf '%s\\n' "$2" >"$1" sysctl /proc/sys/net/x ${value}`;
  it.each<[string, Values, string | null, string | null, string[]]>([
    ['is set', { value: '1' }, 'net.x=1\n', '1', []],
    ['is set, in other words', { value: '4 5' }, 'net.x = 4\t5\n', '4 5', []],
    ['is new', { value: 1 }, null, '0', [`${path}: net.x=1\n`, set('1')]],
    ['is in the kernel already', { value: '4 5' }, null, '4\t5', [`${path}: net.x=4 5\n`]],
    [
      'changes in its place',
      { value: 'yes' },
      '# a\nnet.x=0\nb=1\nnet.x=3\n',
      '0',
      [`${path}: # a\nnet.x=1\nb=1\n`, set('1')],
    ],
    ['is written with a slash', { value: '1' }, 'net/x=1\n', '1', []],
    ['differs in the kernel only', { value: '1' }, 'net.x=1\n', '0', []],
    ['differs in the kernel, and must not', { value: '1', sysctl_set: true }, 'net.x=1\n', '0', [set('1')]],
    ['is for the file only', { value: '1', reload: false }, null, '0', [`${path}: net.x=1\n`]],
    ['is not known to the kernel', { value: '1', ignoreerrors: true }, null, null, [`${path}: net.x=1\n`]],
    ['goes', { state: 'absent' }, 'a=1\nnet.x=1\n', '1', [`${path}: a=1\n`]],
    ['is gone', { state: 'absent' }, null, '1', []],
  ])('%s', (_name, args, text, now, expected) => {
    expect(shown(plan(args, text, now))).toEqual(expected);
  });
  it('tells a setting that the kernel does not have', () => {
    expect(() => plan({ value: '1' }, null, null)).toThrow(/no setting net\.x/);
    expect(() => plan({ value: '1' }, null, null, true)).toThrow(Unknowable);
    expect(() => plan({}, null, '1')).toThrow(/value required/);
    expect(() =>
      planOf(sysctl, { name: 'a..b', value: '1', reload: false }, [
        ...file('/etc/sysctl.conf', null),
        answer(ask('stat', '/etc'), FOLDER),
      ]),
    ).toThrow(/not the name/);
  });
});

describe('mount', () => {
  const tab = '# keep me\nUUID=1 /  ext4 defaults 0 1\n';
  const line = 'tmpfs /mnt/x tmpfs size=1m 0 0\n';
  const there = { source: 'tmpfs', type: 'tmpfs', options: ['rw', 'nosuid'] };
  const plan = (args: Values, text: string, now: typeof there | null) =>
    planOf(mount, { path: '/mnt/x/', src: 'tmpfs', fstype: 'tmpfs', opts: 'size=1m', ...args }, [
      ...file('/etc/fstab', text),
      ...['/etc', '/mnt'].map((each) => answer(ask('stat', each), FOLDER)),
      answer(ask('stat', '/mnt/x'), now ? FOLDER : null),
      answer(ask('mount', '/mnt/x'), now),
    ]);
  const rmdir = 'sh -c [ ! -d "$1" ] || rmdir --ignore-fail-on-non-empty -- "$1" rmdir /mnt/x';
  it.each<[string, Values, string, typeof there | null, string[]]>([
    ['mounted and so', { state: 'mounted' }, tab + line, there, []],
    [
      'mounted from bare',
      { state: 'mounted' },
      tab,
      null,
      [`/etc/fstab: ${tab}${line}`, 'mkdir /mnt/x', 'mount -- /mnt/x'],
    ],
    ['mounted, in fstab only', { state: 'mounted' }, tab + line, null, ['mkdir /mnt/x', 'mount -- /mnt/x']],
    [
      'mounted with other options',
      { state: 'mounted', opts: 'size=2m' },
      tab + line,
      there,
      [`/etc/fstab: ${tab}${line.replace('1m', '2m')}`, 'mount -o remount -- /mnt/x'],
    ],
    ['present', { state: 'present' }, tab, null, [`/etc/fstab: ${tab}${line}`]],
    ['present and so', { state: 'present' }, line + tab, null, []],
    [
      'present, not at boot',
      { state: 'present', boot: false },
      tab,
      null,
      [`/etc/fstab: ${tab}${line.replace('1m', '1m,noauto')}`],
    ],
    ['unmounted', { state: 'unmounted' }, tab + line, there, ['umount -- /mnt/x']],
    ['unmounted and so', { state: 'unmounted' }, tab + line, null, []],
    ['absent', { state: 'absent' }, tab + line, there, ['umount -- /mnt/x', `/etc/fstab: ${tab}`, rmdir]],
    ['absent and so', { state: 'absent' }, tab, null, []],
    ['absent from fstab', { state: 'absent_from_fstab' }, line + tab, there, [`/etc/fstab: ${tab}`]],
    ['remounted', { state: 'remounted' }, tab, there, ['mount -o remount,size=1m -- /mnt/x']],
    ['ephemeral', { state: 'ephemeral' }, tab, null, ['mkdir /mnt/x', 'mount -t tmpfs -o size=1m -- tmpfs /mnt/x']],
    ['ephemeral and so', { state: 'ephemeral', opts: 'nosuid' }, tab, there, []],
    ['ephemeral with more options', { state: 'ephemeral', opts: 'ro' }, tab, there, ['mount -o remount,ro -- /mnt/x']],
  ])('%s', (_name, args, text, now, expected) => {
    expect(shown(plan(args, text, now))).toEqual(expected);
  });
  it.each<[string, Values, RegExp]>([
    ['a remount of nothing', { state: 'remounted' }, /not mounted/],
    ['mounted swap', { state: 'mounted', fstype: 'swap', path: 'none' }, /not for swap/],
    ['a relative path', { state: 'present', path: 'x' }, /not an absolute path/],
  ])('refuses %s', (_name, args, message) => {
    const known = [
      ...file('/etc/fstab', tab),
      answer(ask('stat', '/etc'), FOLDER),
      ...['x', 'none', '/mnt/x'].flatMap((each) => [answer(ask('stat', each), null), answer(ask('mount', each), null)]),
    ];
    expect(() => planOf(mount, { path: '/mnt/x', src: 'a', fstype: 'ext4', ...args }, known)).toThrow(message);
  });
  it('requires src and fstype', () => {
    expect(() => planOf(mount, { path: '/x', state: 'mounted' })).toThrow(/src, fstype required/);
  });
});

describe('fstab', () => {
  it('keeps other lines, escapes blanks, and changes nothing twice', () => {
    const path = fc.stringMatching(/^\/[a-z \t\\]{1,8}$/);
    const other = fc.array(fc.constantFrom('# c', '', 'a /a ext4 defaults 0 0', 'UUID=1\tnone\tswap\tsw\t0\t0'), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(other, path, (lines, point) => {
        const text = lines.length === 0 ? '' : `${lines.join('\n')}\n`;
        const entry = { source: 's', path: point, type: 'ext4', options: 'ro', dump: '0', pass: '2' };
        const once = withEntry(text, entry);
        expect(withEntry(once, entry)).toBe(once);
        expect(once.split('\n').filter((line) => line.startsWith('s /'))).toHaveLength(1);
        if (point !== '/a') expect(withoutEntry(once, { path: point, source: '', type: '' })).toBe(text);
      }),
    );
  });
  it('knows swap by its source', () => {
    const swap = { source: '/swap', path: 'none', type: 'swap', options: 'sw', dump: '0', pass: '0' };
    expect(withEntry('/other none swap sw 0 0\n', swap)).toBe('/other none swap sw 0 0\n/swap none swap sw 0 0\n');
  });
});

const BLOB = 'AAAAC3NzaC1lZDI1NTE5AAAAIGCkxTzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM';
const K1 = `ssh-ed25519 ${BLOB} one@host`;
const K2 = `ssh-rsa ${BLOB.replace('AAAAC3', 'AAAAB3')} two`;

describe('authorized_key', () => {
  const path = '/home/app/.ssh/authorized_keys';
  const user = { name: 'app', uid: 5, gid: 6, gecos: '', home: '/home/app', shell: '/bin/sh' };
  const ssh = { ...(FOLDER as object), owner: 'app', group: 'app', uid: 5, gid: 6 } as never;
  const base = (text: string | null, folder: unknown = ssh): Known => [
    answer(ask('passwd', 'app'), user),
    answer(ask('stat', '/home/app/.ssh'), folder as never),
    answer(ask('stat', '/home/app'), FOLDER),
    ...file(path, text),
  ];
  const content = (args: Values, text: string | null): string | undefined => {
    const write = planOf(authorizedKey, { user: 'app', ...args }, base(text)).actions.at(-1) as WriteAction | undefined;
    return write?.content?.toString();
  };
  it.each<[string, Values, string | null, string | undefined]>([
    ['has the key', { key: K1 }, `# mine\n${K1}\n`, undefined],
    ['gets the key', { key: K1 }, `# mine\n${K2}\n`, `# mine\n${K2}\n${K1}\n`],
    ['gets several keys', { key: `${K1}\n# note\n${K2}\n` }, null, `${K1}\n${K2}\n`],
    ['gets another comment', { key: K1, comment: 'new' }, `${K1}\n`, `ssh-ed25519 ${BLOB} new\n`],
    ['gets options', { key: K1, key_options: 'no-pty,command="a b"' }, `${K1}\n`, `no-pty,command="a b" ${K1}\n`],
    [
      'has the options',
      { key: K1, key_options: 'command="say \\"hi\\" x"' },
      `command="say \\"hi\\" x" ${K1}\n`,
      undefined,
    ],
    ['has it twice', { key: K1 }, `${K1}\n${K1}\n`, `${K1}\n`],
    ['loses all others', { key: K1, exclusive: true }, `# mine\n${K2}\njunk\n${K1}\n`, `# mine\n${K1}\n`],
    ['loses all', { key: '', exclusive: true }, `${K2}\n`, ''],
    ['loses a key', { key: K1, state: 'absent' }, `from="10.*" ${K1} other\n${K2}\n`, `${K2}\n`],
    ['has lost it', { key: K1, state: 'absent' }, null, undefined],
  ])('%s', (_name, args, text, expected) => {
    expect(content(args, text)).toBe(expected);
    if (expected !== undefined) expect(content(args, expected)).toBeUndefined();
  });
  it('makes the folder and gives both to the user', () => {
    const change = planOf(authorizedKey, { user: 'app', key: K1 }, base(null, null));
    expect(change.actions).toMatchObject([
      { kind: 'directory', paths: ['/home/app/.ssh'], mode: 0o700, owner: 'app', group: '6' },
      { kind: 'write', path, mode: 0o600, owner: 'app', group: '6' },
    ]);
  });
  it.each<[string, Values, unknown, RegExp]>([
    ['an address', { key: 'https://x/y.keys' }, ssh, /is an address/],
    ['a private key', { key: '-----BEGIN OPENSSH PRIVATE KEY-----\nabc' }, ssh, /not a public key/],
    ['rubbish', { key: `${K1}\nhello` }, ssh, /line 2 of key/],
    ['nothing', { key: '' }, ssh, /key is empty/],
    ['options of two lines', { key: K1, key_options: 'a\nssh-rsa AAAA' }, ssh, /one line/],
    ['a folder that leads elsewhere', { key: K1 }, { type: 'symlink', target: '/etc' }, /is a symlink/],
    ['a user who is not there', { key: K1, user: 'no' }, ssh, /no user no/],
  ])('refuses %s', (_name, args, folder, message) => {
    const none = [
      answer(ask('passwd', 'no'), null),
      ...file('/home/no/.ssh/authorized_keys', null),
      answer(ask('stat', '/home/no/.ssh'), null),
    ];
    expect(() =>
      planOf(authorizedKey, { user: 'app', ...args }, [
        ...base(null, folder),
        answer(ask('stat', '/etc'), FOLDER),
        ...none,
      ]),
    ).toThrow(message);
  });
  it('reads lines as sshd does', () => {
    expect(parseKey(`  environment="A=b c",no-pty\t${K1} more `)).toEqual({
      options: 'environment="A=b c",no-pty',
      type: 'ssh-ed25519',
      blob: BLOB,
      comment: 'one@host more',
    });
    expect(parseKey('ssh-ed25519')).toBeUndefined();
    expect(parseKey(`# ${K1}`)).toBeUndefined();
    expect(keyLine(parseKey(K1)!)).toBe(K1);
    fc.assert(fc.property(fc.string(), (text) => parseKey(text)?.type !== ''));
  });
});
