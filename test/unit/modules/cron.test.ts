import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunAction } from '../../../src/actions/run.js';
import type { Values } from '../../../src/base/value.js';
import { cron } from '../../../src/modules/cron.js';
import { tableLines, tableText, withJob, withoutJob } from '../../../src/modules/cron-table.js';
import { ask } from '../../../src/probes/registry.js';
import { answer, planOf } from './plan-of.js';

const OLD = 'SHELL=/bin/sh\n#Ansible: first\n0 1 * * * /bin/one\n# a comment\n5 5 * * * by-hand\n';

const run = (args: Values, text: string | null = OLD, user = 'root') =>
  planOf(cron, args, [answer(ask('crontab', user), text), answer(ask('passwd', 'app'), null)], { user });
const installed = (args: Values, text: string | null = OLD): string | undefined => {
  const [action] = run(args, text).actions;
  return action && (action as RunAction).stdin?.toString();
};

describe('cron', () => {
  it.each<[string, Values, string]>([
    [
      'adds a job at the end',
      { name: 'n', job: '/bin/two', hour: '2', minute: '*/5' },
      `${OLD}#Ansible: n\n*/5 2 * * * /bin/two\n`,
    ],
    ['takes numbers', { name: 'n', job: 'x', hour: 2, dow: 'mon-fri' }, `${OLD}#Ansible: n\n* 2 * * mon-fri x\n`],
    ['adds a named time', { name: 'n', job: 'x', special_time: 'reboot' }, `${OLD}#Ansible: n\n@reboot x\n`],
    ['adds a disabled job', { name: 'n', job: 'x', disabled: true }, `${OLD}#Ansible: n\n#* * * * * x\n`],
    ['changes a job in its place', { name: 'first', job: '/bin/one', hour: '2' }, OLD.replace('0 1 ', '* 2 ')],
    ['removes a job', { name: 'first', state: 'absent' }, 'SHELL=/bin/sh\n# a comment\n5 5 * * * by-hand\n'],
    [
      'names a job that is there without a name',
      { name: 'hand', job: 'by-hand', minute: '5', hour: '5' },
      OLD.replace('5 5', '#Ansible: hand\n5 5'),
    ],
    ['sets a variable first', { name: 'MAILTO', env: true, job: 'a@b' }, `MAILTO="a@b"\n${OLD}`],
    [
      'sets a variable after another',
      { name: 'MAILTO', env: true, job: 'a@b', insertafter: 'SHELL' },
      OLD.replace('sh\n', 'sh\nMAILTO="a@b"\n'),
    ],
    [
      'changes a variable',
      { name: 'SHELL', env: true, job: '/bin/bash' },
      OLD.replace('SHELL=/bin/sh', 'SHELL="/bin/bash"'),
    ],
    ['removes a variable', { name: 'SHELL', env: true, state: 'absent' }, OLD.replace('SHELL=/bin/sh\n', '')],
  ])('%s', (_name, args, expected) => {
    expect(installed(args)).toBe(expected);
    expect(run(args, expected).actions).toEqual([]);
  });
  it('begins a crontab where there is none, and knows it afterwards', () => {
    const change = run({ name: 'n', job: 'x' }, null);
    expect((change.actions[0] as RunAction).argv).toEqual(['crontab', '-u', 'root', '-']);
    expect((change.actions[0] as RunAction).effects).toEqual([
      { type: 'predict', probe: ask('crontab', 'root'), answer: '#Ansible: n\n* * * * * x\n', certain: true },
    ]);
    expect(change.diff).toEqual([{ subject: 'crontab of root', before: '', after: '#Ansible: n\n* * * * * x\n' }]);
  });
  it.each<[string, Values]>([
    ['the job is there', { name: 'first', job: '/bin/one', minute: '0', hour: '1' }],
    ['the job is gone', { name: 'other', state: 'absent' }],
  ])('does nothing where %s', (_name, args) => {
    expect(run(args).actions).toEqual([]);
  });
  it('lets a user have its own, without -u', () => {
    const change = planOf(cron, { name: 'n', job: 'x' }, [answer(ask('crontab', 'app'), null)], { user: 'app' });
    expect((change.actions[0] as RunAction).argv).toEqual(['crontab', '-']);
  });
  it.each<[string, Values, RegExp]>([
    ['no job', { name: 'n' }, /job is required/],
    ['a bad field', { name: 'n', job: 'x', hour: '2 3' }, /hour .*not a time field/],
    ['two times', { name: 'n', job: 'x', special_time: 'daily', hour: '2' }, /together/],
    ['a job of two lines', { name: 'n', job: 'a\nb' }, /several lines/],
    ['a name of two lines', { name: 'n\nm', job: 'a' }, /newline/],
    ['a name that is no variable', { name: 'a b', job: 'a', env: true }, /not the name of a variable/],
    [
      'a variable that is not there to be beside',
      { name: 'A', job: 'a', env: true, insertbefore: 'NO' },
      /no variable NO/,
    ],
    ['a user who is not there', { name: 'n', job: 'x', user: 'app' }, /no user app/],
    ['a file without a user', { name: 'n', job: 'x', cron_file: 'app' }, /needs user/],
    ['a file that cron passes over', { name: 'n', job: 'x', user: 'root', cron_file: 'app.conf' }, /passes over/],
  ])('refuses %s', (_name, args, message) => {
    const files = ['/etc/cron.d/app', '/etc/cron.d/app.conf'].flatMap((path) => [
      answer(ask('stat', path), null),
      answer(ask('content', path), null),
    ]);
    const known = [
      answer(ask('crontab', 'root'), OLD),
      answer(ask('crontab', 'app'), null),
      answer(ask('passwd', 'app'), null),
      ...files,
    ];
    expect(() =>
      planOf(cron, args, [...known, answer(ask('stat', '/etc/cron.d'), { type: 'directory' } as never)]),
    ).toThrow(message);
  });
  it('writes files of /etc/cron.d with the user in the line, and removes empty ones', () => {
    const path = '/etc/cron.d/app';
    const folder = answer(ask('stat', '/etc/cron.d'), { type: 'directory' } as never);
    const args = { name: 'n', job: 'x', user: 'app', cron_file: 'app', special_time: 'daily' };
    const fresh = planOf(cron, args, [folder, answer(ask('stat', path), null), answer(ask('content', path), null)]);
    expect(fresh.actions).toMatchObject([
      { kind: 'write', path, mode: 0o644, content: Buffer.from('#Ansible: n\n@daily app x\n') },
    ]);
    const there = [
      folder,
      answer(ask('stat', path), { type: 'file', mode: 0o644 } as never),
      answer(ask('content', path), Buffer.from('#Ansible: n\n@daily app x\n')),
    ];
    expect(planOf(cron, args, there).actions).toEqual([]);
    expect(planOf(cron, { name: 'n', cron_file: 'app', state: 'absent' }, there).actions).toEqual([
      { kind: 'remove', path },
    ]);
  });
});

describe('a table of jobs', () => {
  const line = fc.constantFrom('#Ansible: a', '#Ansible: b', '1 * * * * x', '2 * * * * y', '# note', '', 'A=b');
  it('has what was put in, changes nothing the second time, and leaves other names alone', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.constantFrom('a', 'b', 'c'), (lines, name) => {
        const once = withJob(lines, name, '9 * * * * z');
        expect(withJob(once, name, '9 * * * * z')).toEqual(once);
        const at = once.indexOf(`#Ansible: ${name}`);
        expect(once[at + 1]).toBe('9 * * * * z');
        expect(tableLines(tableText(once))).toEqual(once);
        if (!lines.includes(`#Ansible: ${name}`)) expect(withoutJob(once, name)).toEqual(lines);
      }),
    );
  });
});
