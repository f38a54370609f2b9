import { StringDecoder } from 'node:string_decoder';
import { type Action, actionEffects } from '../actions/registry.js';
import type { TaskLabel } from '../report/event.js';
import type { Become } from '../transport/become.js';
import type { Company } from './company.js';
import { judged } from './item-plan.js';
import type { Item, Job } from './job.js';
import type { Errand, Lane } from './lane.js';

/** Seconds that an action may take where the task says nothing. */
const ACTION_LIMIT = 3600;
/** Actions sent in one batch at the most, so that a failure never wastes much planning. */
const BATCH = 200;

/** An action that waits to be sent, and the item it belongs to. */
export interface Outbound {
  readonly job: Job;
  readonly item: Item;
  readonly errand: Errand;
}

/** The actions of one user that wait to be sent to a host; their effects are believed already. */
export class Outgoing {
  readonly #host: string;
  readonly #lane: Lane;
  readonly #company: Company;
  #waiting: Outbound[] = [];
  #user: Become | undefined;
  #doing: TaskLabel | undefined;

  constructor(host: string, lane: Lane, company: Company) {
    this.#host = host;
    this.#lane = lane;
    this.#company = company;
  }

  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  get full(): boolean {
    return this.#waiting.length >= BATCH;
  }

  /** The user whose actions wait. */
  get user(): Become | undefined {
    return this.#user;
  }

  /** The task whose actions are with the host now. */
  get doing(): TaskLabel | undefined {
    return this.#doing;
  }

  /** Takes the actions that a job's item planned. */
  add(job: Job, item: Item): void {
    this.#user = job.effective.become;
    for (const action of item.change!.actions) {
      item.awaited++;
      this.#waiting.push({ job, item, errand: this.#errand(job, item, action) });
      this.#lane.apply(actionEffects(action, this.#lane.beliefs(job.effective.become).look));
    }
  }

  /** Hands out everything that waits. */
  take(): Outbound[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  /** Nothing is with the host any more. */
  back(): void {
    this.#doing = undefined;
  }

  #errand(job: Job, item: Item, action: Action): Errand {
    return errandOf(this.#host, job, item, action, this.#company, () => {
      if (this.#doing !== job.label) this.#company.emit({ type: 'task-start', host: this.#host, task: job.label });
      this.#doing = job.label;
    });
  }
}

/** An action of an item on its way: its output is told, and what it comes to is the item's. */
export function errandOf(
  host: string,
  job: Job,
  item: Item,
  action: Action,
  { emit }: Company,
  started: () => void,
): Errand {
  const limit = action.kind === 'run' ? (action.timeout ?? job.effective.timeout) : job.effective.timeout;
  // A character may be split between two chunks.
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  return {
    action,
    timeout: limit === undefined ? ACTION_LIMIT : limit + 30,
    started,
    said: (stream, data) => {
      if (!job.effective.noLog)
        emit({ type: 'task-output', host, task: job.label, stream, chunk: decoders[stream].write(data) });
    },
    done: (outcome) => {
      item.outcomes.push(outcome);
      job.seconds += outcome.duration;
      item.awaited = outcome.status === 0 ? item.awaited - 1 : 0;
      if (item.awaited === 0) item.result = judged(job, item);
    },
  };
}

/** Says whether two tasks see the host through the same user's eyes. */
export function sameUser(a: Become | undefined, b: Become | undefined): boolean {
  return a?.user === b?.user && a?.method === b?.method;
}
