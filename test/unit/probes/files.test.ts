import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionEffects, actionStep } from '../../../src/actions/registry.js';
import { CHUNK } from '../../../src/probes/chunk.js';
import { Refusal } from '../../../src/probes/probe.js';
import { ask, type Probe } from '../../../src/probes/registry.js';
import type { Session } from '../../../src/transport/session.js';
import { answersOf, openSession, runStep, shells } from './shells.js';

const folder = mkdtempSync(join(tmpdir(), 'hostwright-probes-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

describe.each(shells)('under %s', (_name, shell) => {
  let session: Session;
  beforeAll(async () => {
    session = await openSession(shell);
    rmSync(folder, { recursive: true });
    mkdirSync(at('d'), { recursive: true });
    for (const name of ['a', "b 'c' $x", 'back\\slash', '-n']) writeFileSync(at(name), name);
    symlinkSync('a', at('link'));
  });
  afterAll(() => session.close());

  it('sha1 of many files at once, links followed, null where there is none', async () => {
    const names = ['a', 'none', "b 'c' $x", 'd', 'back\\slash', '-n', 'link'];
    expect(await answersOf(session, 'sha1', names.map(at))).toEqual([
      sha1('a'),
      null,
      sha1("b 'c' $x"),
      null,
      sha1('back\\slash'),
      sha1('-n'),
      sha1('a'),
    ]);
    expect(await answersOf(session, 'sha1', [at('none')])).toEqual([null]);
  });

  it('a chunk of a file', async () => {
    const bytes = Buffer.alloc(CHUNK + 1234, 'x\0y');
    writeFileSync(at('large file'), bytes);
    const [first] = await answersOf(session, 'chunk', [`0 ${at('large file')}`]);
    const [second] = await answersOf(session, 'chunk', [`1 ${at('large file')}`]);
    expect(Buffer.concat([first as Buffer, second as Buffer]).equals(bytes)).toBe(true);
    expect((await answersOf(session, 'chunk', [`0 ${at('none')}`]))[0]).toBeInstanceOf(Refusal);
  });

  it('duplicate copies a file of the host, whole and with its attributes, or not at all', async () => {
    const action = { kind: 'duplicate', from: at("b 'c' $x"), path: at('d/copy'), mode: 0o640 } as const;
    const { text, library } = actionStep(action);
    expect((await runStep(session, { text, library, guarded: true, streams: false })).status).toBe(0);
    expect([readFileSync(at('d/copy'), 'utf8'), statSync(at('d/copy')).mode & 0o777]).toEqual(["b 'c' $x", 0o640]);
    const refused = actionStep({ ...action, from: at('a'), validate: ['grep', '-q', 'z', '%s'] });
    expect((await runStep(session, { ...refused, guarded: true, streams: false })).status).not.toBe(0);
    const missing = actionStep({ ...action, from: at('none') });
    const failed = await runStep(session, { ...missing, guarded: true, streams: false });
    expect([failed.status, failed.stdout.toString()]).toEqual([1, expect.stringMatching(/No such file/)]);
    expect([readFileSync(at('d/copy'), 'utf8'), readdirSync(at('d'))]).toEqual(["b 'c' $x", ['copy']]);
  });
});

it('duplicate predicts from what is known of the file it copies', () => {
  const known: Record<string, unknown> = { 'digest /from': 'ab', 'content /from': Buffer.from('x') };
  const look = (probe: Probe) => known[`${probe.kind} ${probe.subject}`] as never;
  const effects = actionEffects({ kind: 'duplicate', from: '/from', path: '/to', mode: 0o600 }, look);
  expect(effects).toContainEqual({ type: 'predict', probe: ask('digest', '/to'), answer: 'ab', certain: true });
  expect(effects).toContainEqual({
    type: 'predict',
    probe: ask('content', '/to'),
    answer: Buffer.from('x'),
    certain: true,
  });
  const blind = actionEffects({ kind: 'duplicate', from: '/from', path: '/to', mode: 0o600 }, () => undefined);
  expect(blind).toContainEqual({ type: 'stale', probe: ask('digest', '/to') });
});
