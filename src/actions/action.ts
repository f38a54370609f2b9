import type { Answers, Probe, ProbeName } from '../probes/registry.js';

/*
 * An action is a change to a host, as data. Each kind knows its shell text, which probes it makes stale
 * and which it predicts; modules plan actions, the engine sends them.
 */

/** Bytes of a file: in memory, or a file of this machine that is read while it is sent. */
export type Bytes = Buffer | LocalFile;

export interface LocalFile {
  readonly path: string;
  readonly size: number;
  /** SHA-256, hex. */
  readonly digest: string;
}

/** What an action does to what is known of a host. */
export type Effect =
  /** The probe's answer afterwards; `certain` where it can be nothing else once the action succeeded. */
  | { readonly type: 'predict'; readonly probe: Probe; readonly answer: Answers[ProbeName]; readonly certain: boolean }
  /** The answer must be asked for again. */
  | { readonly type: 'stale'; readonly probe: Probe }
  /** Every answer of these kinds must be asked for again. */
  | { readonly type: 'stale-kinds'; readonly kinds: readonly ProbeName[] }
  /** Every answer about this path or one below it must be asked for again; `gone`: nothing is there any more. */
  | { readonly type: 'stale-below'; readonly path: string; readonly gone?: boolean }
  /** Anything may be different now. */
  | { readonly type: 'stale-all' };

/** A prediction of one probe's answer, for `effects`. */
export function predict<K extends ProbeName>(probe: Probe<K>, answer: Answers[K], certain = true): Effect {
  return { type: 'predict', probe, answer, certain };
}

/** What is believed of the host before the action: undefined where the probe was not asked or is stale. */
export type Look = <K extends ProbeName>(probe: Probe<K>) => Answers[K] | undefined;

/** What goes to the host for an action. */
export interface ActionStep {
  /** POSIX sh; fails with a status other than 0 and a message on stderr. */
  readonly text: string;
  readonly library?: ReadonlyMap<string, string>;
  /** Read by the text with hw_recv. */
  readonly payload?: Bytes;
  /** Runs a program through hw_exec. */
  readonly streams?: boolean;
}

export interface ActionKind<A> {
  step(action: A): ActionStep;
  effects(action: A, look: Look): readonly Effect[];
}

/** Keeps the action type of a kind while it is being defined. */
export function actionKind<A>(kind: ActionKind<A>): ActionKind<A> {
  return kind;
}
