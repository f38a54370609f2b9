import type { Effect } from '../actions/action.js';
import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import type { Outcome } from '../modules/module.js';
import type { ProbeKind } from '../probes/probe.js';
import { type Probe, type ProbeName, probeKinds } from '../probes/registry.js';
import type { Event } from '../report/event.js';
import type { Become } from '../transport/become.js';
import { questionsOf, stepOf } from './batch.js';
import { Beliefs } from './beliefs.js';
import type { Link } from './link.js';

/** An action on its way to the host, and who wants to know what comes of it. */
export interface Errand {
  readonly action: Action;
  /** Seconds it may take. */
  readonly timeout: number;
  started(): void;
  said(stream: 'stdout' | 'stderr', data: Buffer): void;
  /** Not called for errands behind a failed one: they were not carried out. */
  done(outcome: Outcome): void;
}

/** Seconds that a host may take to answer questions. */
const LOOKING = 300;

/** Working on one host: what is believed of it, and the exchanges that make the beliefs. */
export class Lane {
  readonly link: Link;
  readonly #check: boolean;
  readonly #emit: (event: Event) => void;
  readonly #beliefs = new Map<string, Beliefs>();

  constructor(link: Link, check: boolean, emit: (event: Event) => void) {
    this.link = link;
    this.#check = check;
    this.#emit = emit;
  }

  /** What is known of the host through the eyes of a user. */
  beliefs(become: Become | undefined): Beliefs {
    const user = become?.user ?? '';
    let beliefs = this.#beliefs.get(user);
    if (!beliefs) this.#beliefs.set(user, (beliefs = new Beliefs(this.#check)));
    return beliefs;
  }

  /** The world changes for every user's eyes alike. */
  apply(effects: readonly Effect[]): void {
    for (const beliefs of this.#beliefs.values()) beliefs.apply(effects);
  }

  /** Forgets what was known: something may have changed the host. */
  forget(): void {
    for (const beliefs of this.#beliefs.values()) beliefs.clear();
  }

  /**
   * One round trip: carries out the errands in order until one fails, then answers the probes.
   * @returns false where an errand failed: nothing behind it was done, nothing was asked, all is forgotten
   * @throws UnreachableError
   */
  exchange(become: Become | undefined, errands: readonly Errand[], probes: Iterable<Probe>): Promise<boolean> {
    return this.link.during(() => this.#exchange(become, errands, probes));
  }

  async #exchange(become: Become | undefined, errands: readonly Errand[], probes: Iterable<Probe>): Promise<boolean> {
    const session = await this.link.session(become);
    const questions = questionsOf(probes);
    const started = performance.now();
    const [sent, received] = [session.bytesSent, session.bytesReceived];
    let last = started;
    let failed = false;
    errands[0]?.started();
    const steps = [...errands.map(({ action }) => stepOf(action)), ...questions.map(({ step }) => step)];
    const results = await session.exchange(steps, {
      timeout: (index) => errands[index]?.timeout ?? LOOKING,
      onOutput: (index, stream, data) => errands[index]?.said(stream, data),
      onStep: (index, result) => {
        const errand = errands[index];
        if (!errand) return;
        if (result.status === undefined) {
          failed = true;
          return;
        }
        const now = performance.now();
        if (result.status !== 0) failed = true;
        errand.done({
          status: result.status,
          stdout: result.stdout.toString('utf8'),
          stderr: result.stderr.toString('utf8'),
          truncated: result.truncated,
          duration: (now - last) / 1000,
        });
        last = now;
        if (!failed) errands[index + 1]?.started();
      },
    });
    this.#emit({
      type: 'round-trip',
      host: this.link.host,
      user: become?.user ?? '',
      probes: questions.reduce((sum, each) => sum + each.probes.length, 0),
      actions: errands.length,
      bytesSent: session.bytesSent - sent,
      bytesReceived: session.bytesReceived - received,
      seconds: (performance.now() - started) / 1000,
    });
    if (failed) {
      this.forget();
      return false;
    }
    const beliefs = this.beliefs(become);
    questions.forEach(({ kind, probes: asked }, i) => {
      const answers = parse(kind, asked, results[errands.length + i]!);
      asked.forEach((probe, j) => {
        beliefs.observe(probe, answers[j]);
      });
    });
    return true;
  }
}

function parse(
  kind: ProbeName,
  probes: readonly Probe[],
  result: { status: number | undefined; stdout: Buffer; stderr: Buffer },
): readonly unknown[] {
  try {
    return (probeKinds[kind] as ProbeKind<unknown>).parse(
      result,
      probes.map(({ subject }) => subject),
    );
  } catch (error) {
    const said = result.stdout.subarray(0, 200).toString('utf8').trim();
    throw new TaskError(
      `the host's answer to "${kind}" makes no sense: ${(error as Error).message}`,
      said && `it began: ${said}`,
    );
  }
}
