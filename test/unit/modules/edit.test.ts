import { describe, expect, it } from 'vitest';
import { blockinfile } from '../../../src/modules/blockinfile.js';
import { lineinfile } from '../../../src/modules/lineinfile.js';
import { replace } from '../../../src/modules/replace.js';
import { ask } from '../../../src/probes/registry.js';
import { answer, type Known, planOf } from './plan-of.js';
import { directoryStat, fileStat, linkStat, predictedStat } from './stats.js';

const stat = (path: string, value: Parameters<typeof answer<'stat'>>[1]) => answer(ask('stat', path), value);
const holding = (text: string | Buffer | null, more = {}): Known => [
  stat('/etc/f', text === null ? null : fileStat(more)),
  answer(ask('content', '/etc/f'), text === null ? null : Buffer.from(text as string)),
  stat('/etc', directoryStat()),
];
const write = (text: string, more = {}) => ({
  kind: 'write',
  path: '/etc/f',
  content: Buffer.from(text),
  mode: 0o644,
  ...more,
});
const line = (args: object, known: Known) => planOf(lineinfile, { path: '/etc/f', ...args } as never, known);

// What they do to text is compared with Ansible in edit-cases.test.ts; here is everything around it.
describe('lineinfile', () => {
  it('asks for stat and content, and nothing else', () => {
    const probes = lineinfile.probes({ path: '/etc/f' } as never, { user: 'root', diff: true } as never);
    expect(probes).toEqual([ask('stat', '/etc/f'), ask('content', '/etc/f')]);
  });
  it('adds, replaces and removes, with diff and message', () => {
    expect(line({ line: 'b' }, holding('a\n'))).toMatchObject({
      actions: [write('a\nb\n')],
      message: 'line added',
      diff: [{ subject: '/etc/f', before: 'a\n', after: 'a\nb\n' }],
      result: { msg: 'line added' },
    });
    expect(line({ line: 'b=2', regexp: '^b' }, holding('b=1\n'))).toMatchObject({
      actions: [write('b=2\n')],
      message: 'line replaced',
    });
    expect(line({ regexp: '^b', state: 'absent' }, holding('b\na\nb\n'))).toMatchObject({
      actions: [write('a\n')],
      message: '2 line(s) removed',
      result: { found: 2 },
    });
    expect(line({ line: 'a' }, holding('a\n')).actions).toEqual([]);
    expect(line({ line: 'a', state: 'absent' }, holding(null))).toMatchObject({ actions: [], result: { found: 0 } });
  });
  it('makes file and folders with create, with the wanted attributes', () => {
    expect(line({ line: 'a', create: true, mode: '0600', owner: 'app' }, holding(null)).actions).toEqual([
      write('a\n', { mode: 0o600, owner: 'app' }),
    ]);
    const deep = [
      stat('/srv/x/f', null),
      stat('/srv/x', null),
      stat('/srv', directoryStat()),
      answer(ask('content', '/srv/x/f'), null),
    ];
    expect(planOf(lineinfile, { path: '/srv/x/f', line: 'a', create: true }, deep).actions[0]).toEqual({
      kind: 'directory',
      paths: ['/srv/x'],
      mode: 0o755,
    });
    expect(() => line({ line: 'a' }, holding(null))).toThrow('/etc/f does not exist');
  });
  it('plans on what earlier tasks will have written, without asking', () => {
    const known: Known = [
      stat('/etc/f', predictedStat({ mode: 0o600 })),
      answer(ask('content', '/etc/f'), Buffer.from('a\n')),
    ];
    expect(line({ line: 'b', create: true }, known).actions).toEqual([write('a\nb\n', { mode: 0o600 })]);
  });
  it('mends attributes where the line is there', () => {
    expect(line({ line: 'a', mode: '0600' }, holding('a\n')).actions).toEqual([
      { kind: 'attributes', path: '/etc/f', mode: 0o600 },
    ]);
  });
  it('works on the file that a link leads to, byte by byte where it is not UTF-8', () => {
    const bytes = Buffer.from([0x61, 0xff, 0x0a]);
    const known = [
      stat('/etc/f', linkStat('real', fileStat())),
      answer(ask('content', '/etc/f'), bytes),
      stat('/etc/real', fileStat()),
      answer(ask('content', '/etc/real'), bytes),
      stat('/etc', directoryStat()),
    ];
    expect(line({ line: 'é' }, known).actions).toEqual([
      { ...write(''), path: '/etc/real', content: Buffer.concat([bytes, Buffer.from('é\n')]) },
    ]);
  });
  it('validates and backs up', () => {
    const change = line({ line: 'b', validate: 'sshd -t -f %s', backup: true }, holding('a\n'));
    expect(change.actions).toMatchObject([
      { kind: 'run', argv: ['cp', '-p', '--', '/etc/f', change.result!.backup_file] },
      { kind: 'write', validate: ['sshd', '-t', '-f', '%s'] },
    ]);
  });
  it.each<[object, Known, string]>([
    [{}, holding(''), 'line required when state is present'],
    [{ state: 'absent' }, holding(''), 'state: absent needs line, regexp or search_string'],
    [{ line: 'a', backrefs: true }, holding(''), 'backrefs needs regexp'],
    [{ line: 'a', regexp: '(' }, holding('a'), 'the regular expression "(" is invalid'],
    [{ line: '\\2', regexp: '(a)', backrefs: true }, holding('a'), 'group 2'],
    [{ line: 'a', insertafter: 'x', insertbefore: 'y' }, holding(''), 'cannot be given together'],
    [{ line: 'a', regexp: 'a', search_string: 'a' }, holding(''), 'cannot be given together'],
    [
      { line: 'a' },
      [stat('/etc/f', directoryStat()), answer(ask('content', '/etc/f'), null)],
      '/etc/f is a directory, not a file',
    ],
    [{ line: 'a' }, holding(Buffer.alloc(5_000_000)), 'too large to be edited'],
  ])('refuses %j', (args, known, message) => {
    expect(() => line(args, known)).toThrow(message);
  });
});

describe('blockinfile', () => {
  const block = (args: object, known: Known) =>
    planOf(blockinfile, { path: '/etc/f', marker: '# {mark} x', ...args } as never, known);
  it('puts the block in, replaces and removes it', () => {
    expect(block({ block: 'a' }, holding('top\n'))).toMatchObject({
      actions: [write('top\n# BEGIN x\na\n# END x\n')],
      message: 'Block inserted',
    });
    expect(block({ block: 'b' }, holding('# BEGIN x\na\n# END x\nend\n')).actions).toEqual([
      write('# BEGIN x\nb\n# END x\nend\n'),
    ]);
    expect(block({ block: 'b' }, holding('# BEGIN x\nb\n# END x')).actions).toEqual([write('# BEGIN x\nb\n# END x\n')]);
    expect(block({ state: 'absent' }, holding('# BEGIN x\nb\n# END x\nend'))).toMatchObject({
      actions: [write('end')],
      message: 'Block removed',
    });
    expect(block({ block: '' }, holding('a')).actions).toEqual([]);
    expect(block({ state: 'absent' }, holding(null)).actions).toEqual([]);
    expect(block({ block: 'a', create: true }, holding(null))).toMatchObject({
      actions: [write('# BEGIN x\na\n# END x\n')],
      message: 'File created',
    });
  });
  it('keeps a distance where that is wanted, once', () => {
    const args = { block: 'a', insertafter: '^1', append_newline: true, prepend_newline: true };
    const after = '1\n\n# BEGIN x\na\n# END x\n\n2\n';
    expect(block(args, holding('1\n2\n')).actions).toEqual([write(after)]);
    expect(block(args, holding(after)).actions).toEqual([]);
  });
  it.each<[object, Known, string]>([
    [{ block: 'a' }, holding(null), '/etc/f does not exist'],
    [{ block: 'a', marker: '# x' }, holding(''), 'the first and the last marker are the same line'],
    [{ block: 'a', marker: '# {mark}\n' }, holding(''), 'a marker is one line'],
    [{ block: 'a', insertafter: '[' }, holding(''), 'a set [ is not closed'],
  ])('refuses %j', (args, known, message) => {
    expect(() => block(args, known)).toThrow(message);
  });
});

describe('replace', () => {
  const change = (args: object, known: Known) => planOf(replace, { path: '/etc/f', ...args } as never, known);
  it('replaces every match, on every line, also only in a section', () => {
    expect(change({ regexp: '^a$', replace: 'b' }, holding('a\nx\na'))).toMatchObject({
      actions: [write('b\nx\nb')],
      message: '2 replacements made',
    });
    expect(
      change(
        { regexp: 'p=\\d', replace: 'p=9', after: '\\[b\\]', before: '\\[c\\]' },
        holding('[a]\np=1\n[b]\np=2\n[c]\np=3\n'),
      ).actions,
    ).toEqual([write('[a]\np=1\n[b]\np=9\n[c]\np=3\n')]);
    expect(change({ regexp: 'a', replace: 'a' }, holding('a')).actions).toEqual([]);
    expect(change({ regexp: 'a', before: 'none' }, holding('a'))).toMatchObject({
      actions: [],
      message: 'before and after match nothing in /etc/f',
    });
    expect(change({ regexp: '\\w+', replace: '.' }, holding('ünï')).actions).toEqual([write('.')]);
  });
  it.each<[object, Known, string]>([
    [{ regexp: 'a' }, holding(null), '/etc/f does not exist'],
    [{ regexp: 'a', replace: '\\1' }, holding('b'), 'group 1'],
    [{}, holding(''), '"regexp" is required'],
  ])('refuses %j', (args, known, message) => {
    expect(() => change(args, known)).toThrow(message);
  });
});
