import { actionEffects } from '../actions/registry.js';
import { Unanswered, Unknowable } from '../modules/module.js';
import { moduleNamed } from '../modules/registry.js';
import type { Probe } from '../probes/registry.js';
import type { Beliefs } from './beliefs.js';
import type { Company } from './company.js';
import { concludeItem, failure, unknown } from './conclude.js';
import type { Item, ItemResult, Job } from './job.js';
import type { Lane } from './lane.js';
import { planContext } from './plan-context.js';

/** What planning an item came to. */
export type Planned =
  /** These must be asked first. */
  | { readonly ask: readonly Probe[] }
  /** It failed on what is believed of the host: certain only once nothing is on its way. */
  | { readonly failed: ItemResult }
  /** Nothing is to be sent, the result is set. */
  | 'done'
  /** `item.change` has actions to send. */
  | 'send';

/** Plans an item on what is known of the host. */
export function planItem(job: Job, item: Item, lane: Lane, company: Company): Planned {
  const { become, check } = job.effective;
  const beliefs = lane.beliefs(become);
  const context = planContext(job, item, company);
  const module = moduleNamed(job.task.module);
  try {
    item.change = module.plan(item.args as never, beliefs, context);
  } catch (error) {
    // One answer that is missing is asked for together with all the plan will surely read.
    if (error instanceof Unanswered)
      return { ask: [...error.probes, ...unasked(module.probes(item.args as never, context), beliefs)] };
    if (!(error instanceof Unknowable)) return { failed: failure(error) };
    item.result = unknown(error.message);
    return 'done';
  }
  const { actions, unknown: unforeseeable } = item.change;
  if (!check && actions.length > 0) return 'send';
  if (unforeseeable === undefined) for (const action of actions) lane.apply(actionEffects(action, beliefs.look));
  item.result = judged(job, item);
  return 'done';
}

const unasked = (probes: readonly Probe[], beliefs: Beliefs): Probe[] => probes.filter((probe) => !beliefs.has(probe));

/** The result of an item; conditions of the task that cannot be rendered make it a failure. */
export function judged(job: Job, item: Item): ItemResult {
  try {
    return concludeItem(job, item);
  } catch (error) {
    return failure(error);
  }
}
