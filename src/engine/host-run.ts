import type { Action } from '../actions/registry.js';
import { actionEffects } from '../actions/registry.js';
import { UnreachableError } from '../base/error.js';
import type { Value } from '../base/value.js';
import { Unanswered, Unknowable } from '../modules/module.js';
import { moduleNamed } from '../modules/registry.js';
import type { Include, Meta, Role, Task } from '../playbook/tree.js';
import { type Probe, probeKey } from '../probes/registry.js';
import type { TaskLabel } from '../report/event.js';
import type { Become } from '../transport/become.js';
import type { Company } from './company.js';
import { concludeItem, failure, resultScope } from './conclude.js';
import { carryOut } from './control.js';
import { Cursor } from './cursor.js';
import { Delegation } from './delegation.js';
import { probesAhead } from './foresight.js';
import { Handlers } from './handlers.js';
import { include } from './include.js';
import { type Item, type ItemResult, type Job, labelOf, makeJob } from './job.js';
import type { Errand, Lane } from './lane.js';
import { planContext } from './plan-context.js';
import { registeredValue, reportItem, reportJob } from './reporting.js';
import { checkRole } from './role-arguments.js';
import type { HostMemory, HostVariables, TaskScope } from './variables.js';
import { waitFor, waits } from './waiting.js';

/** Seconds that an action may take where the task says nothing. */
const ACTION_LIMIT = 3600;
/** Actions sent in one batch at the most, so that a failure never wastes much planning. */
const BATCH = 200;

/** How a host's way through a play ended. */
export type HostEnd = 'finished' | 'failed' | 'unreachable' | 'stopped' | 'ended';

/**
 * One host's way through a play.
 *
 *   at a task ──its probes are not known──► exchange: pending actions go out, and with them the probes
 *                                           of this and of many coming tasks ──► at the task again
 *   at a task ──nothing to change──► next task
 *   at a task ──planned a change──► its actions are pending, their certain effects believed ──► next task
 *   an action fails ──► everything planned behind it is forgotten; back at its task, which has failed
 *
 * Results are reported in the order of the tasks, each when it is certain.
 */
export class HostRun {
  readonly host: string;
  readonly #company: Company;
  readonly #lane: Lane;
  readonly #memory: HostMemory;
  readonly #variables: HostVariables;
  readonly #handlers: Handlers;
  #cursor: Cursor;
  /** Jobs in the order of the play, the first not yet certain. */
  #outbox: Job[] = [];
  #pending: { readonly job: Job; readonly item: Item; readonly errand: Errand }[] = [];
  #pendingBecome: Become | undefined;
  /** The job at the cursor, while its items are being planned. */
  #current: Job | undefined;
  #ahead = new Map<number, { readonly epoch: number; readonly job: Job }>();
  #failure: HostEnd | undefined;
  #disturbed = false;
  #doing: TaskLabel | undefined;
  #reconnected = false;
  readonly #entered = new Set<Role>();

  constructor(host: string, lane: Lane, company: Company) {
    this.host = host;
    this.#lane = lane;
    this.#company = company;
    this.#memory = company.memory(host);
    this.#variables = company.variables(host);
    this.#handlers = new Handlers(company.play.handlers, company.moreHandlers);
    this.#cursor = Cursor.at(company.nodes);
  }

  /** The task whose actions are with the host now. */
  get doing(): TaskLabel | undefined {
    return this.#doing;
  }

  /** The user whose eyes the task at hand sees the host through. */
  get user(): Become | undefined {
    return this.#current?.effective.become ?? this.#pendingBecome;
  }

  /** Another host's task has changed this host. */
  disturb(): void {
    this.#disturbed = true;
  }

  async run(): Promise<HostEnd> {
    for (;;) {
      try {
        const end = await this.#step();
        if (end) return await this.#leave(end);
      } catch (error) {
        if (error instanceof UnreachableError) {
          const end = await this.#lost(error);
          if (end) return await this.#leave(end);
        } else throw error;
      }
    }
  }

  /** One turn at whatever the cursor stands at. */
  async #step(): Promise<HostEnd | undefined> {
    if (this.#disturbed && this.#pending.length === 0) {
      this.#disturbed = false;
      this.#lane.forget();
    }
    const stop = this.#company.interrupted || this.#company.stopped !== undefined;
    if (stop) return this.#stop();
    const { leaf } = this.#cursor;
    if (!leaf) {
      if (this.#outbox.length > 0) {
        await this.#flush();
        return undefined;
      }
      if (this.#cursor.failing) return this.#goOnFailing();
      return this.#failure ?? 'finished';
    }
    if (!this.#company.wanted(leaf)) {
      this.#cursor = this.#cursor.next();
      return undefined;
    }
    if (leaf.kind === 'task') return this.#task(leaf);
    if (this.#outbox.length > 0) {
      await this.#flush();
      return undefined;
    }
    return leaf.kind === 'meta' ? this.#meta(leaf) : this.#include(leaf);
  }

  /** What was planned but not sent never happens. */
  #stop(): HostEnd {
    this.#pending = [];
    this.#deliver();
    this.#outbox = [];
    return this.#failure ?? 'stopped';
  }

  async #task(task: Task): Promise<HostEnd | undefined> {
    if (this.#needsOthers(task)) {
      if (this.#outbox.length > 0) {
        await this.#flush();
        return undefined;
      }
      return this.#together(task);
    }
    if (this.#readsPending(task) || (task.keywords.throttle !== undefined && this.#outbox.length > 0)) {
      await this.#flush();
      return undefined;
    }
    if (task.keywords.throttle !== undefined) {
      return this.#company.throttle(task.id, task.keywords.throttle, () => this.#alone(task));
    }
    return this.#advance(task);
  }

  /** Tasks that wait for the other hosts of the batch. */
  #needsOthers({ keywords, args }: Task): boolean {
    if (this.#company.play.strategy === 'linear' || keywords.runOnce || keywords.anyErrorsFatal) return true;
    return args.references.some(([name]) => name === 'hostvars') || keywords.when.some(({ references }) => references.some(([name]) => name === 'hostvars'));
  }

  async #together(task: Task): Promise<HostEnd | undefined> {
    const company = await this.#company.meet(this.host, task.id);
    if (this.#company.stopped !== undefined || this.#company.interrupted) return undefined;
    if (!task.keywords.runOnce) {
      const end = await this.#alone(task);
      if (task.keywords.anyErrorsFatal && this.#company.stopped === undefined) await this.#company.meet(this.host, task.id + 0.5);
      return end;
    }
    const shared = this.#company.once(task.id, company);
    if (company[0] === this.host) {
      return this.#alone(task, (result, registered) => shared.settle(result, registered));
    }
    const { result, registered } = await shared.result;
    if (task.register !== undefined) this.#memory.register(task.register, registered);
    for (const effect of result.controller) if (effect.type === 'set-facts') this.#memory.setFacts(effect.values);
    if (result.status === 'failed' || result.status === 'unreachable') return this.#goOnFailing();
    this.#cursor = this.#cursor.next();
    return undefined;
  }

  /** Does one task to its end before anything else is planned. */
  async #alone(task: Task, told?: (result: ItemResult, registered: Value) => void): Promise<HostEnd | undefined> {
    this.#told = told;
    try {
      const { id } = task;
      let end: HostEnd | undefined;
      while (end === undefined && this.#cursor.leaf?.id === id && this.#current === undefined) {
        end = await this.#advance(task);
        if (this.#cursor.leaf?.id !== id) break;
      }
      while (end === undefined && this.#current) end = await this.#advance(task);
      while (this.#outbox.length > 0) end = (await this.#flush()) ?? end;
      return end;
    } finally {
      this.#told?.({ status: 'failed', values: {}, diff: [], controller: [] }, null);
      this.#told = undefined;
    }
  }
  #told: ((result: ItemResult, registered: Value) => void) | undefined;

  /** True where a task reads what a task that is still pending registers. */
  #readsPending(task: Task): boolean {
    const names = new Set(this.#outbox.flatMap(({ task: earlier }) => earlier.register ?? []));
    if (names.size === 0) return false;
    const expressions = [task.args, ...task.keywords.when, task.loop?.items, task.name, ...task.keywords.environment];
    const reads = expressions.flatMap((each) => each?.references ?? []);
    // A variable may be defined through another: where a task has variables of its own, better be sure.
    return reads.some(([name]) => names.has(name!)) || task.lexical.vars.length > 0 || reads.some(([name]) => !this.#isPlain(name!));
  }

  /** A variable whose value is a constant of a file cannot depend on a register. */
  #isPlain(name: string): boolean {
    return this.#variables.scope().isPlain(name);
  }

  /** Plans the task's next item, or asks what that needs. */
  async #advance(task: Task): Promise<HostEnd | undefined> {
    let job = this.#current;
    if (!job) {
      const made = await this.#make(task);
      if (!made) return undefined;
      job = made;
      this.#current = job;
    }
    if (task.keywords.delegateTo) return this.#delegate(job);
    if (this.#pending.length > 0 && !sameUser(this.#pendingBecome, job.effective.become)) {
      await this.#flush();
      return undefined;
    }
    while (job.next < job.items.length) {
      const item = job.items[job.next]!;
      if (item.args === undefined) {
        item.result = { status: 'skipped', message: item.skipped, values: { changed: false, skipped: true, skip_reason: item.skipped ?? '' }, diff: [], controller: [] };
        job.next++;
        continue;
      }
      const missing = this.#plan(job, item);
      if (missing) {
        await this.#exchange(job.effective.become, missing);
        return undefined;
      }
      if (item.result === undefined && item.awaited === 0) {
        // Planning failed on what is believed of the host; only with nothing pending is that certain.
        await this.#flush();
        return undefined;
      }
      if (item.result && waits(item.result.controller)) {
        if (this.#pending.length > 0) {
          item.result = undefined;
          await this.#flush();
          return undefined;
        }
        await this.#wait(job, item);
      }
      job.next++;
      if (this.#pending.length >= BATCH || (item.awaited > 0 && mustEndBatch(job))) {
        if (job.next >= job.items.length) this.#settle(job);
        await this.#flush();
        return undefined;
      }
      if (job.looped && task.loop?.pause && job.next < job.items.length) {
        await this.#flush();
        await sleep(task.loop.pause);
      }
    }
    this.#settle(job);
    return this.#deliver();
  }

  /** Every item is planned: the play goes on behind the task. */
  #settle(job: Job): void {
    this.#current = undefined;
    this.#ahead.delete(job.task.id);
    this.#outbox.push(job);
    this.#cursor = job.cursor.next();
  }

  /** Renders the task; undefined: something had to be asked or sent first, or the task is over. */
  async #make(task: Task): Promise<Job | undefined> {
    const known = this.#ahead.get(task.id);
    const cursor = this.#cursor;
    const { role } = task.lexical;
    const entered = !role?.argumentSpec || this.#entered.has(role);
    if (entered && known && known.epoch === this.#memory.epoch) return Object.assign(known.job, { cursor });
    const scope = this.#scope(task);
    try {
      this.#enterRole(task, scope);
      return makeJob(task, scope, this.#company.flags, cursor);
    } catch (error) {
      if (error instanceof Unanswered) {
        await this.#exchange(this.#pending.length > 0 ? this.#pendingBecome : undefined, error.probes);
        return undefined;
      }
      if (this.#outbox.length > 0) {
        await this.#flush();
        return undefined;
      }
      const result: ItemResult =
        error instanceof Unknowable
          ? { status: 'unknown', message: error.message, values: {}, diff: [], controller: [] }
          : failure(error);
      this.#conclude(brokenJob(task, scope, cursor, result));
      return undefined;
    }
  }

  /** A role's arguments are checked once per host, before its first task that is wanted. */
  #enterRole({ lexical: { role } }: Task, scope: TaskScope): void {
    if (!role?.argumentSpec || this.#entered.has(role)) return;
    checkRole(role, scope);
    this.#entered.add(role);
  }

  #scope(task: Pick<Task, 'lexical'>): TaskScope {
    return this.#variables.scope(task.lexical);
  }

  /** Plans an item. Returns probes that must be asked first; sets the result where nothing is to be sent. */
  #plan(job: Job, item: Item): readonly Probe[] | undefined {
    const { become, check } = job.effective;
    const beliefs = this.#lane.beliefs(become);
    const context = planContext(job, item, this.#company);
    const module = moduleNamed(job.task.module);
    try {
      const missing = module.probes(item.args as never, context).filter((probe) => !beliefs.has(probe));
      if (missing.length > 0) return missing;
      item.change = module.plan(item.args as never, beliefs, context);
    } catch (error) {
      if (error instanceof Unanswered) return error.probes;
      if (error instanceof Unknowable) {
        item.result = { status: 'unknown', message: error.message, values: {}, diff: [], controller: [] };
        return undefined;
      }
      if (this.#pending.length > 0) return undefined;
      item.result = failure(error);
      return undefined;
    }
    const { actions } = item.change;
    if (check || actions.length === 0) {
      if (check && item.change.unknown === undefined) for (const action of actions) this.#lane.apply(actionEffects(action, beliefs.look));
      item.result = this.#judged(job, item);
      return undefined;
    }
    for (const action of actions) {
      this.#send(job, item, action);
      this.#lane.apply(actionEffects(action, beliefs.look));
    }
    return undefined;
  }

  #judged(job: Job, item: Item): ItemResult {
    try {
      return concludeItem(job, item);
    } catch (error) {
      return failure(error);
    }
  }

  #send(job: Job, item: Item, action: Action): void {
    item.awaited++;
    this.#pendingBecome = job.effective.become;
    const limit = action.kind === 'run' ? (action.timeout ?? job.effective.timeout) : job.effective.timeout;
    this.#pending.push({
      job,
      item,
      errand: {
        action,
        timeout: limit === undefined ? ACTION_LIMIT : limit + 30,
        started: () => {
          if (this.#doing !== job.label) this.#company.emit({ type: 'task-start', host: this.host, task: job.label });
          this.#doing = job.label;
        },
        said: (stream, data) => {
          if (job.effective.noLog) return;
          this.#company.emit({ type: 'task-output', host: this.host, task: job.label, stream, chunk: data.toString('utf8') });
        },
        done: (outcome) => {
          item.outcomes.push(outcome);
          job.seconds += outcome.duration;
          item.awaited--;
          if (item.awaited === 0 || outcome.status !== 0) {
            item.awaited = 0;
            item.result = this.#judged(job, item);
          }
        },
      },
    });
  }

  /** Sends what is pending and asks nothing. */
  async #flush(): Promise<HostEnd | undefined> {
    await this.#exchange(this.#pendingBecome, []);
    return undefined;
  }

  /** One round trip: pending actions, then the probes wanted now, and those of coming tasks. */
  async #exchange(become: Become | undefined, wanted: readonly Probe[]): Promise<void> {
    const pending = this.#pending;
    const user = pending.length > 0 ? this.#pendingBecome : become;
    const probes = new Map<string, Probe>();
    if (sameUser(user, become)) for (const probe of wanted) probes.set(probeKey(probe), probe);
    if (wanted.length > 0) this.#foresee(user, probes);
    this.#pending = [];
    if (pending.length > 0 || probes.size > 0) {
      const all = await this.#lane.exchange(user, pending.map(({ errand }) => errand), probes.values());
      this.#doing = undefined;
      if (!all) this.#goBack(pending.find(({ item }) => item.result?.status === 'failed' || item.outcomes.at(-1)?.status !== 0));
      const last = pending.at(-1);
      if (last?.item.result && waits(last.item.result.controller)) await this.#wait(last.job, last.item);
    }
    await this.#retry();
    this.#deliver();
  }

  /** Does what of the item's result takes time: a pause, or waiting for the host to come back. */
  async #wait(job: Job, item: Item): Promise<void> {
    const result = item.result!;
    if (job.effective.check || result.status === 'failed') return;
    const started = performance.now();
    try {
      const more = await waitFor(result.controller, this.#lane, job.effective.become, this.#company);
      item.result = { ...result, values: { ...result.values, ...more } };
    } catch (error) {
      item.result = failure(error);
    }
    job.seconds += (performance.now() - started) / 1000;
  }

  #foresee(user: Become | undefined, probes: Map<string, Probe>): void {
    probesAhead({
      cursor: this.#cursor,
      current: this.#current,
      company: this.#company,
      beliefs: this.#lane.beliefs(user),
      user,
      jobs: this.#ahead,
      epoch: this.#memory.epoch,
      scope: (task) => this.#scope(task),
      skip: (task) => this.#readsPending(task),
      probes,
    });
  }

  /** An action failed: what was planned behind it never happened. The play stands at its task again. */
  #goBack(failed: { readonly job: Job; readonly item: Item } | undefined): void {
    if (!failed) return;
    const { job, item } = failed;
    const at = this.#outbox.indexOf(job);
    if (at >= 0) this.#outbox = this.#outbox.slice(0, at);
    this.#cursor = job.cursor;
    this.#current = job;
    job.next = job.items.indexOf(item) + 1;
    for (const later of job.items.slice(job.next)) if (later.args !== undefined) Object.assign(later, { change: undefined, result: undefined, awaited: 0, outcomes: [] });
    if (job.next >= job.items.length) this.#settle(job);
  }

  /** Items of a task with `until` that did not hold yet are planned again after the delay. */
  async #retry(): Promise<void> {
    const job = this.#current ?? this.#outbox.at(-1);
    const { until } = job?.task ?? {};
    if (!job || !until || job.effective.check) return;
    const item = job.items[job.next - 1];
    if (!item?.result || item.awaited > 0 || item.result.status === 'skipped') return;
    if (until.every((condition) => condition.test(resultScope(job, item, item.result!.values)))) {
      return;
    }
    const retries = number(job.task.retries?.render(item.scope), 3);
    if (item.attempt > retries) {
      const message = `still not so after ${item.attempt} tries: ${until.map(({ source }) => source).join(', ')}`;
      const values = { ...item.result.values, attempts: item.attempt, failed: true };
      item.result = { ...item.result, status: 'failed', message: item.result.message ?? message, values };
      return;
    }
    this.#company.emit({
      type: 'task-retry',
      host: this.host,
      task: job.label,
      attempt: item.attempt,
      retries,
      message: item.result.message ?? until.map(({ source }) => source).join(', '),
    });
    await sleep(number(job.task.delay?.render(item.scope), 5));
    if (this.#company.interrupted) return;
    this.#lane.forget();
    Object.assign(item, { change: undefined, result: undefined, awaited: 0, attempt: item.attempt + 1 });
    item.outcomes.length = 0;
    if (this.#outbox.at(-1) === job) this.#outbox.pop();
    this.#current = job;
    this.#cursor = job.cursor;
    job.next = job.items.indexOf(item);
  }

  /** Reports, in order, every job whose items are all certain. */
  #deliver(): HostEnd | undefined {
    while (this.#outbox.length > 0) {
      const job = this.#outbox[0]!;
      if (job.items.some(({ result }) => result === undefined)) return undefined;
      if (job.items.some(({ awaited }) => awaited > 0)) return undefined;
      this.#outbox.shift();
      this.#conclude(job);
    }
    return undefined;
  }

  /** The task is over on this host: report, register, notify; after a failure, to the rescue. */
  #conclude(job: Job): void {
    const { task } = job;
    const result = reportJob(this.host, job, this.#company.emit, this.#cursor.guarded);
    const registered = registeredValue(job, result);
    if (task.register !== undefined) {
      if (result.status === 'unknown') this.#memory.cannotKnow(task.register);
      else this.#memory.register(task.register, registered);
    }
    this.#told?.(result, registered);
    this.#told = undefined;
    carryOut(result.controller, { host: this.host, memory: this.#memory, company: this.#company, task: job.label });
    const failed = result.status === 'failed' || result.status === 'unreachable';
    if (result.status === 'changed') this.#handlers.notify(task, job.items[0]?.scope ?? this.#scope(task));
    if (!failed || job.effective.ignoreErrors) {
      if (job.cursor === this.#cursor) this.#cursor = this.#cursor.next();
      return;
    }
    this.#outbox = [];
    this.#cursor = job.cursor;
    this.#goOnFailing(task.keywords.anyErrorsFatal === true);
  }

  /** From a failure to the rescue or always that awaits it, or to the end of the host's play. */
  #goOnFailing(fatal = false): HostEnd | undefined {
    const { cursor, rescued } = this.#cursor.fail();
    this.#cursor = cursor;
    this.#current = undefined;
    if (rescued) return undefined;
    if (this.#failure === undefined) {
      this.#failure = 'failed';
      this.#company.failed(this.host, fatal);
    }
    return undefined;
  }

  async #meta(meta: Meta): Promise<HostEnd | undefined> {
    const scope = this.#variables.scope(meta.lexical);
    if (!meta.keywords.when.every((condition) => condition.test(scope))) {
      this.#cursor = this.#cursor.next();
      return undefined;
    }
    switch (meta.action) {
      case 'flush_handlers': {
        const tasks = this.#handlers.take(scope);
        this.#cursor = tasks.length > 0 ? this.#cursor.enterHandlers(tasks) : this.#cursor.next();
        return undefined;
      }
      case 'end_play':
        this.#company.stop('meta: end_play');
        return 'ended';
      case 'end_host':
        return 'ended';
      case 'end_batch':
        this.#company.stop('meta: end_batch');
        return 'ended';
      case 'end_role':
        this.#cursor = this.#cursor.leaveRole(meta.lexical.role);
        return undefined;
      case 'clear_facts':
        this.#lane.forget();
        break;
      case 'reset_connection':
        this.#lane.link.close();
        break;
      case 'refresh_inventory':
        await this.#company.refreshInventory();
        break;
    }
    this.#cursor = this.#cursor.next();
    return undefined;
  }

  async #include(node: Include): Promise<HostEnd | undefined> {
    const scope = this.#variables.scope(node.lexical);
    try {
      const { nodes, handlers, shown } = await include(node, scope);
      for (const handler of handlers) if (!this.#company.moreHandlers.includes(handler)) this.#company.moreHandlers.push(handler);
      if (shown) this.#company.emit({ type: 'task-result', host: this.host, task: labelOf(node, scope, this.#cursor.inHandlers), result: shown });
      this.#cursor = this.#cursor.enter(nodes);
    } catch (error) {
      if (error instanceof Unanswered) {
        await this.#exchange(undefined, error.probes);
        return undefined;
      }
      const result = failure(error);
      reportItem(this.host, labelOf(node, scope, false), result, this.#company.emit, this.#cursor.guarded);
      return this.#goOnFailing();
    }
    return undefined;
  }

  async #delegate(job: Job): Promise<HostEnd | undefined> {
    if (this.#outbox.length > 0) {
      await this.#flush();
      return undefined;
    }
    await new Delegation(this.host, this.#company, job).run();
    this.#settle(job);
    return this.#deliver();
  }

  /** The host is gone: its task is unreachable; a rescue may try again over a new connection. */
  async #lost(error: UnreachableError): Promise<HostEnd | undefined> {
    this.#lane.link.close();
    this.#lane.forget();
    this.#pending = [];
    const { leaf } = this.#cursor;
    const job =
      this.#outbox.find(({ items }) => items.some(({ result }) => result === undefined)) ??
      this.#current ??
      (leaf?.kind === 'task' ? brokenJob(leaf, this.#scope(leaf), this.#cursor, failure(error)) : undefined);
    const certain = this.#outbox.slice(0, job ? Math.max(0, this.#outbox.indexOf(job)) : undefined);
    this.#outbox = [];
    this.#current = undefined;
    for (const each of certain) this.#conclude(each);
    if (!job) {
      this.#company.emit({ type: 'warning', host: this.host, text: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) });
      return 'unreachable';
    }
    for (const item of job.items) if (item.result === undefined) item.result = failure(error);
    this.#cursor = job.cursor;
    const result = reportJob(this.host, job, this.#company.emit, this.#cursor.guarded);
    if (job.task.register !== undefined) this.#memory.register(job.task.register, registeredValue(job, result));
    this.#told?.(result, null);
    this.#told = undefined;
    if (job.effective.ignoreUnreachable) {
      this.#cursor = this.#cursor.next();
      return undefined;
    }
    // Once a play: a host that stays away must not make every rescue wait for it.
    const { cursor, rescued } = this.#cursor.fail();
    if ((rescued || cursor.leaf) && !this.#reconnected) {
      this.#reconnected = true;
      this.#cursor = cursor;
      return undefined;
    }
    this.#company.failed(this.host, job.task.keywords.anyErrorsFatal === true);
    return 'unreachable';
  }

  /** The host's play is over: handlers that were notified are run (if told so) or reported. */
  async #leave(end: HostEnd): Promise<HostEnd> {
    const scope = this.#variables.scope();
    if (end === 'failed' && this.#company.play.forceHandlers && this.#handlers.any) {
      const tasks = this.#handlers.take(scope);
      this.#failure = undefined;
      this.#cursor = Cursor.at(tasks);
      const after = await this.run();
      return after === 'unreachable' ? after : 'failed';
    }
    const pending = end === 'ended' || end === 'finished' ? [] : this.#handlers.names(scope);
    if (pending.length > 0) this.#company.emit({ type: 'handlers-pending', host: this.host, handlers: pending });
    return end;
  }
}

const sameUser = (a: Become | undefined, b: Become | undefined): boolean => a?.user === b?.user && a?.method === b?.method;

/** A task whose result decides more than its status must be certain before anything follows it. */
function mustEndBatch({ task, items }: Job): boolean {
  return task.until !== undefined || task.failedWhen !== undefined || items.some(({ change }) => change?.controller?.some(({ type }) => type !== 'message'));
}

function number(value: Value | undefined, otherwise: number): number {
  const number = value === undefined || value === null ? otherwise : Number(value);
  return Number.isFinite(number) ? number : otherwise;
}

const sleep = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** A job for a task that could not be rendered, so that it is reported like any other. */
function brokenJob(task: Task, scope: TaskScope, cursor: Cursor, result: ItemResult): Job {
  const item: Item = { scope, args: undefined, outcomes: [], awaited: 0, attempt: 1, result };
  let ignoreErrors = false;
  try {
    ignoreErrors = task.keywords.ignoreErrors?.render(scope) === true;
  } catch {
    ignoreErrors = false;
  }
  return {
    task,
    label: labelOf(task, scope, cursor.inHandlers),
    effective: { become: undefined, check: false, diff: false, noLog: false, ignoreErrors, ignoreUnreachable: task.keywords.ignoreUnreachable !== undefined, environment: {}, timeout: undefined },
    items: [item],
    cursor,
    next: 1,
    looped: false,
    seconds: 0,
  };
}
