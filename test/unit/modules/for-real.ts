import { readFileSync } from 'node:fs';
import { type Action, actionStep } from '../../../src/actions/registry.js';
import { TaskError } from '../../../src/base/error.js';
import type { Value, Values } from '../../../src/base/value.js';
import { checkArguments } from '../../../src/modules/check-arguments.js';
import {
  type Change,
  type Conclusion,
  type Module,
  type Outcome,
  type PlanContext,
  Unanswered,
} from '../../../src/modules/module.js';
import { Refusal } from '../../../src/probes/probe.js';
import { type ProbeName, probeKey } from '../../../src/probes/registry.js';
import type { Session } from '../../../src/transport/session.js';
import { answersOf, runStep } from '../probes/shells.js';
import { context } from './plan-of.js';

export interface RealResult {
  readonly change: Change;
  readonly conclusion: Conclusion;
  readonly outcomes: readonly Outcome[];
  readonly failed: boolean;
  readonly changed: boolean;
  readonly result: Values;
}

/** Plans a module for this machine, asking it what the plan reads. */
export async function planForReal(
  session: Session,
  module: Module<any>,
  args: Value,
  changed: Partial<PlanContext> = {},
): Promise<Change> {
  const checked = checkArguments(module, args);
  if (checked.problems.length > 0) throw new Error(checked.problems.map(({ message }) => message).join('; '));
  const answers = new Map<string, unknown>();
  const full = { ...context, ...changed };
  const state = {
    read: (probe: { kind: ProbeName; subject: string }) => {
      if (!answers.has(probeKey(probe))) throw new Unanswered([probe]);
      const answer = answers.get(probeKey(probe));
      if (answer instanceof Refusal) throw new TaskError(answer.message, answer.hint);
      return answer;
    },
    field: (_probe: unknown, value: unknown) => value,
  };
  for (;;) {
    try {
      return module.plan(checked.values as never, state as never, full);
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      for (const probe of error.probes)
        answers.set(probeKey(probe), (await answersOf(session, probe.kind, [probe.subject]))[0]);
    }
  }
}

/** Plans a module and does what it planned, on this machine. */
export async function doForReal(
  session: Session,
  module: Module<any>,
  args: Value,
  changed: Partial<PlanContext> = {},
): Promise<RealResult> {
  const change = await planForReal(session, module, args, changed);
  const outcomes: Outcome[] = [];
  for (const action of change.actions) {
    const started = Date.now();
    const { status = -1, stdout, stderr, truncated } = await perform(session, action);
    outcomes.push({
      status,
      stdout: stdout.toString(),
      stderr: stderr.toString(),
      truncated,
      duration: (Date.now() - started) / 1000,
    });
    if (status !== 0) break;
  }
  const values = checkArguments(module, args).values;
  const conclusion = outcomes.length === 0 ? {} : (module.conclude?.(values as never, outcomes, change) ?? {});
  return {
    change,
    conclusion,
    outcomes,
    failed: conclusion.failed ?? (outcomes.length > 0 && outcomes.at(-1)!.status !== 0),
    changed: conclusion.changed ?? change.changed ?? change.actions.length > 0,
    result: { ...change.result, ...conclusion.result },
  };
}

function perform(session: Session, action: Action) {
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
