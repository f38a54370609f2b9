import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../../src/base/error.js';
import type { Event } from '../../../src/report/event.js';
import { htmlReporter } from '../../../src/report/html.js';
import { journalReporter } from '../../../src/report/journal.js';
import { journalFolder } from '../../../src/report/journal-files.js';
import { listRuns, readJournal } from '../../../src/report/journal-read.js';
import { jsonReporter } from '../../../src/report/json.js';
import { junitReporter } from '../../../src/report/junit.js';
import { recapOf } from '../../../src/report/recap.js';
import { loadReporter } from '../../../src/report/reporters.js';
import { ended, hostile, output, playStart, result, roundTrip, runStart, Sink, task } from './events.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const t = task(1, 'install', { role: 'web' });
const bad = {
  message: hostile,
  hint: hostile,
  values: { stdout: hostile },
  diff: [{ subject: hostile, before: hostile, after: 'x' }],
};
const events: Event[] = [
  runStart(),
  playStart(['web1', '__proto__'], hostile),
  roundTrip('web1'),
  output('web1', t, hostile),
  ended('web1', t, 'failed', bad),
  ended('web1', task(2, 'again'), 'failed', { ...bad, ignored: true }),
  ended('__proto__', task(3, hostile), 'unreachable', { message: 'gone' }),
  ended('web1', task(4, 'check it'), 'unknown'),
  ended('web1', task(5, 'not here'), 'skipped', { message: 'when was false' }),
  ended('web1', task(6, 'fine'), 'ok'),
  { type: 'task-item', host: 'web1', task: task(7, 'loop'), result: result('changed', { item: hostile }) },
  ended('web1', task(7, 'loop'), 'changed'),
  { type: 'message', host: 'web1', text: hostile },
  { type: 'warning', text: hostile },
];
const runEnd: Event = { type: 'run-end', recap: recapOf(events), seconds: 2.5, exitCode: 4 };
const all = [...events, runEnd];

describe('json', () => {
  it('writes one event a line that says again what happened', async () => {
    const sink = new Sink();
    const reporter = jsonReporter({ stream: sink, now: () => 0 });
    for (const event of all) reporter.on(event);
    await reporter.close();
    const lines = sink.text.trimEnd().split('\n');
    expect(lines).toHaveLength(all.length);
    expect(JSON.parse(lines[4]!)).toEqual({ time: '1970-01-01T00:00:00.000Z', ...events[4] });
    const last = JSON.parse(lines.at(-1)!);
    expect(last.recap.web1).toMatchObject({ ok: 3, failed: 1, ignored: 1, unknown: 1 });
    expect(Object.keys(last.recap)).toEqual(['web1', '__proto__']);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
    expect(sink.text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  });
});

describe('junit', () => {
  it('writes a suite per play and host, well-formed whatever the text', async () => {
    const file = join(folder, 'junit.xml');
    const reporter = junitReporter({ file, now: () => 0 });
    for (const event of all) reporter.on(event);
    expect(readdirSync(folder)).toEqual([]);
    await reporter.close();
    expect(readdirSync(folder)).toEqual(['junit.xml']);
    const xml = readFileSync(file, 'utf8');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
    expect(xml).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff]/);
    expect(xml).not.toContain('<script>');
    expect(xml).toContain('hostname="web1" tests="6" failures="1" errors="0" skipped="2"');
    expect(xml).toContain('hostname="__proto__" tests="1" failures="0" errors="1" skipped="0"');
    expect(xml).toContain('name="web : install" file="site.yml" line="1" time="0.300"><failure type="failed"');
    expect(xml).toContain('<system-out>failed, ignored\n');
    expect(xml).toContain('<skipped message="when was false"/>');
    expect(xml).toMatch(/name="fine"[^>]*\/>/);
    if (spawnSync('python3', ['-V']).status === 0) {
      const count = 'import sys,xml.dom.minidom as d;print(len(d.parse(sys.argv[1]).getElementsByTagName("testcase")))';
      expect(execFileSync('python3', ['-c', count, file], { encoding: 'utf8' })).toBe('7\n');
    }
  });

  it('replaces what XML cannot hold', async () => {
    const file = join(folder, 'junit.xml');
    const reporter = junitReporter({ file });
    reporter.on(ended('h', task(1, 'a\ud800b\uffffc\u0001d😀'), 'ok'));
    await reporter.close();
    expect(readFileSync(file, 'utf8')).toContain('name="a\ufffdb\ufffdc␁d😀"');
  });

  it('leaves the old file and no other where it cannot be written', async () => {
    mkdirSync(join(folder, 'taken'));
    const reporter = junitReporter({ file: join(folder, 'taken') });
    reporter.on(runStart());
    await expect(reporter.close()).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});

describe('html', () => {
  async function page(list: readonly Event[]): Promise<string> {
    const file = join(folder, 'report.html');
    const reporter = htmlReporter({ file, now: () => 0 });
    for (const event of list) reporter.on(event);
    await reporter.close();
    return readFileSync(file, 'utf8');
  }

  it('holds no script, no request and no unescaped text', async () => {
    const html = await page(all);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\b(src|srcset|action)=|url\(|@import|https?:/i);
    expect(html.match(/href="[^"]*"/g)?.every((href) => href.startsWith('href="#'))).toBe(true);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
    expect(html).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(html).toContain('host unreachable');
    expect(html).toContain('<tr class="is-failed">');
  });

  it('tells a check, an interruption and a run without an end', async () => {
    expect(await page([runStart({ check: true }), { ...runEnd, exitCode: 0 } as Event])).toContain(
      'check mode: nothing was changed',
    );
    const standing = [{ host: 'web1', task: t, state: 'running' as const }];
    const html = await page([runStart(), { type: 'interrupted', signal: 'SIGINT', standing }]);
    expect(html).toContain('interrupted by SIGINT');
    expect(html).toContain('web1 was running at install when the run was interrupted');
    expect(await page([runStart()])).toContain('did not end');
  });

  it('counts, and does not list, ok tasks of a very large run', async () => {
    const many = Array.from({ length: 20_100 }, (_, i) => ended(`h${i % 50}`, task(1, 'a'), 'ok'));
    const html = await page([runStart(), ...many, ended('h1', task(2, 'late'), 'failed'), runEnd]);
    expect(html).toContain('100 ok and skipped tasks are counted above and not listed');
    expect(html).toContain('late');
  });
});

describe('journal', () => {
  const fileOf = (run: string) => join(folder, `${run}.jsonl`);

  it('holds every event, readable only for its user', async () => {
    const sub = join(folder, 'state', 'runs');
    const reporter = journalReporter({ folder: sub });
    for (const event of all) reporter.on(event);
    await reporter.close();
    expect(statSync(sub).mode & 0o777).toBe(0o700);
    expect(statSync(join(sub, 'r1.jsonl')).mode & 0o777).toBe(0o600);
    const journal = await readJournal(join(sub, 'r1.jsonl'));
    expect(journal).toMatchObject({ unfinished: false, damaged: 0 });
    expect(journal.events.map(({ time: _, ...event }) => event)).toEqual(all);
    expect(journal.events.at(-1)).toMatchObject({ recap: expect.any(Map) });
    expect(await listRuns(sub)).toMatchObject([
      { run: 'r1', playbooks: ['site.yml'], check: false, end: { exitCode: 4, seconds: 2.5 } },
    ]);
  });

  it('has on disk what was sent and what is not mere ok before the run goes on, the rest soon', async () => {
    const reporter = journalReporter({ folder });
    const types = async () => (await readJournal(fileOf('r1'))).events.map((event) => event.type);
    reporter.on(runStart());
    reporter.on(ended('web1', t, 'ok'));
    expect(await types()).toEqual(['run-start']);
    reporter.on({ type: 'task-start', host: 'web1', task: t });
    expect(await types()).toEqual(['run-start', 'task-result', 'task-start']);
    reporter.on(ended('web1', t, 'changed'));
    expect(await types()).toHaveLength(4);
    reporter.on(ended('web1', t, 'skipped'));
    expect(await types()).toHaveLength(4);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await types()).toHaveLength(5);
    await reporter.close();
  });

  it('can be read after a kill, its last line cut anywhere', async () => {
    const reporter = journalReporter({ folder });
    for (const event of all) reporter.on(event);
    await reporter.close();
    const bytes = readFileSync(fileOf('r1'));
    const start = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
    for (let cut = start + 1; cut < bytes.length - 1; cut += 7) {
      writeFileSync(fileOf('cut'), bytes.subarray(0, cut));
      const journal = await readJournal(fileOf('cut'));
      expect([journal.events.length, journal.unfinished, journal.damaged]).toEqual([all.length - 1, true, 0]);
    }
    const runs = await listRuns(folder);
    expect(runs.find(({ run }) => run === 'cut')).toMatchObject({ playbooks: ['site.yml'] });
    expect(runs.find(({ run }) => run === 'cut')?.end).toBeUndefined();
    writeFileSync(fileOf('damaged'), `${bytes.subarray(0, start)}nonsense\n"text"\n${bytes.subarray(start)}`);
    expect(await readJournal(fileOf('damaged'))).toMatchObject({ damaged: 2, unfinished: false });
  });

  it('finds the end of a run in a long journal with a long last line', async () => {
    const reporter = journalReporter({ folder });
    const hosts = Array.from({ length: 1500 }, (_, i) => `host-${i}.example.org`);
    const list = [runStart(), playStart(hosts)];
    for (const event of list) reporter.on(event);
    reporter.on({ type: 'run-end', recap: recapOf(list), seconds: 1, exitCode: 0 });
    await reporter.close();
    expect((await listRuns(folder))[0]?.end?.recap.size).toBe(1500);
  });

  it('bounds output and long texts', async () => {
    const reporter = journalReporter({ folder });
    reporter.on(runStart());
    for (let i = 0; i < 100; i++) reporter.on(output('web1', t, 'x'.repeat(10_000)));
    reporter.on(ended('web1', t, 'changed', { values: { stdout: 'y'.repeat(1_000_000) } }));
    reporter.on(output('web1', t, 'of the next use'));
    await reporter.close();
    expect(statSync(fileOf('r1')).size).toBeLessThan(150_000);
    const { events: kept } = await readJournal(fileOf('r1'));
    expect(kept.at(-1)).toMatchObject({ chunk: 'of the next use' });
    expect(JSON.stringify(kept)).toContain('934464 characters more');
  });

  it('keeps the newest runs and leaves other files alone', async () => {
    for (let i = 0; i < 6; i++) {
      writeFileSync(fileOf(`old${i}`), '{}\n');
      utimesSync(fileOf(`old${i}`), 1000 + i, 1000 + i);
    }
    writeFileSync(join(folder, 'notes.txt'), '');
    const reporter = journalReporter({ folder, keep: 3 });
    reporter.on(runStart());
    await reporter.close();
    expect(readdirSync(folder).sort()).toEqual(['notes.txt', 'old4.jsonl', 'old5.jsonl', 'r1.jsonl']);
  });

  it('refuses run ids that are paths, and never writes into the journal of another run', () => {
    expect(() => journalReporter({ folder }).on(runStart({ run: '../r1' }))).toThrow(InputError);
    writeFileSync(fileOf('r1'), '');
    expect(() => journalReporter({ folder }).on(runStart())).toThrow(/EEXIST/);
  });

  it('knows its folder', () => {
    expect(journalFolder({ XDG_STATE_HOME: '/s' })).toBe('/s/hostwright/runs');
    expect(journalFolder({ HOME: '/home/ann' })).toBe('/home/ann/.local/state/hostwright/runs');
    expect(journalFolder({ HOME: '/home/ann', XDG_STATE_HOME: 'relative' })).toBe(
      '/home/ann/.local/state/hostwright/runs',
    );
  });

  it('has no runs where there is no folder', async () => {
    expect(await listRuns(join(folder, 'none'))).toEqual([]);
  });
});

describe('loadReporter', () => {
  it('makes each reporter, and the folder of a file', async () => {
    const file = join(folder, 'new', 'report.html');
    expect((await loadReporter('html', { file })).name).toBe('html');
    expect(statSync(join(folder, 'new')).isDirectory()).toBe(true);
    for (const name of ['plain', 'live', 'json', 'journal'] as const) {
      const reporter = await loadReporter(name, { stream: new Sink(true), folder });
      expect(reporter.name).toBe(name);
      await reporter.close();
    }
  });

  it('refuses, before the run, a file that cannot be written after it', async () => {
    await expect(loadReporter('junit', { file: folder })).rejects.toThrow(InputError);
    writeFileSync(join(folder, 'file'), '');
    await expect(loadReporter('junit', { file: join(folder, 'file', 'x.xml') })).rejects.toThrow(/--junit .*file/);
    if (process.getuid?.() !== 0) {
      chmodSync(folder, 0o500);
      await expect(loadReporter('junit', { file: join(folder, 'x.xml') })).rejects.toThrow(InputError);
    }
  });
});
