import type { Value } from '../base/value.js';
import { resultScope } from './conclude.js';
import type { Item, ItemResult, Job } from './job.js';

/** What `until` says of an item's result. */
export interface Verdict {
  /** Seconds to wait before the next try; undefined: there is none. */
  readonly delay: number | undefined;
  readonly retries: number;
  /** What did not hold. */
  readonly message: string;
}

/** Undefined where the task has no `until`, or where it holds. */
export function untilVerdict(job: Job, item: Item): Verdict | undefined {
  const { until, retries: said, delay } = job.task;
  const { result } = item;
  if (!until || !result || job.effective.check || result.status === 'skipped') return undefined;
  if (until.every((condition) => condition.test(resultScope(job, item, result.values)))) return undefined;
  const retries = number(said?.render(item.scope), 3);
  return {
    delay: item.attempt > retries ? undefined : number(delay?.render(item.scope), 5),
    retries,
    message: until.map(({ source }) => source).join(', '),
  };
}

function number(value: Value | undefined, otherwise: number): number {
  const given = value === undefined || value === null ? otherwise : Number(value);
  return Number.isFinite(given) && given >= 0 ? given : otherwise;
}

/** The result of an item whose `until` did not hold after the last try. */
export function gaveUp(item: Item, { message: source }: Verdict): ItemResult {
  const result = item.result!;
  const message = result.message ?? `still not so after ${item.attempt} tries: ${source}`;
  return { ...result, status: 'failed', message, values: { ...result.values, attempts: item.attempt, failed: true } };
}
