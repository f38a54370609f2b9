import { emptyMapping, type Value, type Values } from '../base/value.js';
import type { Event, Status, TaskLabel, TaskResult } from '../report/event.js';
import { finish } from './conclude.js';
import type { ItemResult, Job } from './job.js';

/** What `no_log` shows in place of everything a task said. */
const CENSORED = 'hidden, because no_log: true was said for this task';

/** Tells the reporters what a task came to on a host, item by item where it has a loop. */
export function reportJob(host: string, job: Job, emit: (event: Event) => void, guarded: boolean): ItemResult {
  const { label, looped, items } = job;
  if (looped) {
    for (const item of items) {
      const shown = taskResult(job, item.result!, guarded, item.delegatedTo);
      emit({
        type: 'task-item',
        host,
        task: label,
        result: { ...shown, item: job.effective.noLog ? '(hidden)' : (item.label ?? '') },
      });
    }
  }
  const result = looped ? combined(job) : items[0]!.result!;
  emit({ type: 'task-result', host, task: label, result: taskResult(job, result, guarded, items[0]?.delegatedTo) });
  return result;
}

/** Tells of a failure outside of any module, an include for instance. */
export function reportItem(
  host: string,
  task: TaskLabel,
  result: ItemResult,
  emit: (event: Event) => void,
  rescued: boolean,
): void {
  const { status, message, hint, values, diff } = result;
  emit({
    type: 'task-result',
    host,
    task,
    result: { status, message, hint, values, diff, duration: 0, ignored: false, rescued },
  });
}

function taskResult(job: Job, result: ItemResult, guarded: boolean, delegatedTo: string | undefined): TaskResult {
  const { noLog, ignoreErrors, ignoreUnreachable, diff } = job.effective;
  const failed = result.status === 'failed' || result.status === 'unreachable';
  const ignored =
    (result.status === 'failed' && ignoreErrors) || (result.status === 'unreachable' && ignoreUnreachable);
  return {
    status: result.status,
    ...(noLog ? { message: CENSORED } : result.message === undefined ? {} : { message: result.message }),
    ...(result.hint === undefined || noLog ? {} : { hint: result.hint }),
    values: noLog ? emptyMapping() : result.values,
    diff: diff && !noLog ? result.diff : [],
    duration: job.seconds,
    ignored,
    rescued: failed && !ignored && guarded,
    ...(delegatedTo === undefined ? {} : { delegatedTo }),
  };
}

const WORST: readonly Status[] = ['unreachable', 'failed', 'unknown', 'changed', 'ok', 'skipped'];

/** A loop came to the worst of what its items came to; skipped only where all were. */
function combined({ items }: Job): ItemResult {
  const results = items.map(({ result }) => result!);
  const status = WORST.find((each) => results.some((result) => result.status === each)) ?? 'skipped';
  const failed = results.filter((result) => result.status === status && result.message !== undefined);
  const message =
    results.length === 0
      ? 'there are no items'
      : status === 'failed' || status === 'unreachable'
        ? failed[0]?.message
        : undefined;
  return {
    status,
    ...(message === undefined ? {} : { message }),
    ...(failed[0]?.hint === undefined ? {} : { hint: failed[0].hint }),
    values: finish(emptyMapping(), status, message),
    diff: [],
    controller: results.flatMap(({ controller }) => controller),
  };
}

/** What `register` gets: the result, and of a loop the results of all items. */
export function registeredValue(job: Job, result: ItemResult): Value {
  if (!job.looped) return result.values;
  const results: Values[] = job.items.map((item) => ({
    ...item.result!.values,
    [job.task.loop!.loopVar]: item.value ?? null,
    ansible_loop_var: job.task.loop!.loopVar,
  }));
  return { ...result.values, results };
}
