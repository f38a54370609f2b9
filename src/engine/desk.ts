import type { UnreachableError } from '../base/error.js';
import { type ControllerEffect, Unanswered, Unknowable } from '../modules/module.js';
import { moduleNamed } from '../modules/registry.js';
import type { Role, Task } from '../playbook/tree.js';
import { type Probe, probeKey } from '../probes/registry.js';
import type { TaskLabel } from '../report/event.js';
import type { Become } from '../transport/become.js';
import type { Company } from './company.js';
import { failure, unknown } from './conclude.js';
import type { Cursor } from './cursor.js';
import { Delegation } from './delegation.js';
import { effective } from './effective.js';
import { probesAhead } from './foresight.js';
import { planItem } from './item-plan.js';
import { brokenJob, type Item, type Job, makeJob } from './job.js';
import type { Lane } from './lane.js';
import { Outgoing, sameUser } from './outgoing.js';
import { gaveUp, untilVerdict } from './retry.js';
import { checkRole } from './role-arguments.js';
import { keepSecrets } from './secrecy.js';
import { taskReferences } from './task-references.js';
import type { HostMemory, HostVariables } from './variables.js';
import { waitFor, waits } from './waiting.js';

/** Where a host stands in its play; the desk moves it on, and back when something fails. */
export interface Position {
  cursor: Cursor;
}

export interface DeskOptions {
  readonly host: string;
  readonly lane: Lane;
  readonly company: Company;
  readonly memory: HostMemory;
  readonly variables: HostVariables;
  readonly position: Position;
  /** Told of every job in order, once it is certain. */
  conclude(job: Job): void;
}

/**
 * The work of one host that is not certain yet.
 *
 *   a task's probes are not known ──► exchange: pending actions go out, and with them the probes of this
 *                                     and of many coming tasks; then the task is planned again
 *   nothing to change ──► the job waits in the outbox until those before it are certain
 *   a change ──► its actions are pending, their certain effects believed; the play goes on behind it
 *   an action fails ──► what was planned behind it is forgotten; the play stands at its task again
 */
export class Desk {
  readonly #options: DeskOptions;
  /** Jobs in the order of the play, the first not yet certain. */
  #outbox: Job[] = [];
  readonly #outgoing: Outgoing;
  /** The user of the task that is being rendered. */
  #making: Become | undefined;
  /** The job at the cursor, while its items are being planned. */
  #current: Job | undefined;
  readonly #ahead = new Map<number, { readonly epoch: number; readonly job: Job }>();
  readonly #entered = new Set<Role>();

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#outgoing = new Outgoing(options.host, options.lane, options.company);
  }

  /** True where everything planned is certain and told. */
  get clear(): boolean {
    return this.#outbox.length === 0 && this.#current === undefined;
  }

  /** True while items of a task are still to be planned. */
  get midTask(): boolean {
    return this.#current !== undefined;
  }

  /** True where nothing waits to be sent. */
  get sent(): boolean {
    return this.#outgoing.empty;
  }

  /** The task whose actions are with the host now. */
  get doing(): TaskLabel | undefined {
    return this.#outgoing.doing;
  }

  /** The user through whose eyes the task at hand sees the host. */
  get user(): Become | undefined {
    return this.#current ? this.#current.effective.become : this.#making;
  }

  /** True where a task reads what a job that is not certain yet registers or sets. */
  awaits(task: Task): boolean {
    if (this.#outbox.length === 0) return false;
    const names = namesOf(this.#outbox);
    if (names === 'any') return true;
    if (names.size === 0) return false;
    // What a template's file reads is seen only when it is rendered.
    if (task.module === 'template') return true;
    const reads = taskReferences(task).map(([name]) => name!);
    if (task.lexical.vars.length > 0 || reads.some((name) => names.has(name))) return true;
    // A variable may be defined through another: only a constant cannot depend on a register.
    const scope = this.#options.variables.scope(task.lexical);
    return reads.some((name) => !scope.isPlain(name));
  }

  /** Plans the task at the cursor as far as can be, or asks what that needs. Call again until the cursor has moved. */
  async advance(task: Task): Promise<void> {
    const job = this.#current ?? (await this.#make(task));
    if (!job) return;
    if (!this.#current) keepSecrets(job, (secret) => this.#options.company.keepSecret(secret));
    this.#current = job;
    if (task.keywords.delegateTo) return this.#delegate(job);
    if (!this.sent && !sameUser(this.#outgoing.user, job.effective.become)) return this.flush();
    while (job.next < job.items.length) {
      if (!(await this.#planNext(job))) return;
    }
    this.#settle(job);
    this.#deliver();
  }

  /** Sends what is pending, and tells what is certain then. */
  flush(): Promise<void> {
    return this.#exchange(this.#outgoing.user, []);
  }

  /** What was planned but not sent never happens. */
  abandon(): void {
    this.#outgoing.take();
    this.#deliver();
    this.#outbox = [];
    this.#current = undefined;
  }

  /** Asks probes that something outside of a task needs, through the eyes that will read the answers. */
  ask(probes: readonly Probe[]): Promise<void> {
    return this.#exchange(this.user, probes);
  }

  /**
   * The host is gone: tells what was certain, and clears the desk.
   * @returns the job that was with the host or about to be, its open items unreachable
   */
  lost(error: UnreachableError): Job | undefined {
    const { position, variables } = this.#options;
    const { leaf } = position.cursor;
    this.#outgoing.take();
    this.#outgoing.back();
    const at = this.#outbox.findIndex(({ items }) => items.some(({ result }) => result === undefined));
    const certain = at < 0 ? this.#outbox : this.#outbox.slice(0, at);
    const job =
      this.#outbox[at] ??
      this.#current ??
      (leaf?.kind === 'task'
        ? brokenJob(leaf, variables.scope(leaf.lexical), position.cursor, failure(error))
        : undefined);
    this.#outbox = [];
    this.#current = undefined;
    for (const each of certain) this.#options.conclude(each);
    for (const item of job?.items ?? []) item.result ??= failure(error);
    return job;
  }

  /** Plans the current item. False: the caller must begin again, after what has been sent or asked. */
  async #planNext(job: Job): Promise<boolean> {
    const item = job.items[job.next]!;
    if (item.result === undefined) {
      this.#refresh(job, item);
      const planned = planItem(job, item, this.#options.lane, this.#options.company);
      if (planned === 'send') this.#outgoing.add(job, item);
      else if (planned !== 'done' && 'ask' in planned) {
        await this.#exchange(job.effective.become, planned.ask);
        return false;
      } else if (planned !== 'done') {
        if (!this.sent) {
          await this.flush();
          return false;
        }
        item.result = planned.failed;
      }
    }
    if (item.result && (waits(item.result.controller) || job.task.until)) {
      if (!this.sent) {
        item.result = undefined;
        await this.flush();
        return false;
      }
      await this.#wait(job, item);
      if (await this.#again(job, item)) return false;
    }
    job.next++;
    const pause = job.task.loop?.pause;
    if (this.#outgoing.full || (item.awaited > 0 && (mustEndBatch(job, item) || pause !== undefined))) {
      if (job.next >= job.items.length) this.#settle(job);
      await this.flush();
      if (pause !== undefined && this.#current) await this.#options.company.pause(pause, undefined, false);
      return false;
    }
    return true;
  }

  /** What a module must not know from before is asked anew. */
  #refresh(job: Job, item: Item): void {
    const { fresh } = moduleNamed(job.task.module);
    if (!fresh || item.refreshed) return;
    item.refreshed = true;
    this.#options.lane.apply([{ type: 'stale-kinds', kinds: fresh }]);
  }

  /** Every item is planned: the play goes on behind the task. */
  #settle(job: Job): void {
    this.#current = undefined;
    this.#ahead.delete(job.task.id);
    this.#outbox.push(job);
    this.#options.position.cursor = job.cursor.next();
  }

  /** Renders the task; undefined: something had to be asked or sent first, or the task is over already. */
  async #make(task: Task): Promise<Job | undefined> {
    const { memory, variables, company, position } = this.#options;
    const { cursor } = position;
    const { role } = task.lexical;
    const entered = !role?.argumentSpec || this.#entered.has(role);
    const known = this.#ahead.get(task.id);
    if (entered && known?.epoch === memory.epoch) return Object.assign(known.job, { cursor });
    const scope = variables.scope(task.lexical);
    try {
      this.#making = effective(task.keywords, scope, company.flags).become;
      if (!entered) checkRole(role, scope);
      if (role) this.#entered.add(role);
      return makeJob(task, scope, company.flags, cursor);
    } catch (error) {
      if (error instanceof Unanswered) await this.ask(error.probes);
      else if (this.#outbox.length > 0) await this.flush();
      else
        this.#options.conclude(
          brokenJob(task, scope, cursor, error instanceof Unknowable ? unknown(error.message) : failure(error)),
        );
      return undefined;
    }
  }

  /** One round trip: pending actions, then the probes wanted now, and those of coming tasks. */
  async #exchange(become: Become | undefined, wanted: readonly Probe[]): Promise<void> {
    const user = this.#outgoing.empty ? become : this.#outgoing.user;
    const probes = new Map<string, Probe>();
    if (sameUser(user, become)) for (const probe of wanted) probes.set(probeKey(probe), probe);
    if (wanted.length > 0) this.#foresee(user, probes);
    const pending = this.#outgoing.take();
    if (pending.length > 0 || probes.size > 0) {
      const errands = pending.map(({ errand }) => errand);
      const all = await this.#options.lane.exchange(user, errands, probes.values());
      this.#outgoing.back();
      const last = all
        ? pending.at(-1)
        : pending.find(({ item }) => item.awaited > 0 || item.outcomes.at(-1)?.status !== 0);
      if (!all) this.#goBack(last);
      if (last) {
        await this.#wait(last.job, last.item);
        await this.#again(last.job, last.item);
      }
    }
    this.#deliver();
  }

  #foresee(user: Become | undefined, probes: Map<string, Probe>): void {
    const { position, company, lane, memory, variables } = this.#options;
    probesAhead({
      cursor: position.cursor,
      current: this.#current,
      company,
      beliefs: lane.beliefs(user),
      user,
      jobs: this.#ahead,
      epoch: memory.epoch,
      scope: (task) => variables.scope(task.lexical),
      skip: (task) => this.awaits(task),
      probes,
    });
  }

  /** An action failed: what was planned behind it never happened. The play stands at its task again. */
  #goBack(failed: { readonly job: Job; readonly item: Item } | undefined): void {
    if (!failed) return;
    const { job, item } = failed;
    // Passed over, not failed: the run was told to stop.
    const passedOver = item.awaited > 0;
    this.#reopen(job, job.items.indexOf(item) + (passedOver ? 0 : 1));
    for (const later of job.items.slice(job.next)) if (later.args !== undefined) reset(later);
  }

  /** The play stands at the job again, with the items from `next` on to be planned. */
  #reopen(job: Job, next: number): void {
    const at = this.#outbox.indexOf(job);
    if (at >= 0) this.#outbox = this.#outbox.slice(0, at);
    this.#options.position.cursor = job.cursor;
    this.#current = job;
    job.next = next;
    if (next >= job.items.length) this.#settle(job);
  }

  /** Items of a task with `until` that did not hold yet are planned again after the delay. True: so it is. */
  async #again(job: Job, item: Item): Promise<boolean> {
    let verdict: ReturnType<typeof untilVerdict>;
    try {
      verdict = untilVerdict(job, item);
    } catch (error) {
      item.result = failure(error);
      return false;
    }
    if (item.result === undefined) return false;
    if (!verdict) {
      if (job.task.until) item.result = { ...item.result, values: { ...item.result.values, attempts: item.attempt } };
      return false;
    }
    const { host, company, lane } = this.#options;
    if (verdict.delay === undefined) {
      item.result = gaveUp(item, verdict);
      return false;
    }
    const { message = verdict.message } = item.result;
    company.emit({
      type: 'task-retry',
      host,
      task: job.label,
      attempt: item.attempt,
      retries: verdict.retries,
      message,
    });
    await company.pause(verdict.delay, undefined, false);
    if (company.interrupted) return false;
    lane.forget();
    reset(item);
    item.attempt++;
    this.#reopen(job, job.items.indexOf(item));
    return true;
  }

  /** Does what of the item's result takes time: a pause, or waiting for the host to come back. */
  async #wait(job: Job, item: Item): Promise<void> {
    const { result } = item;
    if (!result || result.status === 'failed' || !waits(result.controller)) return;
    const started = performance.now();
    try {
      const more = await waitFor(
        result.controller,
        this.#options.lane,
        job.effective.become,
        this.#options.company,
        job.effective.check,
      );
      item.result = { ...result, values: { ...result.values, ...more } };
    } catch (error) {
      item.result = failure(error);
    }
    job.seconds += (performance.now() - started) / 1000;
  }

  /** Tells, in order, of every job whose items are all certain. */
  #deliver(): void {
    for (let job = this.#outbox[0]; job?.items.every(({ result }) => result !== undefined); job = this.#outbox[0]) {
      this.#outbox.shift();
      this.#options.conclude(job);
    }
  }

  async #delegate(job: Job): Promise<void> {
    if (this.#outbox.length > 0) return this.flush();
    await new Delegation(this.#options.host, this.#options.company, job).run();
    this.#settle(job);
    this.#deliver();
  }
}

/** The names that these jobs will give a value when they are certain. */
function namesOf(jobs: readonly Job[]): Set<string> | 'any' {
  const names = new Set<string>();
  for (const { task, items } of jobs) {
    if (task.register !== undefined) names.add(task.register);
    for (const effect of items.flatMap(({ result, change }) => result?.controller ?? change?.controller ?? [])) {
      if (effect.type === 'set-facts') for (const name of Object.keys(effect.values)) names.add(name);
      else if (CHANGES_NAMES.has(effect.type)) return 'any';
    }
  }
  return names;
}

/** Effects after which names may be different that nobody can list beforehand: groups, variables of files. */
const CHANGES_NAMES: ReadonlySet<string> = new Set<ControllerEffect['type']>([
  'host-facts',
  'include-vars',
  'add-host',
  'group-by',
]);

/** As if it had never been planned. */
function reset(item: Item): void {
  item.change = undefined;
  item.result = undefined;
  item.awaited = 0;
  item.outcomes.length = 0;
}

/** A result that decides more than its status must be certain before anything follows it. */
function mustEndBatch({ task }: Job, { change }: Item): boolean {
  return (
    task.until !== undefined ||
    task.failedWhen !== undefined ||
    (change?.controller ?? []).some(({ type }) => type !== 'message')
  );
}
