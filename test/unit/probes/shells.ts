import { existsSync } from 'node:fs';
import type { ProbeKind, Refusal } from '../../../src/probes/probe.js';
import { type Answers, type ProbeName, probeKinds } from '../../../src/probes/registry.js';
import { connectLocal } from '../../../src/transport/local.js';
import { Session, type Step, type StepResult } from '../../../src/transport/session.js';
import { bootCommand } from '../../../src/transport/shell.js';

const all: readonly (readonly [name: string, words: readonly string[]])[] = [
  ['dash', ['/bin/dash']],
  ['bash', ['/bin/bash']],
  ['busybox ash', ['/bin/busybox', 'ash']],
];

/** The shells of this machine that a host may have as its sh. */
export const shells = all.filter(([, [path]]) => existsSync(path!));

/** A session on this machine whose loop runs in the shell under test, not in whatever /bin/sh is. */
export async function openSession(shell: readonly string[]): Promise<Session> {
  return new Session(
    await connectLocal({ shell }).openShell(bootCommand().replace('exec sh', `exec ${shell.join(' ')}`)),
  );
}

/** The result of one step. */
export async function runStep(session: Session, step: Step): Promise<StepResult> {
  return (await session.exchange([step], { timeout: 20 }))[0]!;
}

/** Asks this machine a kind of question about some subjects, for real. */
export async function answersOf<K extends ProbeName>(
  session: Session,
  kind: K,
  subjects: readonly string[],
): Promise<(Answers[K] | Refusal)[]> {
  const { ask, parse, library, keep, streams = false } = probeKinds[kind] as ProbeKind<Answers[K]>;
  return parse(await runStep(session, { text: ask(subjects), guarded: false, streams, library, keep }), subjects);
}
