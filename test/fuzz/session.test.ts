import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { quote } from '../../src/base/quote.js';
import { connectLocal } from '../../src/transport/local.js';
import { Session, type Step } from '../../src/transport/session.js';
import { bootCommand } from '../../src/transport/shell.js';
import { runs } from './runs.js';

const shells: readonly (readonly [string, readonly string[]])[] = [
  ['dash', ['/bin/dash']],
  ['bash', ['/bin/bash']],
  ['busybox ash', ['/bin/busybox', 'ash']],
];
const folder = mkdtempSync(join(tmpdir(), 'hostwright-session-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A step of a batch, as a model knows it. */
type Act =
  | { readonly does: 'receive'; readonly bytes: Uint8Array; readonly good: boolean }
  | { readonly does: 'print'; readonly text: string; readonly status: number; readonly guarded: boolean }
  | { readonly does: 'run'; readonly out: string; readonly err: string; readonly status: number };

const size = fc.oneof(
  { weight: 5, arbitrary: fc.nat(200) },
  { weight: 1, arbitrary: fc.constantFrom(65535, 65536, 65537, 131072, 200_001) },
);
const bytes = size
  .chain((length) => fc.tuple(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.constant(length)))
  .map(([seed, length]) => {
    const all = new Uint8Array(length);
    for (let i = 0; i < length; i++) all[i] = seed[i % 16]! ^ (i >> 8);
    return all;
  });
const text = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 60 }).map((each) => each.replaceAll('\0', '')),
  fc.string({ unit: 'binary', maxLength: 30 }).map((each) => each.replaceAll('\0', '').toWellFormed()),
  fc.constantFrom(
    '',
    '\n',
    '\x1e',
    "'",
    '\\',
    '$(id)',
    '`id`',
    'hw_end 0 0\n',
    '#seal',
    '}',
    'EOF\n',
    '\x1b[2J',
    '%s%d',
  ),
);
const status = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(1, 2, 77, 126, 255) },
);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    does: fc.constant('receive' as const),
    bytes,
    good: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  }),
  fc.record({ does: fc.constant('print' as const), text, status, guarded: fc.boolean() }),
  fc.record({ does: fc.constant('run' as const), out: text, err: text, status }),
);

let files = 0;
function stepOf(each: Act, target: string): Step {
  switch (each.does) {
    case 'receive':
      return {
        text: `hw_recv ${each.bytes.length} ${quote(each.good ? target : '/proc/nowhere/x')}`,
        guarded: true,
        streams: false,
        payload: Buffer.from(each.bytes),
      };
    case 'print':
      return { text: `printf %s ${quote(each.text)}; (exit ${each.status})`, guarded: each.guarded, streams: false };
    case 'run':
      return {
        text: `hw_c() ( printf %s ${quote(each.out)}; printf %s ${quote(each.err)} >&2; exit ${each.status} )\nhw_exec hw_c`,
        guarded: true,
        streams: true,
      };
  }
}

/** What must come back, and what must be on disk. */
function expected(acts: readonly Act[], targets: readonly string[]) {
  let failed = false;
  return acts.map((each, i) => {
    const guarded = each.does !== 'print' || each.guarded;
    if (guarded && failed) return { status: undefined, stdout: '', stderr: '', file: undefined };
    const ends = each.does === 'receive' ? (each.good ? 0 : 'fails') : each.status;
    if (guarded && ends !== 0) failed = true;
    if (each.does === 'receive')
      return {
        status: ends,
        stdout: undefined,
        stderr: '',
        file: each.good ? { path: targets[i]!, bytes: each.bytes } : undefined,
      };
    return {
      status: ends,
      stdout: each.does === 'print' ? each.text : each.out,
      stderr: each.does === 'run' ? each.err : '',
      file: undefined,
    };
  });
}

describe.each(shells.filter(([, [path]]) => existsSync(path!)))('any batches under %s', (_name, shell) => {
  it('come back as they were meant, in step, whatever fails in them', async () => {
    const words = shell.map((word) => `'${word}'`).join(' ');
    const open = async (): Promise<Session> =>
      new Session(await connectLocal({ shell }).openShell(bootCommand().replace('exec sh', `exec ${words}`)));
    const session = await open();
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 12 }), async (acts) => {
        const targets = acts.map(() => join(folder, `f${files++}`));
        const live = acts.map(() => ({ stdout: [] as Buffer[], stderr: [] as Buffer[] }));
        const results = await session.exchange(
          acts.map((each, i) => stepOf(each, targets[i]!)),
          { timeout: 30, onOutput: (index, stream, data) => void live[index]![stream].push(Buffer.from(data)) },
        );
        expected(acts, targets).forEach((wanted, i) => {
          const got = results[i]!;
          if (wanted.status === 'fails') expect(got.status).toBeGreaterThan(0);
          else expect(got.status, `step ${i}`).toBe(wanted.status);
          if (wanted.stdout !== undefined) expect(got.stdout.toString(), `step ${i}`).toBe(wanted.stdout);
          expect(got.stderr.toString(), `step ${i}`).toBe(wanted.stderr);
          if (acts[i]!.does === 'run') {
            expect(Buffer.concat(live[i]!.stdout).toString()).toBe(wanted.stdout);
            expect(Buffer.concat(live[i]!.stderr).toString()).toBe(wanted.stderr);
          }
          expect(existsSync(targets[i]!), `file of step ${i}`).toBe(wanted.file !== undefined);
          if (wanted.file) expect(readFileSync(wanted.file.path).equals(Buffer.from(wanted.file.bytes))).toBe(true);
          rmSync(targets[i]!, { force: true });
        });
      }),
      runs(40),
    );
    expect(session.usable).toBe(true);
    session.close();
  });
});
