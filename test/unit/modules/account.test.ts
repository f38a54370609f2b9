import { describe, expect, it } from 'vitest';
import type { RunAction } from '../../../src/actions/run.js';
import type { Value, Values } from '../../../src/base/value.js';
import { group } from '../../../src/modules/group.js';
import type { Change } from '../../../src/modules/module.js';
import { user } from '../../../src/modules/user.js';
import type { GroupEntry, PasswdEntry, ShadowEntry } from '../../../src/probes/accounts.js';
import { ask } from '../../../src/probes/registry.js';
import { answer, type Known, planOf } from './plan-of.js';

const commands = (change: Change): string[] => change.actions.map((action) => (action as RunAction).argv.join(' '));
const entry = (name: string, gid: number | undefined, ...members: string[]): GroupEntry => ({ name, gid, members });
const predicted = (change: Change, probe: { kind: string; subject: string }): unknown =>
  change.actions
    .flatMap((action) => (action as RunAction).effects ?? [])
    .flatMap((effect) =>
      effect.type === 'predict' && effect.probe.kind === probe.kind && effect.probe.subject === probe.subject
        ? [[effect.answer, effect.certain]]
        : [],
    )
    .at(-1);

describe('group', () => {
  const plan = (args: Values, there: GroupEntry | null) =>
    planOf(group, { name: 'app', ...args }, [answer(ask('group', 'app'), there)]);
  it.each<[string, Values, GroupEntry | null, string[]]>([
    ['is there', { gid: 2000 }, entry('app', 2000), []],
    ['is there, any gid will do', {}, entry('app', 2000), []],
    ['is missing', { gid: 2000 }, null, ['groupadd -g 2000 -- app']],
    ['is missing, any gid', {}, null, ['groupadd -- app']],
    ['is missing, of the system', { system: true }, null, ['groupadd -r -- app']],
    ['has another gid', { gid: 2001, non_unique: true }, entry('app', 2000), ['groupmod -g 2001 -o -- app']],
    ['must go', { state: 'absent' }, entry('app', 2000), ['groupdel -- app']],
    ['must go by force', { state: 'absent', force: true }, entry('app', 2000), ['groupdel -f -- app']],
    ['is gone', { state: 'absent' }, null, []],
  ])('%s', (_name, args, there, expected) => {
    expect(commands(plan(args, there))).toEqual(expected);
  });
  it('is known with certainty afterwards', () => {
    expect(predicted(plan({ gid: 7 }, null), ask('group', 'app'))).toEqual([entry('app', 7), true]);
    expect(predicted(plan({}, null), ask('group', 'app'))).toEqual([entry('app', undefined), true]);
    expect(predicted(plan({ state: 'absent' }, entry('app', 1)), ask('group', 'app'))).toEqual([null, true]);
  });
  it('refuses names that would be options or break the file', () => {
    for (const name of ['-f', 'a:b', 'a b', 'a\nb', ''])
      expect(() => planOf(group, { name }, [answer(ask('group', name), null)])).toThrow(/cannot be the name/);
  });
  it('explains a gid that is taken', () => {
    const outcome = {
      status: 4,
      stdout: '',
      stderr: "groupadd: GID '7' already exists\n",
      truncated: false,
      duration: 0,
    };
    const said = group.conclude!({ name: 'app' } as never, [outcome], { actions: [] });
    expect(said).toMatchObject({
      failed: true,
      message: expect.stringContaining("GID '7' already exists"),
      hint: expect.stringContaining('non_unique'),
    });
  });
});

const ALICE: PasswdEntry = {
  name: 'alice',
  uid: 1000,
  gid: 1000,
  gecos: 'Alice',
  home: '/home/alice',
  shell: '/bin/sh',
};
const SHADOW: ShadowEntry = {
  name: 'alice',
  hash: '$6$s$old',
  lastChange: 1,
  minimum: 0,
  maximum: 99999,
  warning: 7,
  inactive: undefined,
  expires: undefined,
};
const FOLDER = { type: 'directory', mode: 0o700 } as never;
const NEW: Known = [
  answer(ask('passwd', 'alice'), null),
  answer(ask('stat', '/home/alice'), null),
  answer(ask('group', 'alice'), null),
];
const THERE: Known = [
  answer(ask('passwd', 'alice'), ALICE),
  answer(ask('stat', '/home/alice'), FOLDER),
  answer(ask('group', 'alice'), entry('alice', 1000)),
  answer(ask('group', 'sudo'), entry('sudo', 27)),
  answer(ask('group', 'adm'), entry('adm', 4, 'alice')),
  answer(ask('group', 'nosuch'), null),
  answer(ask('groups'), [
    entry('alice', 1000),
    entry('sudo', 27),
    entry('adm', 4, 'alice'),
    entry('video', 44, 'bob', 'alice'),
  ]),
  answer(ask('shadow', 'alice'), SHADOW),
];

describe('user', () => {
  const plan = (args: Values, known: Known) => planOf(user, { name: 'alice', ...args }, known);
  it.each<[string, Values, string[]]>([
    ['plainly', {}, ['useradd -m -- alice']],
    [
      'in full',
      { uid: 1000, group: 'alice', shell: '/bin/bash', comment: 'A', home: '/home/alice' },
      ['useradd -u 1000 -g alice -s /bin/bash -d /home/alice -c A -m -- alice'],
    ],
    ['of the system', { system: true, create_home: false }, ['useradd -r -M -- alice']],
    ['in groups', { groups: 'sudo' }, ['useradd -G sudo -m -- alice']],
    ['with a password', { password: '$6$s$h' }, ['useradd -m -- alice', 'chpasswd -e']],
    ['that expires', { expires: 86400 * 365 }, ['useradd -e 1971-01-01 -m -- alice']],
    ['with ages', { password_expire_max: 90 }, ['useradd -m -- alice', 'chage -M 90 -- alice']],
  ])('makes a user %s', (_name, args, expected) => {
    const known = [
      ...NEW.slice(0, 2),
      answer(ask('group', 'alice'), args.group ? entry('alice', 1000) : null),
      answer(ask('group', 'sudo'), entry('sudo', 27)),
      answer(ask('groups'), []),
      answer(ask('shadow', 'alice'), null),
    ];
    expect(commands(plan(args, known))).toEqual(expected);
  });
  it('does not make a group that is there already', () => {
    const known = [...NEW.slice(0, 2), answer(ask('group', 'alice'), entry('alice', 5))];
    expect(commands(plan({}, known))).toEqual(['useradd -N -m -- alice']);
  });
  it('knows with certainty what a user made in full is', () => {
    const known = [...NEW.slice(0, 2), answer(ask('group', 'alice'), entry('alice', 1000))];
    const change = plan({ uid: 1000, group: 'alice', shell: '/bin/bash' }, known);
    expect(predicted(change, ask('passwd', 'alice'))).toEqual([{ ...ALICE, gecos: '', shell: '/bin/bash' }, true]);
  });
  it.each<[string, Values, string[]]>([
    ['nothing', {}, []],
    [
      'nothing where all is as wanted',
      {
        uid: 1000,
        group: 'alice',
        shell: '/bin/sh',
        home: '/home/alice',
        comment: 'Alice',
        groups: 'adm',
        append: true,
      },
      [],
    ],
    ['uid and shell', { uid: 1001, shell: '/bin/bash' }, ['usermod -u 1001 -s /bin/bash -- alice']],
    ['a group more', { groups: ['sudo', 'adm'], append: true }, ['usermod -a -G sudo -- alice']],
    ['exactly these groups', { groups: ['adm'] }, ['usermod -G adm -- alice']],
    ['no groups', { groups: [] }, ['usermod -G  -- alice']],
    ['another password', { password: '$6$s$new' }, ['chpasswd -e']],
    ['the same password', { password: '$6$s$old' }, []],
    ['no password again', { password: '$6$s$new', update_password: 'on_create' }, []],
    ['a lock', { password_lock: true }, ['usermod -L -- alice']],
    ['no lock', { password_lock: false }, []],
    ['an end', { expires: 0 }, ['usermod -e 1970-01-01 -- alice']],
    ['no end', { expires: -1 }, []],
    ['ages', { password_expire_max: 90, password_expire_min: 0, password_expire_warn: 7 }, ['chage -M 90 -- alice']],
    ['its going', { state: 'absent' }, ['userdel -- alice']],
    ['its going for good', { state: 'absent', remove: true, force: true }, ['userdel -r -f -- alice']],
  ])('changes %s of a user who is there', (_name, args, expected) => {
    expect(commands(plan(args, THERE))).toEqual(expected);
  });
  it('makes the home that is missing', () => {
    const known = THERE.map((pair) =>
      pair[0] === 'stat /home/alice' ? answer(ask('stat', '/home/alice'), null) : pair,
    );
    const change = plan({}, known);
    expect((change.actions[0] as RunAction).argv.slice(3)).toEqual(['home', 'alice', '/home/alice', '/etc/skel', '']);
    expect(plan({ create_home: false }, known).actions).toEqual([]);
  });
  it('moves the home', () => {
    const known = [...THERE, answer(ask('stat', '/srv/a'), null)];
    expect(commands(plan({ home: '/srv/a', move_home: true }, known))).toEqual(['usermod -d /srv/a -m -- alice']);
  });
  it('gives the password on stdin only, and keeps it out of the diff', () => {
    const change = plan({ password: '$6$s$new', password_lock: true }, THERE);
    expect((change.actions[0] as RunAction).stdin?.toString()).toBe('alice:!$6$s$new\n');
    expect(JSON.stringify([change.diff, change.result, commands(change)])).not.toContain('$6$');
  });
  it('tells its group memberships to come', () => {
    const change = plan({ groups: ['sudo'] }, THERE);
    expect(predicted(change, ask('group', 'sudo'))).toEqual([entry('sudo', 27, 'alice'), true]);
    expect(predicted(change, ask('group', 'video'))).toEqual([entry('video', 44, 'bob'), true]);
  });
  it('makes a key where there is none', () => {
    const known = [
      ...THERE,
      answer(ask('stat', '/home/alice/.ssh/id_ed25519'), null),
      answer(ask('stat', '/home/alice/.ssh'), null),
    ];
    const change = plan({ generate_ssh_key: true, ssh_key_type: 'ed25519' }, known);
    expect((change.actions[0] as RunAction).argv.slice(4)).toEqual([
      'alice',
      '/home/alice/.ssh/id_ed25519',
      'ed25519',
      '',
      '',
    ]);
    const there = known.map((pair) =>
      pair[0].endsWith('id_ed25519') ? answer(ask('stat', '/home/alice/.ssh/id_ed25519'), FOLDER) : pair,
    );
    expect(plan({ generate_ssh_key: true, ssh_key_type: 'ed25519' }, there).actions).toEqual([]);
  });
  it.each<[string, Values, RegExp]>([
    ['a group that is not there', { groups: ['nosuch'] }, /no group named nosuch/],
    ['a primary group that is not there', { group: 'nosuch' }, /no group named nosuch/],
    ['a password in clear', { password: 'secret' }, /must be a hash/],
    ['an empty password', { password: '' }, /must be a hash/],
    ['a comment with a colon', { comment: 'a:b' }, /colons/],
    ['a relative home', { home: 'x' }, /not an absolute path/],
    ['a passphrase', { generate_ssh_key: true, ssh_key_passphrase: 'x' }, /not supported/],
  ])('refuses %s', (_name, args: Value, message) => {
    expect(() => plan(args as Values, [...THERE, answer(ask('stat', 'x'), null)])).toThrow(message);
  });
});
