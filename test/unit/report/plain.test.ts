import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../../src/report/event.js';
import { plainReporter } from '../../../src/report/plain.js';
import { newRecap, recapOf } from '../../../src/report/recap.js';
import { ended, hostile, output, playStart, result, roundTrip, runStart, Sink, task } from './events.js';

async function told(events: readonly Event[], verbosity = 0, sink = new Sink(), env: NodeJS.ProcessEnv = {}) {
  const reporter = plainReporter({ stream: sink, verbosity, env });
  for (const event of events) reporter.on(event);
  await reporter.close();
  return sink.text;
}

const install = task(1, 'install nginx', { role: 'nginx' });
const restart = task(2, 'restart nginx', { role: 'nginx', handler: true });

function runEnd(events: readonly Event[], exitCode = 0): Event {
  return { type: 'run-end', recap: recapOf(events), seconds: 3.21, exitCode };
}

describe('plain lines', () => {
  it('tells a run as an Ansible user knows it', async () => {
    const events = [
      runStart(),
      playStart(['web1', 'db-primary']),
      roundTrip('web1'),
      ended('web1', task(3, 'ping'), 'ok'),
      ended('web1', install, 'changed', { message: 'nginx 1.22.1' }),
      ended('db-primary', task(4, 'only on web'), 'skipped'),
      ended('db-primary', restart, 'failed', {
        message: 'unit nginx.service failed to start\nsee its log',
        hint: 'journalctl -u nginx',
        values: { stdout: '', stderr: 'nginx: [emerg] bind() failed\n', rc: 1 },
        duration: 75,
      }),
      ended('db-primary', task(5, 'probe'), 'failed', { ignored: true, message: 'no' }),
      ended('web1', task(6, 'on db'), 'changed', { delegatedTo: 'db-primary' }),
    ];
    expect(await told([...events, runEnd(events)])).toBe(`
PLAY [web servers]  2 hosts
changed: [web1] nginx : install nginx  (0.3 s)  nginx 1.22.1
failed: [db-primary] handler nginx : restart nginx  (1 min 15 s)
    at site.yml:2:7
    unit nginx.service failed to start
    see its log
    hint: journalctl -u nginx
    stderr:
      nginx: [emerg] bind() failed
failed, ignored: [db-primary] probe  (0.3 s)
    at site.yml:5:7
    no
changed: [web1 -> db-primary] on db  (0.3 s)
ok: 1, skipped: 1  (-v shows them)

PLAY RECAP
web1       : ok=3 changed=2 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0
db-primary : ok=1 changed=0 unreachable=0 failed=1 skipped=1 rescued=0 ignored=1

Finished in 3.2 s, 1 round trip.
`);
  });

  it('aligns counts of different length, and shows unknown only where it counts', async () => {
    const recap = new Map([
      ['a', { ...newRecap(), ok: 98, changed: 2, unknown: 3 }],
      ['服务器', { ...newRecap(), ok: 5 }],
    ]);
    const text = await told([{ type: 'run-end', recap, seconds: 0, exitCode: 0 }]);
    expect(text).toContain(`
a      : ok=98 changed=2 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0 unknown=3
服务器 : ok=5  changed=0 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0
`);
  });

  it('marks a check in the header and at the end', async () => {
    const text = await told([
      runStart({ check: true }),
      ended('h', task(1, 'run it'), 'unknown', { message: 'no creates' }),
      runEnd([]),
    ]);
    expect(text).toContain('CHECK [site.yml]\n');
    expect(text).toContain('unknown: [h] run it  (0.3 s)  no creates\n');
    expect(text).toMatch(/check mode: nothing was changed\n$/);
  });

  it('shows more with each -v', async () => {
    const events: Event[] = [
      ended('h', task(1, 'a'), 'ok', { values: { n: 1, long: 'x'.repeat(2000) } }),
      { type: 'task-retry', host: 'h', task: task(2, 'b'), attempt: 2, retries: 5, message: 'not yet' },
      { type: 'connected', host: 'h', seconds: 0.1 },
      roundTrip('h'),
    ];
    expect(await told(events, 0)).toBe('');
    const one = await told(events, 1);
    expect(one).toContain('ok: [h] a  (0.3 s)\n    {"n":1,"long":"xxx');
    expect(one).toContain('… (-vv shows all)');
    expect(one).toContain('retrying: [h] b (2 of 5)  not yet');
    expect(one).not.toContain('round trip:');
    const two = await told(events, 2);
    expect(two).toContain(
      `      "n": 1,\n          "long": "${'x'.repeat(2000)}"`.replace('          "long"', '      "long"'),
    );
    expect(two).not.toContain('round trip:');
    expect(await told(events, 3)).toContain(
      'round trip: [h] as root: 12 probes, 1 action, 2.1 kB sent, 40 B received  (0.050 s)',
    );
  });

  it('tells loop items, and their sum only where it is bad or asked for', async () => {
    const t = task(1, 'users');
    const item = (name: string, status: 'ok' | 'changed' | 'failed'): Event => ({
      type: 'task-item',
      host: 'h',
      task: t,
      result: result(status, { item: name, diff: [{ subject: `/home/${name}`, note: 'created' }] }),
    });
    const diff = [{ subject: '/home/ann', note: 'created' }];
    const good = await told([item('ann', 'changed'), item('bob', 'ok'), ended('h', t, 'changed', { diff })]);
    expect(good).toBe('changed: [h] users (item=ann)  (0.3 s)\n    /home/ann: created\n');
    const bad = await told([
      item('ann', 'changed'),
      item('bob', 'failed'),
      ended('h', t, 'failed', { message: 'one of 2 failed' }),
    ]);
    expect(bad.match(/failed: \[h\] users/g)).toHaveLength(2);
    // The next task with the same host is no loop any more.
    expect(await told([item('ann', 'changed'), ended('h', t, 'changed'), ended('h', t, 'changed')])).toMatch(
      /users {2}\(/,
    );
  });

  it('shows what a command put out before it was lost', async () => {
    const t = task(1, 'upgrade');
    const lines = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join('');
    const text = await told([
      output('h', t, lines.slice(0, 55)),
      output('h', t, lines.slice(55)),
      ended('h', t, 'unreachable', { message: 'connection lost' }),
    ]);
    expect(text).toContain('output:\n      … 10 lines before\n      line 10\n');
    expect(text).toContain('      line 29\n');
    expect(text).not.toContain('line 9\n');
  });

  it('groups hosts by where they stand after an interruption', async () => {
    const text = await told([
      {
        type: 'interrupted',
        signal: 'SIGINT',
        standing: [
          { host: 'a', state: 'finished' },
          { host: 'b', task: task(1, 'upgrade'), state: 'running' },
          { host: 'c', state: 'waiting' },
          { host: 'd', state: 'waiting' },
        ],
      },
    ]);
    expect(text).toBe('\nINTERRUPTED by SIGINT\n    running: [b] upgrade\n    waiting: c, d\n    finished: a\n');
  });

  it('shows messages, warnings with their place, and pending handlers', async () => {
    const text = await told([
      { type: 'message', host: 'h', task: task(1, 'debug'), text: 'two\nlines' },
      { type: 'message', text: { a: 1 } },
      { type: 'warning', text: 'old', place: { file: 'a.yml', line: 2, col: 3 }, hint: 'use new' },
      { type: 'handlers-pending', host: 'h', handlers: ['restart a', 'reload b'] },
    ]);
    expect(text).toBe(
      'message: [h] debug\n    two\n    lines\nmessage:\n    {\n      "a": 1\n    }\n' +
        '[WARNING]: a.yml:2:3: old (use new)\npending: [h] handlers notified and not run: restart a, reload b\n',
    );
  });
});

describe('diffs', () => {
  const t = task(1, 'config');
  const changed = (diff: { subject: string; before?: string; after?: string; note?: string }) => [
    ended('h', t, 'changed', { diff: [diff] }),
  ];

  it('shows a unified diff, with the missing newline', async () => {
    const text = await told(changed({ subject: '/etc/a', before: 'one\ntwo\nthree\n', after: 'one\n2\nthree' }));
    expect(text.split('\n').slice(1)).toEqual([
      '    --- before: /etc/a',
      '    +++ after: /etc/a',
      '    @@ -1,3 +1,3 @@',
      '     one',
      '    -two',
      '    -three',
      '    +2',
      '    +three',
      '    \\ No newline at end of file',
      '',
    ]);
  });

  it('shows a new and a removed file whole, a note as it is, and no diff for equal texts', async () => {
    expect(await told(changed({ subject: '/a', after: 'x\ny\n' }))).toContain(
      '--- before: (absent)\n    +++ after: /a\n    @@ -0,0 +1,2 @@\n    +x\n    +y\n',
    );
    expect(await told(changed({ subject: '/a', before: 'x' }))).toContain(
      '+++ after: (absent)\n    @@ -1 +0,0 @@\n    -x\n    \\ No newline',
    );
    expect(await told(changed({ subject: '/a', note: 'mode 0644 → 0640' }))).toContain('    /a: mode 0644 → 0640\n');
    expect(await told(changed({ subject: '/a', before: 'x', after: 'x' }))).toBe('changed: [h] config  (0.3 s)\n');
  });

  it('gives up on texts that have nothing in common, soon', async () => {
    const lines = (seed: number) => Array.from({ length: 6000 }, (_, i) => `${seed} ${i}`).join('\n');
    const start = performance.now();
    const text = await told(changed({ subject: '/big', before: lines(1), after: lines(2) }));
    expect(text).toContain('/big: differs (6000 lines before, 6000 after), too much to compare');
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('colours added and removed lines on a terminal', async () => {
    const text = await told(changed({ subject: '/etc/a', before: 'a\n', after: 'b\n' }), 0, new Sink(true));
    expect(text).toContain('\x1b[31m-a\x1b[0m');
    expect(text).toContain('\x1b[32m+b\x1b[0m');
  });
});

describe('colours', () => {
  const events = [ended('h', task(1, 't'), 'changed')];
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('terminal %s and %o: %s', async (isTTY, env, colour) => {
    expect((await told(events, 0, new Sink(isTTY), env)).includes('\x1b[33m')).toBe(colour);
  });
});

describe('hostile text', () => {
  it('never reaches the terminal, whatever field it is in', async () => {
    const t = task(1, hostile, { role: hostile, place: { file: hostile, line: 1, col: 1 } });
    const values = { msg: hostile, stdout: hostile, stderr: hostile, [hostile]: [hostile] };
    const diff = [
      { subject: hostile, before: hostile, after: `${hostile}x` },
      { subject: hostile, after: hostile },
      { subject: hostile, note: hostile },
    ];
    const more = { values, diff, message: hostile, hint: hostile, item: hostile, delegatedTo: hostile };
    const events: Event[] = [
      runStart({ playbooks: [hostile], check: true }),
      playStart([hostile], hostile),
      output(hostile, t, hostile),
      { type: 'task-item', host: hostile, task: t, result: result('changed', more) },
      ended(hostile, t, 'failed', more),
      output(hostile, t, hostile),
      ended(hostile, t, 'unreachable', { message: hostile }),
      { type: 'task-retry', host: hostile, task: t, attempt: 1, retries: 2, message: hostile },
      { type: 'message', host: hostile, task: t, text: hostile },
      { type: 'message', text: { [hostile]: hostile } },
      { type: 'warning', host: hostile, text: hostile, hint: hostile, place: t.place },
      { type: 'handlers-pending', host: hostile, handlers: [hostile] },
      {
        type: 'interrupted',
        signal: hostile,
        standing: [
          { host: hostile, task: t, state: 'running' },
          { host: hostile, state: 'waiting' },
        ],
      },
      { ...(roundTrip(hostile) as Extract<Event, { type: 'round-trip' }>), user: hostile },
      { type: 'connected', host: hostile, seconds: 1 },
    ];
    for (const verbosity of [0, 1, 2, 3]) {
      const text = await told([...events, runEnd(events)], verbosity);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
      expect(text.match(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g)).toBeNull();
      // A forged line would begin at the left.
      expect(text).not.toMatch(/^ok: \[web9\]/m);
    }
  });

  it('shows of a line what a terminal would show: the end after a carriage return, without colours', async () => {
    const values = { stdout: '10%\r50%\r100%\r\n\x1b[32mdone\x1b[0m\n' };
    expect(await told([ended('h', task(1, 't'), 'failed', { values })])).toContain('      100%\n      done\n');
  });
});

describe('cost', () => {
  it('loads neither the diff library nor others for a run without diffs', () => {
    const code = `
      const { plainReporter } = await import('./src/report/plain.ts');
      const { task, ended } = await import('./test/unit/report/events.ts');
      const { createRequire } = await import('node:module');
      const reporter = plainReporter({ stream: { write: (t, d) => d?.() } });
      reporter.on(ended('h', task(1, 't'), 'changed', { diff: [{ subject: 'a', after: 'new' }] }));
      await reporter.close();
      const loaded = () => Object.keys(createRequire(process.cwd() + '/x.js').cache).filter((f) => f.includes('node_modules/diff/'));
      console.log(loaded().length);
      reporter.on(ended('h', task(1, 't'), 'changed', { diff: [{ subject: 'a', before: 'old', after: 'new' }] }));
      console.log(loaded().length > 0);
      process.exit(0);`;
    const text = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      encoding: 'utf8',
    });
    expect(text).toBe('0\ntrue\n');
  });

  it('writes many lines of one moment at once', async () => {
    const sink = new Sink();
    await told(
      Array.from({ length: 500 }, (_, i) => ended(`h${i}`, task(1, 't'), 'changed')),
      0,
      sink,
    );
    expect(sink.writes).toBe(1);
    expect(sink.text.split('\n')).toHaveLength(501);
  });
});
