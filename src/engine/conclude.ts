import { TaskError, UnreachableError } from '../base/error.js';
import { emptyMapping, type Value, type Values } from '../base/value.js';
import type { Conclusion, Outcome } from '../modules/module.js';
import { moduleNamed } from '../modules/registry.js';
import type { Condition } from '../template/index.js';
import { TemplateError } from '../template/index.js';
import type { Item, ItemResult, Job } from './job.js';

/** The result of an item whose change is planned and (outside check mode) carried out. */
export function concludeItem(job: Job, item: Item): ItemResult {
  const change = item.change!;
  const { check } = job.effective;
  const done = item.outcomes.length > 0;
  const said: Conclusion = done
    ? usual(item.outcomes, moduleNamed(job.task.module).conclude?.(item.args as never, item.outcomes, change))
    : {};
  const values: Values = Object.assign(emptyMapping(), change.result, said.result);
  const changed = said.changed ?? change.changed ?? change.actions.length > 0;
  const message = said.message ?? change.message;
  const base = {
    ...(message === undefined ? {} : { message }),
    ...(said.hint === undefined ? {} : { hint: said.hint }),
    diff: change.diff ?? [],
    controller: [...(change.controller ?? []), ...(said.controller ?? [])],
  };
  if (check && change.unknown !== undefined && change.actions.length > 0) {
    return { ...base, status: 'unknown', message: change.unknown, values: finish(values, 'unknown') };
  }
  if (change.skipped !== undefined)
    return { ...base, status: 'skipped', message: change.skipped, values: finish(values, 'skipped') };
  return judge(job, item, { ...base, status: said.failed ? 'failed' : changed ? 'changed' : 'ok', values });
}

/** A last action that failed is a failure unless the module says otherwise. */
function usual(outcomes: readonly Outcome[], said: Conclusion = {}): Conclusion {
  const last = outcomes.at(-1)!;
  if (last.status === 0 || said.failed === false) return said;
  if (said.failed) return { hint: hintFor(said.message ?? ''), ...said };
  const text = (last.stderr.trim() || last.stdout.trim()).split('\n').slice(-5).join('\n');
  return { ...explain(text, last.status), ...said, failed: true };
}

/** What the usual failures of file commands mean, and what to do. */
const FAILURES: readonly (readonly [RegExp, string])[] = [
  [/No space left on device/, 'the disk is full: make room on the host, then run again'],
  [/Read-only file system/, "the file system is mounted read-only: look at the host's kernel log before remounting it"],
  [/Permission denied|Operation not permitted/, 'the user has not the right: run the task with become: true'],
  [
    /invalid user|invalid group|no such user/i,
    'the user or group does not exist on the host: make it in an earlier task',
  ],
  [/Is a directory|is a directory/, 'a directory is at that path: name the file in it, or remove the directory first'],
  [/command not found|: not found$/m, 'install the program in an earlier task, or give its full path'],
  [/Not a directory/, 'something on the way to that path is not a directory'],
];

const hintFor = (text: string): string | undefined => FAILURES.find(([pattern]) => pattern.test(text))?.[1];

function explain(text: string, status: number): Conclusion {
  const hint = hintFor(text);
  return { message: text || `it ended with status ${status}`, ...(hint === undefined ? {} : { hint }) };
}

/** What `changed_when` and `failed_when` make of a result. */
function judge(job: Job, item: Item, result: ItemResult): ItemResult {
  const { task } = job;
  let { status } = result;
  const scope = (): Item['scope'] => resultScope(job, item, finish(result.values, status, result.message));
  if (task.failedWhen) {
    const failed = task.failedWhen.some((condition) => condition.test(scope()));
    if (failed) status = 'failed';
    else if (status === 'failed') status = result.values.changed === false ? 'ok' : 'changed';
  }
  if (task.changedWhen && status !== 'failed') status = all(task.changedWhen, scope()) ? 'changed' : 'ok';
  const message =
    result.message ??
    (status === 'failed' && task.failedWhen
      ? `failed_when: ${task.failedWhen.map(({ source }) => source).join(', ')}`
      : undefined);
  return {
    ...result,
    status,
    ...(message === undefined ? {} : { message }),
    values: finish(result.values, status, message),
  };
}

const all = (conditions: readonly Condition[], scope: Item['scope']): boolean =>
  conditions.every((condition) => condition.test(scope));

/** The names that a task's own conditions see: its variables, and its result under its register's name. */
export function resultScope(job: Job, item: Item, values: Values): Item['scope'] {
  const { register } = job.task;
  const locals = new Map<string, Value>([['result', values]]);
  if (register !== undefined) locals.set(register, values);
  return item.scope.with(locals);
}

/** The values as they are registered: with changed, failed, skipped and msg. */
export function finish(values: Values, status: ItemResult['status'], message?: string): Values {
  const full: Values = Object.assign(emptyMapping(), values, {
    changed: status === 'changed',
    failed: status === 'failed' || status === 'unreachable',
    ...(status === 'skipped' ? { skipped: true } : {}),
    ...(status === 'unreachable' ? { unreachable: true } : {}),
  });
  if (message !== undefined && full.msg === undefined) full.msg = message;
  return full;
}

/** The result of an item that could not even be planned. Throws what is no failure of a task. */
export function failure(error: unknown): ItemResult {
  const known =
    error instanceof TaskError ||
    error instanceof TemplateError ||
    error instanceof UnreachableError ||
    (error as Error)?.name === 'InputError';
  if (!known) throw error;
  const { message, result = emptyMapping() } = error as TaskError;
  const hint = (error as TaskError).hint ?? hintFor(message);
  const status = error instanceof UnreachableError ? 'unreachable' : 'failed';
  return {
    status,
    message,
    ...(hint === undefined ? {} : { hint }),
    values: finish(result, status, message),
    diff: [],
    controller: [],
  };
}

/** The result of what only a run can tell. */
export function unknown(message: string): ItemResult {
  return { status: 'unknown', message, values: emptyMapping(), diff: [], controller: [] };
}
