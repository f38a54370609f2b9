import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Effect, Look } from '../../../src/actions/action.js';
import { type Action, actionEffects, actionStep } from '../../../src/actions/registry.js';
import { Refusal } from '../../../src/probes/probe.js';
import { ask, type Probe, type ProbeName, probeKey } from '../../../src/probes/registry.js';
import type { Session, StepResult } from '../../../src/transport/session.js';
import { answersOf, openSession, runStep, shells } from '../probes/shells.js';

/*
 * The contract of every action kind: what was known before, changed by the action's effects, is true
 * afterwards. What the effects neither predict nor make stale must not have changed.
 */

const base = mkdtempSync(join(tmpdir(), 'hostwright-actions-'));
afterAll(() => rmSync(base, { recursive: true }));
const root = process.getuid?.() === 0;
const big = randomBytes(300_000);

let folder = '';
const at = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(base, 'x-'));
  mkdirSync(at('d'));
  writeFileSync(at('file'), 'old\n');
  writeFileSync(at('d/inner'), 'inner\n');
  symlinkSync('file', at('link'));
  symlinkSync('nowhere', at('dangling'));
  // Old times, so that any touch shows.
  for (const name of ['file', 'd/inner', 'd', '.']) utimesSync(at(name), 1_000_000, 1_000_000);
});

/** Everything that is asked before and after, about paths that exist or may come to. */
function knownProbes(): Probe[] {
  const paths = [
    '.',
    'file',
    'link',
    'dangling',
    'nowhere',
    'd',
    'd/inner',
    'new',
    'new/a',
    'new/a/b',
    'd/new',
    "d/new it's",
    'd/-rf',
    'hard',
  ].map((name) => (name === '.' ? folder : at(name)));
  return (['stat', 'digest', 'content', 'sha1'] as const).flatMap((kind) => paths.map((path) => ask(kind, path)));
}

type Known = Map<string, unknown>;

async function lookAround(session: Session): Promise<Known> {
  const known: Known = new Map();
  for (const kind of ['stat', 'digest', 'content', 'sha1'] as const) {
    const probes = knownProbes().filter((probe) => probe.kind === kind);
    const answers = await answersOf(
      session,
      kind,
      probes.map(({ subject }) => subject),
    );
    probes.forEach((probe, i) => known.set(probeKey(probe), answers[i]));
  }
  return known;
}

/**
 * What is known after the effects, as the engine has it. Actions know nothing of links that lead to their
 * paths, so answers about links count as stale after any change that does not predict them.
 */
function after(known: Known, effects: readonly Effect[]): Known {
  const next = new Map(known);
  if (effects.length > 0) {
    for (const { subject } of knownProbes()) {
      const stat = known.get(probeKey(ask('stat', subject))) as { type?: string } | null;
      if (stat?.type === 'symlink')
        for (const kind of ['stat', 'digest', 'content', 'sha1'] as const) next.delete(probeKey(ask(kind, subject)));
    }
  }
  for (const effect of effects) {
    if (effect.type === 'predict') next.set(probeKey(effect.probe), effect.answer);
    else if (effect.type === 'stale') next.delete(probeKey(effect.probe));
    else if (effect.type === 'stale-all') next.clear();
    else if (effect.type === 'stale-kinds')
      for (const key of next.keys()) if (effect.kinds.includes(key.split(' ')[0] as ProbeName)) next.delete(key);
    if (effect.type !== 'stale-below') continue;
    for (const { kind, subject } of knownProbes()) {
      if (subject === effect.path || subject.startsWith(`${effect.path}/`)) next.delete(probeKey({ kind, subject }));
    }
  }
  return next;
}

/** Compares field by field: what a prediction leaves undefined may be anything; times of access are never told. */
function agree(told: unknown, real: unknown, what: string): void {
  if (told instanceof Refusal) return;
  if (told === null || typeof told !== 'object' || Buffer.isBuffer(told)) {
    expect(Buffer.isBuffer(real) ? real.toString('hex') : real, what).toEqual(
      Buffer.isBuffer(told) ? told.toString('hex') : told,
    );
    return;
  }
  expect(real, what).toBeTypeOf('object');
  expect(real, what).not.toBeNull();
  for (const [name, value] of Object.entries(told)) {
    if (value === undefined || name === 'atime') continue;
    agree(value, (real as Record<string, unknown>)[name], `${what}: ${name}`);
  }
}

async function perform(session: Session, action: Action): Promise<StepResult> {
  const { text, library, payload, streams = false } = actionStep(action);
  const bytes =
    payload === undefined || Buffer.isBuffer(payload)
      ? payload
      : {
          size: payload.size,
          open: async function* () {
            yield readFileSync(payload.path);
          },
        };
  return runStep(session, {
    text,
    guarded: true,
    streams,
    ...(library ? { library } : {}),
    ...(bytes ? { payload: bytes } : {}),
  });
}

/** Does the action for real; says what was predicted and whether that was so. */
async function holds(session: Session, action: Action): Promise<readonly Effect[]> {
  const before = await lookAround(session);
  const look = ((probe: Probe) => before.get(probeKey(probe))) as Look;
  const effects = actionEffects(action, look);
  const told = after(before, effects);
  const result = await perform(session, action);
  expect([result.status, result.stdout.toString()], 'the action').toEqual([0, result.stdout.toString()]);
  const real = await lookAround(session);
  for (const [key, answer] of told) agree(answer, real.get(key), key);
  return effects;
}

const text = (content: string): Buffer => Buffer.from(content);
function fileOfBytes(bytes: Buffer): { path: string; size: number; digest: string } {
  const path = join(base, 'local');
  writeFileSync(path, bytes);
  return { path, size: bytes.length, digest: createHash('sha256').update(bytes).digest('hex') };
}

/** Name, action, and whether only root can do it. */
const cases: [string, () => Action, boolean?][] = [
  ['write: a new file', () => ({ kind: 'write', path: at('new'), content: text('a\nb'), mode: 0o644 })],
  ['write: a new empty file', () => ({ kind: 'write', path: at('new'), content: text(''), mode: 0o600 })],
  ['write: only newlines', () => ({ kind: 'write', path: at('new'), content: text('\n\n\n'), mode: 0o640 })],
  [
    'write: quotes, backslashes, percent, other scripts',
    () => ({ kind: 'write', path: at('new'), content: text('it\'s \\n %s $HOME `id` "é漢🎉"\r\n'), mode: 0o644 }),
  ],
  ['write: over an old file', () => ({ kind: 'write', path: at('file'), content: text('new\n'), mode: 0o644 })],
  ['write: an executable', () => ({ kind: 'write', path: at('new'), content: text('#!/bin/sh\n'), mode: 0o755 })],
  ['write: special bits', () => ({ kind: 'write', path: at('new'), content: text('x'), mode: 0o6755 })],
  ['write: nobody may read it', () => ({ kind: 'write', path: at('new'), content: text('x'), mode: 0 }), true],
  ['write: in place of a symlink', () => ({ kind: 'write', path: at('link'), content: text('x'), mode: 0o644 })],
  ['write: bytes', () => ({ kind: 'write', path: at('new'), content: Buffer.from([0, 255, 10, 0, 13]), mode: 0o644 })],
  ['write: not UTF-8', () => ({ kind: 'write', path: at('new'), content: Buffer.from([0xc3, 0x28]), mode: 0o644 })],
  ['write: large', () => ({ kind: 'write', path: at('new'), content: big, mode: 0o640 })],
  [
    'write: large text',
    () => ({ kind: 'write', path: at('d/new'), content: text('line\n'.repeat(20_000)), mode: 0o644 }),
  ],
  [
    'write: from a file of this machine',
    () => ({ kind: 'write', path: at('new'), content: fileOfBytes(big), mode: 0o600 }),
  ],
  [
    'write: with owner and group by name',
    () => ({ kind: 'write', path: at('new'), content: text('x'), mode: 0o4755, owner: 'nobody', group: 'daemon' }),
    true,
  ],
  [
    'write: with owner and group by number',
    () => ({ kind: 'write', path: at('file'), content: big, mode: 0o640, owner: '12', group: '34' }),
    true,
  ],
  [
    'write: with a check that passes',
    () => ({ kind: 'write', path: at('new'), content: text('ok'), mode: 0o644, validate: ['grep', '-q', 'ok', '%s'] }),
  ],
  [
    'write: a name with blanks and quotes',
    () => ({ kind: 'write', path: at("d/new it's"), content: text('x'), mode: 0o644 }),
  ],
  [
    'write: a name that begins with a dash',
    () => ({ kind: 'write', path: at('d/-rf'), content: text('x'), mode: 0o644 }),
  ],
  ['directory: one', () => ({ kind: 'directory', paths: [at('new')], mode: 0o750 })],
  ['directory: several', () => ({ kind: 'directory', paths: [at('new'), at('new/a'), at('new/a/b')], mode: 0o755 })],
  ['directory: all bits', () => ({ kind: 'directory', paths: [at('new')], mode: 0o1777 })],
  [
    'directory: setgid with owner',
    () => ({ kind: 'directory', paths: [at('new'), at('new/a')], mode: 0o2770, owner: 'nobody', group: '34' }),
    true,
  ],
  ['attributes: mode', () => ({ kind: 'attributes', path: at('file'), mode: 0o600 })],
  ['attributes: mode of a folder', () => ({ kind: 'attributes', path: at('d'), mode: 0o2711 })],
  ['attributes: owner', () => ({ kind: 'attributes', path: at('file'), owner: 'nobody' }), true],
  ['attributes: group by number', () => ({ kind: 'attributes', path: at('file'), group: '34' }), true],
  [
    'attributes: owner, group and special bits',
    () => ({ kind: 'attributes', path: at('file'), owner: '12', group: 'daemon', mode: 0o4711 }),
    true,
  ],
  [
    'attributes: owner of a symlink, not of its target',
    () => ({ kind: 'attributes', path: at('link'), owner: 'nobody' }),
    true,
  ],
  ['attributes: everything below', () => ({ kind: 'attributes', path: at('d'), recursive: true, mode: 0o700 })],
  ['link: new', () => ({ kind: 'link', path: at('new'), target: 'd/inner', hard: false })],
  ['link: to nothing', () => ({ kind: 'link', path: at('new'), target: '/no/such/thing', hard: false })],
  ['link: in place of a file', () => ({ kind: 'link', path: at('file'), target: 'd', hard: false })],
  ['link: another target', () => ({ kind: 'link', path: at('link'), target: 'd/inner', hard: false })],
  ['link: in place of one to a folder', () => ({ kind: 'link', path: at('dangling'), target: 'd', hard: false })],
  ['link: a target of several bytes a letter', () => ({ kind: 'link', path: at('new'), target: 'é漢', hard: false })],
  ['link: hard', () => ({ kind: 'link', path: at('hard'), target: at('file'), hard: true })],
  ['link: hard, in place of a file', () => ({ kind: 'link', path: at('d/inner'), target: at('file'), hard: true })],
  ['touch: new', () => ({ kind: 'touch', path: at('new') })],
  ['touch: what is there', () => ({ kind: 'touch', path: at('file') })],
  ['touch: a folder', () => ({ kind: 'touch', path: at('d') })],
  [
    'touch: given times',
    () => ({ kind: 'touch', path: at('file'), accessTime: '2020-01-02 03:04:05', modificationTime: 'preserve' }),
  ],
  ['remove: a file', () => ({ kind: 'remove', path: at('file') })],
  ['remove: a folder and what is in it', () => ({ kind: 'remove', path: at('d') })],
  ['remove: a symlink, not its target', () => ({ kind: 'remove', path: at('link') })],
  ['remove: nothing', () => ({ kind: 'remove', path: at('new') })],
];

describe.each(shells)('predictions under %s', (_name, shell) => {
  let session: Session;
  const open = async (): Promise<Session> => (session?.usable ? session : (session = await openSession(shell)));
  afterAll(() => session?.close());

  it.each(cases.filter(([, , needsRoot]) => root || !needsRoot))('%s', async (_case, action) => {
    await holds(await open(), action());
  });

  it('holds for any of a symlink’s relatives when its target changes', async () => {
    // A stat of `link` tells what it leads to, so a change of `file` is a change of that answer too.
    await holds(await open(), { kind: 'attributes', path: at('file'), mode: 0o611 });
  });

  it('predicts what matters, and does not only make everything stale', async () => {
    const effects = await holds(await open(), { kind: 'write', path: at('new'), content: text('x'), mode: 0o644 });
    const predicted = effects
      .filter((effect) => effect.type === 'predict' && effect.certain)
      .map((effect) => effect.type === 'predict' && probeKey(effect.probe));
    for (const kind of ['stat', 'digest', 'content', 'sha1'] as const)
      expect(predicted).toContain(probeKey(ask(kind, at('new'))));
  });

  it('tells why a write failed, and leaves the old file and nothing beside it', async () => {
    const failing: [Action, RegExp][] = [
      [
        {
          kind: 'write',
          path: at('file'),
          content: text('bad'),
          mode: 0o644,
          validate: ['sh', '-c', 'echo unwell; exit 3', 'x', '%s'],
        },
        /unwell/,
      ],
      [{ kind: 'write', path: at('d'), content: text('x'), mode: 0o644 }, /is a directory/],
      [
        { kind: 'write', path: at('no/such/folder'), content: text('x'), mode: 0o644 },
        /No such|nonexistent|cannot create/i,
      ],
      [{ kind: 'write', path: at('no/such/folder'), content: big, mode: 0o644 }, /No such|nonexistent|cannot create/i],
      [
        { kind: 'write', path: at('file'), content: text('x'), mode: 0o644, owner: 'no-such-user-here' },
        /invalid user/,
      ],
      [{ kind: 'link', path: at('d'), target: 'file', hard: false }, /is a directory/],
    ];
    for (const [action, message] of failing) {
      const result = await perform(await open(), action);
      expect(result.status, JSON.stringify(action)).not.toBe(0);
      expect(result.stdout.toString()).toMatch(message);
    }
    // A check that failed must not be left behind for the next write.
    await holds(await open(), { kind: 'write', path: at('new'), content: text('x'), mode: 0o644 });
    expect(readFileSync(at('file'), 'utf8')).toBe('old\n');
    const { readdirSync } = await import('node:fs');
    expect(readdirSync(folder).sort()).toEqual(['d', 'dangling', 'file', 'link', 'new']);
  });
});

describe.each(shells)('run under %s', (_name, shell) => {
  let session: Session;
  const open = async (): Promise<Session> => (session?.usable ? session : (session = await openSession(shell)));
  afterAll(() => session?.close());
  const run = async (action: Omit<Extract<Action, { kind: 'run' }>, 'kind'>) => {
    const { status, stdout, stderr } = await perform(await open(), { kind: 'run', ...action });
    return [status, stdout.toString(), stderr.toString()];
  };

  it('passes every word on as it is', async () => {
    const words = ['', ' ', "it's", '$HOME', '`id`', '*', '\\n', 'é', '-n', 'a\nb', '"'];
    expect(await run({ argv: ['printf', '[%s]', ...words] })).toEqual([
      0,
      words.map((word) => `[${word}]`).join(''),
      '',
    ]);
  });
  it('gives stdin, of any bytes, and none otherwise', async () => {
    expect(await run({ argv: ['cat'], stdin: text('in\n') })).toEqual([0, 'in\n', '']);
    expect(await run({ argv: ['cat'], stdin: text('') })).toEqual([0, '', '']);
    expect(await run({ argv: ['cat'] })).toEqual([0, '', '']);
    const sum = createHash('sha256').update(big).digest('hex');
    expect(await run({ argv: ['sha256sum'], stdin: big })).toEqual([0, `${sum}  -\n`, '']);
    expect(await run({ argv: ['sha256sum'], stdin: fileOfBytes(big) })).toEqual([0, `${sum}  -\n`, '']);
  });
  it('survives a program that does not read its stdin', async () => {
    expect(await run({ argv: ['true'], stdin: big })).toEqual([0, '', '']);
    expect(await run({ argv: ['echo', 'in step'] })).toEqual([0, 'in step\n', '']);
  });
  it('sets folder, environment and umask for the program alone', async () => {
    const environment = { WORD: "it's $HOME", OTHER: '' };
    const script = 'pwd; echo "$WORD|${OTHER-unset}|$(umask)"';
    expect(await run({ argv: ['sh', '-c', script], cwd: at('d'), environment, umask: '0077' })).toEqual([
      0,
      `${at('d')}\nit's $HOME||0077\n`,
      '',
    ]);
    const [, stdout] = await run({ argv: ['sh', '-c', 'pwd; echo "${WORD-unset}|$(umask)"'] });
    expect(stdout).toMatch(/unset\|0022\n$/);
    expect(stdout).not.toContain(at('d'));
  });
  it('says so where the folder is not there', async () => {
    const [status, , stderr] = await run({ argv: ['true'], cwd: at('no') });
    expect(status).toBe(1);
    expect(stderr).toMatch(/cd/);
  });
  it('ends a program at its time limit', async () => {
    const started = Date.now();
    expect((await run({ argv: ['sleep', '30'], timeout: 1 }))[0]).toBe(124);
    expect(Date.now() - started).toBeLessThan(8000);
    expect(await run({ argv: ['echo', 'on'] })).toEqual([0, 'on\n', '']);
  });
  it('tells the status, also of what is not there', async () => {
    expect((await run({ argv: ['sh', '-c', 'exit 7'] }))[0]).toBe(7);
    expect((await run({ argv: ['no-such-program-here'] }))[0]).toBe(127);
    expect((await run({ argv: [at('file')] }))[0]).toBe(126);
    expect((await run({ argv: ['sh', '-c', 'kill -9 $$'] }))[0]).toBe(137);
  });
  it('speaks C, but to a person’s command the host’s own language', async () => {
    const own = process.env['LC_ALL'] ?? 'unset';
    expect((await run({ argv: ['sh', '-c', 'echo ${LC_ALL-unset}'] }))[1]).toBe('C\n');
    expect((await run({ argv: ['sh', '-c', 'echo ${LC_ALL-unset}'], ownLocale: true }))[1]).toBe(`${own}\n`);
    expect((await run({ argv: ['sh', '-c', 'echo ${LC_ALL-unset}'] }))[1]).toBe('C\n');
  });
  it('leaves no file behind', async () => {
    const [, before] = await run({ argv: ['sh', '-c', 'ls /tmp | grep -c "^tmp\\." || :'] });
    await run({ argv: ['cat'], stdin: text('x') });
    await run({ argv: ['sh', '-c', 'exit 3'], stdin: text('x') });
    const [, now] = await run({ argv: ['sh', '-c', 'ls /tmp | grep -c "^tmp\\." || :'] });
    expect(Number(now)).toBeLessThanOrEqual(Number(before) + 2); // others use /tmp too
  });
  it('makes everything stale unless the module says what', () => {
    expect(actionEffects({ kind: 'run', argv: ['x'] }, () => undefined)).toEqual([{ type: 'stale-all' }]);
    expect(actionEffects({ kind: 'run', argv: ['x'], effects: [] }, () => undefined)).toEqual([]);
  });
});
