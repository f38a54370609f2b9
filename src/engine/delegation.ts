import { actionEffects } from '../actions/registry.js';
import { UnreachableError } from '../base/error.js';
import { type Change, Unanswered, Unknowable } from '../modules/module.js';
import { moduleNamed } from '../modules/registry.js';
import type { Company } from './company.js';
import { concludeItem, failure, unknown } from './conclude.js';
import type { Item, ItemResult, Job } from './job.js';
import type { Lane } from './lane.js';
import { errandOf } from './outgoing.js';
import { planContext } from './plan-context.js';
import { gaveUp, untilVerdict } from './retry.js';
import { waitFor, waits } from './waiting.js';

/** A task that a host has another host do: one item at a time, nothing ahead, on a lane of its own. */
export class Delegation {
  readonly #host: string;
  readonly #company: Company;
  readonly #job: Job;

  constructor(host: string, company: Company, job: Job) {
    this.#host = host;
    this.#company = company;
    this.#job = job;
  }

  /** Gives every item its result. */
  async run(): Promise<void> {
    for (const item of this.#job.items) {
      if (item.result) continue;
      try {
        const name = String(this.#job.task.keywords.delegateTo!.render(item.scope));
        item.delegatedTo = name;
        item.result = await this.#item(item, this.#company.laneTo(name));
        if (item.result.status === 'changed' && !this.#job.effective.check) this.#company.disturb(name);
      } catch (error) {
        item.result = error instanceof Unknowable ? unknown(error.message) : failure(error);
        if (error instanceof UnreachableError) item.result = { ...item.result, message: `delegated: ${error.message}` };
      }
    }
    this.#job.next = this.#job.items.length;
  }

  /** Does an item, again as long as `until` asks for it. */
  async #item(item: Item, lane: Lane): Promise<ItemResult> {
    for (;;) {
      const result = await this.#try(item, lane);
      item.result = result;
      const verdict = untilVerdict(this.#job, item);
      if (!verdict) return result;
      if (verdict.delay === undefined) return gaveUp(item, verdict);
      const { message = verdict.message } = result;
      const { label: task } = this.#job;
      this.#company.emit({
        type: 'task-retry',
        host: this.#host,
        task,
        attempt: item.attempt,
        retries: verdict.retries,
        message,
      });
      await this.#company.pause(verdict.delay, undefined, false);
      if (this.#company.interrupted) return result;
      lane.forget();
      item.attempt++;
    }
  }

  async #try(item: Item, lane: Lane): Promise<ItemResult> {
    const { become, check } = this.#job.effective;
    Object.assign(item, { change: undefined, result: undefined, awaited: 0 });
    item.outcomes.length = 0;
    item.change = await this.#plan(item, lane);
    const { actions } = item.change;
    if (check) for (const action of actions) lane.apply(actionEffects(action, lane.beliefs(become).look));
    else if (actions.length > 0) {
      item.awaited = actions.length;
      const started = (): void => this.#company.emit({ type: 'task-start', host: this.#host, task: this.#job.label });
      const errands = actions.map((action, i) =>
        errandOf(this.#host, this.#job, item, action, this.#company, i === 0 ? started : () => {}),
      );
      await lane.exchange(become, errands, []);
    }
    const result = item.result ?? concludeItem(this.#job, item);
    if (result.status === 'failed' || !waits(result.controller)) return result;
    const more = await waitFor(result.controller, lane, become, this.#company, check);
    return { ...result, values: { ...result.values, ...more } };
  }

  async #plan(item: Item, lane: Lane): Promise<Change> {
    const { become } = this.#job.effective;
    const module = moduleNamed(this.#job.task.module);
    const context = planContext(this.#job, item, this.#company);
    const beliefs = lane.beliefs(become);
    const wanted = module.probes(item.args as never, context).filter((probe) => !beliefs.has(probe));
    if (wanted.length > 0) await lane.exchange(become, [], wanted);
    for (;;) {
      try {
        return module.plan(item.args as never, beliefs, context);
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        await lane.exchange(become, [], error.probes);
      }
    }
  }
}
