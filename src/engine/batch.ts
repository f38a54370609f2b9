import { createReadStream } from 'node:fs';
import type { Bytes } from '../actions/action.js';
import type { Action } from '../actions/registry.js';
import { actionStep } from '../actions/registry.js';
import type { ProbeKind } from '../probes/probe.js';
import { type Probe, type ProbeName, probeKinds } from '../probes/registry.js';
import type { Payload, Step } from '../transport/session.js';

/** The step that carries out an action. */
export function stepOf(action: Action): Step {
  const { text, library, payload, streams = false } = actionStep(action);
  return {
    text,
    guarded: true,
    streams,
    ...(library ? { library } : {}),
    ...(payload === undefined ? {} : { payload: payloadOf(payload) }),
  };
}

function payloadOf(bytes: Bytes): Payload {
  if (Buffer.isBuffer(bytes)) return bytes;
  return { size: bytes.size, open: () => createReadStream(bytes.path, { end: Math.max(0, bytes.size - 1) }) };
}

/** Probes that one step answers together. */
export interface Question {
  readonly kind: ProbeName;
  readonly probes: readonly Probe[];
  readonly step: Step;
}

/** The fewest steps that answer all these probes: one per kind, as far as a kind takes them together. */
export function questionsOf(probes: Iterable<Probe>): Question[] {
  const byKind = new Map<ProbeName, Map<string, Probe>>();
  for (const probe of probes) {
    let subjects = byKind.get(probe.kind);
    if (!subjects) byKind.set(probe.kind, (subjects = new Map()));
    subjects.set(probe.subject, probe);
  }
  const questions: Question[] = [];
  for (const [kind, subjects] of byKind) {
    const all = [...subjects.values()];
    const { most } = probeKinds[kind];
    for (let from = 0; from < all.length; from += most) questions.push(question(kind, all.slice(from, from + most)));
  }
  return questions;
}

function question(kind: ProbeName, probes: readonly Probe[]): Question {
  const { ask, library, streams = false, keep } = probeKinds[kind] as ProbeKind<unknown>;
  const step: Step = {
    text: ask(probes.map(({ subject }) => subject)),
    guarded: false,
    streams,
    library,
    // What a probe answers is worth keeping whole: only a host gone mad sends more.
    keep: keep ?? 64 * 1024 * 1024,
  };
  return { kind, probes, step };
}
