import { spawn } from 'node:child_process';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Event } from '../../../src/report/event.js';
import { liveReporter } from '../../../src/report/live.js';
import { liveFrame } from '../../../src/report/live-frame.js';
import { LiveState } from '../../../src/report/live-state.js';
import { recapOf } from '../../../src/report/recap.js';
import { columns, fit, pad } from '../../../src/report/width.js';
import { ended, hostile, output, playStart, runStart, task } from './events.js';
import { Terminal } from './terminal.js';

const env = { NO_COLOR: '1' };
const bare = (_look: unknown, text: string) => text;
const t = task(1, 'install', { role: 'web' });
const start = (host: string, label = t): Event => ({ type: 'task-start', host, task: label });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('live view', () => {
  it('shows what runs, with its last line of output, and keeps what matters above', async () => {
    const terminal = new Terminal();
    const live = liveReporter({ stream: terminal, env });
    live.on(runStart());
    live.on(playStart(['web1', 'web2', 'web3']));
    live.on({ type: 'batch-start', hosts: ['web1', 'web2', 'web3'] });
    live.on({ type: 'connected', host: 'web1', seconds: 0.1 });
    live.on({ type: 'connected', host: 'web2', seconds: 0.1 });
    live.on(start('web1'));
    live.on(start('web2', task(2, 'upgrade')));
    live.on(output('web2', task(2, 'upgrade'), 'Reading\r 50%\rUnpac'));
    live.on(output('web2', task(2, 'upgrade'), 'king libc\n'));
    await vi.advanceTimersByTimeAsync(2000);
    expect(terminal.screen).toEqual([
      '',
      'PLAY [web servers]  3 hosts',
      'web1  web : install    2 s',
      'web2  upgrade          2 s  Unpacking libc',
      'connecting to 1 host: web3',
      '0/3 hosts · 0 tasks · 0 changed · 0 failed · 2 s',
    ]);
    live.on(ended('web1', t, 'changed'));
    live.on({ type: 'host-end', host: 'web1' });
    live.on(ended('web2', task(2, 'upgrade'), 'failed', { message: 'no space' }));
    live.on(ended('web3', t, 'unreachable', { message: 'refused' }));
    await vi.advanceTimersByTimeAsync(100);
    expect(terminal.screen.slice(2)).toEqual([
      'changed: [web1] web : install  (0.3 s)',
      'failed: [web2] upgrade  (0.3 s)',
      '    at site.yml:2:7',
      '    no space',
      '    output:',
      '      Unpacking libc',
      'unreachable: [web3] web : install  (0.3 s)',
      '    at site.yml:1:7',
      '    refused',
      '2/3 hosts · 3 tasks · 1 changed · 1 failed · 1 unreachable · 2 s',
    ]);
    await live.close();
    expect(terminal.cursorShown).toBe(true);
    expect(terminal.wraps).toBe(true);
    expect(terminal.screen.at(-1)).toBe('    refused');
  });

  it('redraws at most ten times a second, output within a second, and once a second when quiet', async () => {
    const terminal = new Terminal();
    const live = liveReporter({ stream: terminal, env });
    live.on(runStart());
    live.on(start('web1'));
    await vi.advanceTimersByTimeAsync(200);
    const from = terminal.times.length;
    for (let i = 0; i < 1000; i++) {
      live.on(output('web1', t, `line ${i}\n`));
      await vi.advanceTimersByTimeAsync(1);
    }
    const drawn = terminal.times.slice(from);
    expect(drawn.length).toBeGreaterThanOrEqual(9);
    for (const [i, at] of drawn.slice(1).entries()) expect(at - drawn[i]!).toBeGreaterThan(99.99);
    live.on(output('web1', t, 'no newline yet'));
    await vi.advanceTimersByTimeAsync(100);
    expect(terminal.screen[0]).toContain('no newline yet');
    let writes = terminal.writes.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(terminal.writes.length - writes).toBeLessThanOrEqual(10);
    expect(terminal.screen[0]).toContain('11 s');
    await live.close();
    writes = terminal.writes.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(terminal.writes.length).toBe(writes);
  });

  it('makes each frame one synchronized update', async () => {
    const terminal = new Terminal();
    const live = liveReporter({ stream: terminal, env });
    live.on(runStart());
    live.on(start('web1'));
    await vi.advanceTimersByTimeAsync(100);
    expect(terminal.writes).toHaveLength(1);
    expect(terminal.writes[0]?.startsWith('\x1b[?2026h')).toBe(true);
    expect(terminal.writes[0]?.endsWith('\x1b[?2026l')).toBe(true);
    expect(terminal.cursorShown).toBe(false);
    await live.close();
  });

  it('is never higher than the terminal nor wider, whatever runs', () => {
    const state = new LiveState();
    const hosts = Array.from({ length: 500 }, (_, i) => (i % 3 === 0 ? `服务器${i}` : `web${i}.example.org`));
    state.apply(runStart({ check: true }), 0);
    state.apply(playStart(hosts), 0);
    state.apply({ type: 'batch-start', hosts: [...hosts, hostile] }, 0);
    for (const [i, host] of hosts.slice(0, 400).entries()) {
      state.apply(start(host, task(i, i % 2 ? 'ファイルを書く 👩‍👩‍👧 日本語 e\u0301' : hostile)), i);
      state.apply(output(host, task(i, 'x'), `👍🏽 ${hostile} 日本語日本語日本語日本語日本語日本語日本語`), i);
    }
    for (const width of [1, 2, 5, 12, 40, 80, 200]) {
      for (const height of [1, 2, 3, 4, 5, 10, 24, 60]) {
        const lines = liveFrame(state, width, height, 90_000, bare);
        expect(lines.length).toBeLessThanOrEqual(Math.max(1, height - 1));
        for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(Math.max(1, width - 1));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
        expect(lines.join('')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
      }
    }
    const tall = liveFrame(state, 80, 24, 90_000, bare);
    expect(tall).toHaveLength(22);
    expect(tall[0]).toMatch(/^服务器0 /);
    expect(tall.at(-3)).toBe('… and 381 more at work');
    expect(tall.at(-2)).toMatch(/^connecting to 101 hosts: web400\.example\.org, /);
    expect(tall.at(-1)).toBe('CHECK 0/500 hosts · 0 tasks · 0 changed · 0 failed · 1 min 30 s');
  });

  it('keeps each lasting line once and in order, whatever happens', async () => {
    const step = fc.record({
      host: fc.constantFrom('a', 'b', 'c', '四', 'e'),
      kind: fc.constantFrom('start', 'output', 'changed', 'ok', 'failed', 'end', 'wait', 'suspend', 'resume'),
      columns: fc.constantFrom(undefined, undefined, undefined, 20, 80),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const terminal = new Terminal(80, 10);
        const live = liveReporter({ stream: terminal, env });
        const expected: string[] = [];
        for (const [i, { host, kind }] of steps.entries()) {
          const label = task(i, `t${i}`);
          if (kind === 'start') live.on(start(host, label));
          else if (kind === 'output') live.on(output(host, label, `line ${i}\n`));
          else if (kind === 'end') live.on({ type: 'host-end', host });
          else if (kind === 'wait') await vi.advanceTimersByTimeAsync(100);
          else if (kind === 'suspend') live.suspend();
          else if (kind === 'resume') live.resume();
          else {
            live.on(ended(host, label, kind as 'ok', { values: { stdout: '' } }));
            if (kind !== 'ok') expected.push(`${kind}: [${host}] t${i}  (0.3 s)`);
            if (kind === 'failed') expected.push(`    at site.yml:${i}:7`.replace(/:0:7$/, ''));
          }
        }
        await live.close();
        expect(terminal.lines.filter((line) => line !== '')).toEqual(expected);
        expect(terminal.overlong).toBe(0);
        expect(terminal.cursorShown).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the terminal away for a question and takes it again', async () => {
    const terminal = new Terminal();
    const live = liveReporter({ stream: terminal, env });
    live.on(start('web1'));
    await vi.advanceTimersByTimeAsync(100);
    live.suspend();
    expect(terminal.screen).toEqual([]);
    expect(terminal.cursorShown).toBe(true);
    live.on(ended('web1', t, 'changed'));
    await vi.advanceTimersByTimeAsync(2000);
    expect(terminal.screen).toEqual([]);
    live.resume();
    await vi.advanceTimersByTimeAsync(100);
    expect(terminal.screen[0]).toBe('changed: [web1] web : install  (0.3 s)');
    await live.close();
  });

  it('ends with the recap, and leaves no listener behind', async () => {
    const terminal = new Terminal();
    const before = process.listenerCount('SIGINT');
    const live = liveReporter({ stream: terminal, env });
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    const events = [runStart(), playStart(['web1']), ended('web1', t, 'ok')];
    for (const event of events) live.on(event);
    live.on({ type: 'run-end', recap: recapOf(events), seconds: 1, exitCode: 0 });
    await live.close();
    expect(terminal.screen.slice(-3)).toEqual([
      'web1 : ok=1 changed=0 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0',
      '',
      'Finished in 1.0 s, 0 round trips.',
    ]);
    expect(process.listenerCount('SIGINT')).toBe(before);
    expect(process.listenerCount('SIGTSTP')).toBe(0);
    expect(terminal.listeners.get('resize')).toEqual([]);
  });

  it('is done when the terminal goes away', async () => {
    const terminal = new Terminal();
    const live = liveReporter({ stream: terminal, env });
    live.on(start('web1'));
    terminal.emit('error');
    live.on(ended('web1', t, 'changed'));
    await vi.advanceTimersByTimeAsync(2000);
    await live.close();
    expect(terminal.writes).toEqual([]);
  });
});

describe('signals', () => {
  const code = (more: string) => `
    const { liveReporter } = await import('./src/report/live.ts');
    const { runStart } = await import('./test/unit/report/events.ts');
    const live = liveReporter();
    ${more}
    live.on(runStart());
    setTimeout(() => console.error('ready'), 300);
    setInterval(() => {}, 1000);`;

  /** Runs a program until it is ready, sends it a signal, and answers how it ended and what it wrote. */
  function run(
    more: string,
    signal: NodeJS.Signals,
  ): Promise<{ signal: string | null; status: number | null; text: string }> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code(more)]);
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += chunk;
      });
      child.stderr.once('data', () => child.kill(signal));
      child.on('close', (status, ended) => resolve({ signal: ended, status, text }));
    });
  }

  it.each(['SIGINT', 'SIGTERM'] as const)('%s gives the cursor back and ends the process as before', async (signal) => {
    const got = await run('', signal);
    expect(got.signal).toBe(signal);
    expect(got.text).toContain('\x1b[?25l');
    expect(got.text.endsWith('\x1b[?7h\x1b[?25h')).toBe(true);
  });

  it('leaves a signal that the run handles to the run, and cleans up at exit', async () => {
    const got = await run(`process.on('SIGINT', () => setTimeout(() => process.exit(130), 300));`, 'SIGINT');
    expect(got.status).toBe(130);
    expect(got.text.endsWith('\x1b[?7h\x1b[?25h')).toBe(true);
  });
});

describe('width', () => {
  it.each([
    ['abc', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['한글', 4],
    ['ｶﾅ', 2],
    ['👍', 2],
    ['a\u200db', 2],
    ['… é ß', 5],
  ])('%s takes %i columns', (text, width) => {
    expect(columns(text)).toBe(width);
  });

  it('cuts and fills exactly', () => {
    expect(fit('日本語', 5)).toBe('日本…');
    expect(fit('日本語', 6)).toBe('日本語');
    expect(fit('日本語', 4)).toBe('日…');
    expect(fit('abc', 0)).toBe('');
    expect(pad('日本語', 4)).toBe('日… ');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        expect(columns(fit(text, width))).toBeLessThanOrEqual(width);
        expect(columns(pad(text, width))).toBe(width);
        if (columns(text) <= width) expect(fit(text, width)).toBe(text);
      }),
    );
  });
});
