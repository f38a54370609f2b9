import { TaskError } from '../../../src/base/error.js';
import type { Value } from '../../../src/base/value.js';
import { checkArguments } from '../../../src/modules/check-arguments.js';
import { type Change, type Module, type PlanContext, Unanswered } from '../../../src/modules/module.js';
import { Refusal } from '../../../src/probes/probe.js';
import { type Answers, type Probe, type ProbeName, probeKey } from '../../../src/probes/registry.js';

/** What a host would answer: pairs made with `answer(ask('stat', '/x'), ...)`. */
export type Known = readonly (readonly [string, unknown])[];

export function answer<K extends ProbeName>(probe: Probe<K>, value: Answers[K] | Refusal): readonly [string, unknown] {
  return [probeKey(probe), value];
}

export const context: PlanContext = {
  check: false,
  diff: true,
  user: 'root',
  environment: {},
  timeout: undefined,
  now: 1_700_000_000,
  render: (text) => text,
  test: (condition) => condition === 'yes',
  value: () => undefined,
  verbosity: 0,
  local: {
    find: (name) => {
      throw new TaskError(`no file ${name} in this test`);
    },
    bytes: () => Buffer.alloc(0),
    mode: () => 0o644,
    list: () => [],
    isDirectory: () => false,
  },
};

/** The plan of a module for arguments as a person writes them, on a host that answers as told. */
export function planOf(
  module: Module<any>,
  args: Value,
  known: Known = [],
  changed: Partial<PlanContext> = {},
): Change {
  const checked = checkArguments(module, args);
  if (checked.problems.length > 0) throw new Error(checked.problems.map(({ message }) => message).join('; '));
  const answers = new Map(known);
  const read = (probe: Probe): unknown => {
    const key = probeKey(probe);
    // Modules of files ask whether owners exist: here they do, unless a case says otherwise.
    if (!answers.has(key) && 'mode' in module.options && (probe.kind === 'passwd' || probe.kind === 'group'))
      return { name: probe.subject };
    if (!answers.has(key)) throw new Unanswered([probe]);
    const value = answers.get(key);
    if (value instanceof Refusal) throw new TaskError(value.message, value.hint);
    return value;
  };
  const field = (probe: Probe, value: unknown): unknown => {
    if (value === undefined) throw new Unanswered([probe]);
    return value;
  };
  const full = { ...context, ...changed };
  for (const probe of module.probes(checked.values as never, full)) read(probe);
  return module.plan(checked.values as never, { read, field } as never, full);
}
