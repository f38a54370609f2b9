import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunAction } from '../../../src/actions/run.js';
import type { WriteAction } from '../../../src/actions/write.js';
import type { Values } from '../../../src/base/value.js';
import { aptRepository } from '../../../src/modules/apt-repository.js';
import { fileNameOf, parseSource, requireSource, sourceLine } from '../../../src/modules/apt-source.js';
import { deb822Repository } from '../../../src/modules/deb822-repository.js';
import type { Change } from '../../../src/modules/module.js';
import { dearmour, fingerprints } from '../../../src/modules/openpgp.js';
import { ask, outputOf } from '../../../src/probes/registry.js';
import { answer, type Known, planOf } from './plan-of.js';

const FINGERPRINT = 'B437C0778FDDD03D245742FAB8FCBB0C4E7242B8';
const KEY = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawD2WRYJKwYBBAHaRw8BAQdAtzcAvEgtLjPHfELeG6B9EdHao5zeia1JqDG7
TZM8yR+0FFRlc3QgPHRAZXhhbXBsZS5vcmc+iJAEExYIADgWIQS0N8B3j93QPSRX
Qvq4/LsMTnJCuAUCawD2WQIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRC4
/LsMTnJCuLRNAQD4j7lC7OSqkMdX2ar9PF/RU88++76DfGP56KU9tFAEEAEAnivP
z4e2Ul9I7qIbGt1f78z5TNfOnWqywOs+zntimw0=
=+OYx
-----END PGP PUBLIC KEY BLOCK-----
`;
const ALL = outputOf({
  argv: [
    'sh',
    '-c',
    "grep -H '^[[:space:]]*deb' /etc/apt/sources.list /etc/apt/sources.list.d/*.list /dev/null 2>/dev/null",
  ],
});
const D = '/etc/apt/sources.list.d';
const FOLDER = { type: 'directory', mode: 0o755 } as never;
const FILE = { type: 'file', mode: 0o644, uid: 0, gid: 0, owner: 'root', group: 'root', inode: 1 } as never;

/** A host with these files below /etc/apt; the others that are asked for are not there. */
function host(files: Readonly<Record<string, string>>, asked: readonly string[]): Known {
  const every = [...new Set([...Object.keys(files), ...asked])];
  const listed = Object.entries(files).flatMap(([path, text]) =>
    text
      .split('\n')
      .filter((line) => line.startsWith('deb'))
      .map((line) => `${path}:${line}\n`),
  );
  return [
    ...['/etc/apt/sources.list.d', '/etc/apt/keyrings', '/etc/apt'].map((path) => answer(ask('stat', path), FOLDER)),
    ...every.flatMap((path) => [
      answer(ask('stat', path), path in files ? FILE : null),
      answer(ask('content', path), path in files ? Buffer.from(files[path]!) : null),
    ]),
    answer(ALL, { status: 0, stdout: listed.join(''), stderr: '' }),
  ];
}
const shown = (change: Change): string[] =>
  change.actions.map((action) => {
    if (action.kind === 'write') return `${action.path}: ${(action as WriteAction).content.toString().trim()}`;
    return action.kind === 'run'
      ? `${(action as RunAction).argv.at(-1)} ${(action as RunAction).stdin?.toString() ?? ''}`.trim()
      : `${action.kind} ${(action as { path: string }).path}`;
  });

describe('apt_repository', () => {
  const repo = 'deb https://user:word@pkg.example.org/debian bookworm main';
  const path = `${D}/pkg_example_org_debian.list`;
  const plan = (args: Values, files: Record<string, string> = {}) =>
    planOf(aptRepository, { repo, ...args }, host(files, [path, `${D}/x.list`, '/etc/apt/keyrings/x.asc']));
  it.each<[string, Values, Record<string, string>, string[]]>([
    ['adds an entry and fetches lists', {}, {}, [`${path}: ${repo}`, 'update']],
    [
      'adds to a file, and can bring it back',
      { filename: 'x' },
      { [`${D}/x.list`]: '# note\n' },
      [`${D}/x.list: # note\n${repo}`, 'update # note'],
    ],
    ['only adds', { update_cache: false }, {}, [`${path}: ${repo}`]],
    ['has it', {}, { [path]: `${repo}\n` }, []],
    ['has it with other blanks', {}, { [path]: `  ${repo.replaceAll(' ', '   ')} # here\n` }, []],
    ['has it elsewhere', {}, { '/etc/apt/sources.list': `${repo}\n` }, []],
    [
      'has it with other options',
      { filename: 'x' },
      { [`${D}/x.list`]: 'deb [arch=amd64] https://user:word@pkg.example.org/debian bookworm main\n' },
      [`${D}/x.list: ${repo}`, 'update deb [arch=amd64] https://user:word@pkg.example.org/debian bookworm main'],
    ],
    ['removes it with its file', { state: 'absent' }, { [path]: `${repo}\n` }, [`remove ${path}`, `update ${repo}`]],
    [
      'removes it from wherever it is',
      { state: 'absent' },
      { '/etc/apt/sources.list': `${repo}\ndeb http://a b c\n` },
      ['/etc/apt/sources.list: deb http://a b c', `update ${repo}\ndeb http://a b c`],
    ],
    ['has it not', { state: 'absent' }, {}, []],
  ])('%s', (_name, args, files, expected) => {
    expect(shown(plan(args, files))).toEqual(expected);
  });
  it('keeps a key of its own and checks its fingerprint', () => {
    const args = { filename: 'x', key: KEY, fingerprint: FINGERPRINT.replace(/(....)/g, '$1 ') };
    const change = plan(args);
    expect(shown(change).slice(1)).toEqual([
      `${D}/x.list: deb [signed-by=/etc/apt/keyrings/x.asc] https://user:word@pkg.example.org/debian bookworm main`,
      'update',
    ]);
    const after = {
      '/etc/apt/keyrings/x.asc': KEY,
      [`${D}/x.list`]:
        'deb [signed-by=/etc/apt/keyrings/x.asc] https://user:word@pkg.example.org/debian bookworm main\n',
    };
    expect(plan(args, after).actions).toEqual([]);
    expect(() => plan({ ...args, fingerprint: 'A'.repeat(40) })).toThrow(FINGERPRINT);
    expect(() => plan({ ...args, fingerprint: FINGERPRINT.slice(-16) })).toThrow(/can be forged/);
    expect(() => plan({ ...args, key: 'hello' })).toThrow(/not an armoured public key/);
  });
  it.each([
    ['ppa:x/y', /Launchpad/],
    ['http://x y z', /not an entry/],
    ['deb http://x', /not an entry/],
  ])('refuses %s', (bad, message) => {
    expect(() => planOf(aptRepository, { repo: bad })).toThrow(message);
  });
});

describe('an entry in one line', () => {
  it('is named as Ansible names its file', () => {
    expect(fileNameOf(requireSource('deb [arch=amd64] http://archive.canonical.com/ubuntu hardy partner'))).toBe(
      'archive_canonical_com_ubuntu',
    );
  });
  it('survives being written and read', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9./:-]{0,10}$/);
    fc.assert(
      fc.property(
        fc.array(word.map((each) => `${each}=v`)),
        word,
        word,
        fc.array(word),
        (options, uri, suite, components) => {
          const source = { type: 'deb' as const, options, uri, suite, components };
          expect(parseSource(sourceLine(source))).toEqual(source);
        },
      ),
    );
  });
});

describe('deb822_repository', () => {
  const path = `${D}/my-repo.sources`;
  const args = {
    name: 'My Repo',
    uris: 'https://p.example/debian',
    suites: 'bookworm',
    components: ['main', 'extra'],
    signed_by: KEY,
    fingerprint: FINGERPRINT,
  };
  const text =
    'X-Repolib-Name: My Repo\nTypes: deb\nURIs: https://p.example/debian\nSuites: bookworm\nComponents: main extra\nSigned-By: /etc/apt/keyrings/my-repo.asc\n';
  const plan = (changed: Values, files: Record<string, string> = {}) =>
    planOf(deb822Repository, { ...args, ...changed }, host(files, [path, '/etc/apt/keyrings/my-repo.asc']));
  it('writes key and entry, then fetches lists', () => {
    expect(shown(plan({})).slice(1)).toEqual([`${path}: ${text.trim()}`, 'update']);
  });
  it('has nothing to do the second time', () => {
    const files = { [path]: text, '/etc/apt/keyrings/my-repo.asc': KEY };
    expect(plan({}, files).actions).toEqual([]);
    expect(shown(plan({ enabled: false }, files))).toHaveLength(2);
    expect(shown(plan({ state: 'absent' }, files))[0]).toBe(`remove ${path}`);
  });
  it.each<[string, Values, RegExp]>([
    ['no components', { components: [] }, /components is required/],
    ['an address as key', { signed_by: 'https://p/key.asc' }, /is an address/],
    ['a wrong fingerprint', { fingerprint: 'B'.repeat(40) }, /has the fingerprint/],
    ['a bad name', { name: '../x y' }, /not|cannot/],
    ['two lines', { suites: 'a\nTrusted: yes' }, /one line/],
  ])('refuses %s', (_name, changed, message) => {
    expect(() => plan(changed)).toThrow(message);
  });
});

describe('OpenPGP', () => {
  it('gives the fingerprint that gpg gives', () => {
    expect(fingerprints(dearmour(KEY)!)).toEqual([FINGERPRINT]);
    expect(
      fingerprints(
        dearmour(KEY.replace('-----\n\n', '-----\nVersion: x\nComment: y: z\n\n').replaceAll('\n', '\r\n'))!,
      ),
    ).toEqual([FINGERPRINT]);
  });
  it('never fails on what is no key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => Array.isArray(fingerprints(Buffer.from(bytes)))),
    );
  });
});
