import { groupEntry, groups, passwd, shadow } from './accounts.js';
import { candidate, provided } from './candidate.js';
import { chunk } from './chunk.js';
import { content } from './content.js';
import { crontab } from './crontab.js';
import { digest } from './digest.js';
import { fact } from './fact.js';
import { mount } from './mounts.js';
import { output, type ProgramQuestion } from './output.js';
import { packageState } from './package.js';
import type { ProbeKind } from './probe.js';
import { sha1 } from './sha1.js';
import { stat } from './stat.js';
import { sysctl } from './sysctl.js';
import { unit } from './unit.js';

/** The closed set: one line per kind. */
export const probeKinds = {
  stat,
  digest,
  content,
  passwd,
  group: groupEntry,
  groups,
  shadow,
  package: packageState,
  candidate,
  provided,
  unit,
  mount,
  sysctl,
  crontab,
  output,
  sha1,
  chunk,
  fact,
} satisfies Record<string, ProbeKind<never> | ProbeKind<unknown>>;

export type ProbeName = keyof typeof probeKinds;

/** What each kind answers. */
export type Answers = { [K in ProbeName]: (typeof probeKinds)[K] extends ProbeKind<infer A> ? A : never };

/** A question about a host: equal questions (same kind, same subject) are asked once. */
export interface Probe<K extends ProbeName = ProbeName> {
  readonly kind: K;
  readonly subject: string;
}

/** The probe of a kind about a subject: `ask('stat', '/etc/passwd')`. */
export function ask<K extends ProbeName>(kind: K, subject = ''): Probe<K> {
  return { kind, subject };
}

/** The probe that runs a program which only looks. */
export function outputOf(question: ProgramQuestion): Probe<'output'> {
  return ask('output', JSON.stringify(question));
}

/** Equal exactly for equal questions. */
export function probeKey(probe: Probe): string {
  return `${probe.kind} ${probe.subject}`;
}
