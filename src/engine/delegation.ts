import { actionEffects } from '../actions/registry.js';
import { UnreachableError } from '../base/error.js';
import { Unanswered, Unknowable } from '../modules/module.js';
import { moduleNamed } from '../modules/registry.js';
import type { Company } from './company.js';
import { concludeItem, failure, unknown } from './conclude.js';
import type { Item, ItemResult, Job } from './job.js';
import type { Lane } from './lane.js';
import { planContext } from './plan-context.js';

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
        if (item.result.status === 'changed') this.#company.disturb(name);
      } catch (error) {
        item.result = error instanceof Unknowable ? unknown(error.message) : failure(error);
        if (error instanceof UnreachableError) item.result = { ...item.result, message: `delegated: ${error.message}` };
      }
    }
    this.#job.next = this.#job.items.length;
  }

  async #item(item: Item, lane: Lane): Promise<ItemResult> {
    const { become, check } = this.#job.effective;
    const module = moduleNamed(this.#job.task.module);
    const context = planContext(this.#job, item, this.#company);
    const beliefs = lane.beliefs(become);
    const wanted = module.probes(item.args as never, context);
    if (wanted.length > 0) await lane.exchange(become, [], wanted);
    for (;;) {
      try {
        item.change = module.plan(item.args as never, beliefs, context);
        break;
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        await lane.exchange(become, [], error.probes);
      }
    }
    const { actions } = item.change;
    if (check) for (const action of actions) lane.apply(actionEffects(action, beliefs.look));
    else if (actions.length > 0) {
      const { label } = this.#job;
      await lane.exchange(
        become,
        actions.map((action) => ({
          action,
          timeout: this.#job.effective.timeout ?? 3600,
          started: () => this.#company.emit({ type: 'task-start', host: this.#host, task: label }),
          said: (stream, data) => {
            if (!this.#job.effective.noLog) this.#company.emit({ type: 'task-output', host: this.#host, task: label, stream, chunk: data.toString('utf8') });
          },
          done: (outcome) => {
            item.outcomes.push(outcome);
            this.#job.seconds += outcome.duration;
          },
        })),
        [],
      );
    }
    return concludeItem(this.#job, item);
  }
}
