import { UnreachableError } from '../base/error.js';
import { emptyMapping, type Value } from '../base/value.js';
import { Unanswered, Unknowable } from '../modules/module.js';
import { moduleNamed } from '../modules/registry.js';
import type { Include, Meta, Role, Task } from '../playbook/tree.js';
import type { TaskLabel } from '../report/event.js';
import type { Become } from '../transport/become.js';
import type { Company } from './company.js';
import { failure, unknown } from './conclude.js';
import { carryOut } from './control.js';
import { Cursor, type Leaf } from './cursor.js';
import { Desk, type Position } from './desk.js';
import { Handlers } from './handlers.js';
import { include } from './include.js';
import { type ItemResult, type Job, labelOf } from './job.js';
import type { Lane } from './lane.js';
import { registeredValue, reportItem, reportJob } from './reporting.js';
import { taskReferences } from './task-references.js';
import type { HostMemory, HostVariables } from './variables.js';

/** How a host's way through a play ended. */
export type HostEnd = 'finished' | 'failed' | 'unreachable' | 'stopped' | 'ended';

type Told = (result: ItemResult, registered: Value) => void;

/** One host's way through a play: from task to task, to rescues and handlers, and to the meetings with other hosts. */
export class HostRun {
  readonly host: string;
  readonly #company: Company;
  readonly #lane: Lane;
  readonly #memory: HostMemory;
  readonly #variables: HostVariables;
  readonly #handlers: Handlers;
  readonly #position: Position;
  readonly #desk: Desk;
  /** Roles that did something, by what makes two uses the same. */
  readonly #roles = new Map<string, Role>();
  /** Tasks that changed something and whose handlers are not noted yet. */
  readonly #unnotified: Job[] = [];
  #failure: HostEnd | undefined;
  #disturbed = false;
  #reconnected = false;
  /** Who wants to know what the task at hand comes to. */
  #told: Told | undefined;

  constructor(host: string, lane: Lane, company: Company) {
    this.host = host;
    this.#lane = lane;
    this.#company = company;
    this.#memory = company.memory(host);
    this.#variables = company.variables(host);
    this.#handlers = new Handlers(company.play.handlers, company.moreHandlers);
    this.#position = { cursor: Cursor.at(company.nodes) };
    const { memory, variables, position } = {
      memory: this.#memory,
      variables: this.#variables,
      position: this.#position,
    };
    this.#desk = new Desk({ host, lane, company, memory, variables, position, conclude: (job) => this.#conclude(job) });
  }

  /** The task whose actions are with the host now. */
  get doing(): TaskLabel | undefined {
    return this.#desk.doing;
  }

  /** The user through whose eyes the task at hand sees the host. */
  get user(): Become | undefined {
    return this.#desk.user;
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
        if (!(error instanceof UnreachableError)) throw error;
        if (this.#lost(error)) return await this.#leave('unreachable');
      }
    }
  }

  /** One turn at whatever the cursor stands at. */
  async #step(): Promise<HostEnd | undefined> {
    if (this.#disturbed && this.#desk.sent) {
      this.#disturbed = false;
      this.#lane.forget();
    }
    const [changed] = this.#unnotified;
    if (changed) {
      await this.#notify(changed);
      return undefined;
    }
    if (this.#company.interrupted || this.#company.stopped !== undefined) {
      this.#desk.abandon();
      return this.#failure ?? 'stopped';
    }
    const { cursor } = this.#position;
    const { leaf } = cursor;
    if (leaf && (!this.#company.wanted(leaf) || this.#doneBefore(leaf))) this.#position.cursor = cursor.next();
    else if (leaf?.kind === 'task') await this.#task(leaf);
    else if (!this.#desk.clear) await this.#desk.flush();
    else if (leaf?.kind === 'meta') return this.#meta(leaf);
    else if (leaf) await this.#include(leaf);
    else if (cursor.failing) this.#goOnFailing();
    else return this.#failure ?? 'finished';
    return undefined;
  }

  /** A role used a second time with the same values does nothing more. */
  #doneBefore({ lexical: { role } }: Leaf): boolean {
    if (role?.once === undefined) return false;
    const first = this.#roles.get(role.once);
    return first !== undefined && first !== role;
  }

  async #task(task: Task): Promise<void> {
    const { throttle } = task.keywords;
    const alone = this.#needsOthers(task) || throttle !== undefined;
    if (this.#desk.midTask) await this.#desk.advance(task);
    else if ((alone && !this.#desk.clear) || this.#desk.awaits(task)) await this.#desk.flush();
    else if (this.#needsOthers(task)) await this.#together(task);
    else if (throttle !== undefined) await this.#company.throttle(task.id, throttle, () => this.#alone(task));
    else await this.#desk.advance(task);
  }

  /** Tasks that wait for the other hosts of the batch. */
  #needsOthers(task: Task): boolean {
    if (this.#company.play.strategy === 'linear' || isOnce(task) || task.keywords.anyErrorsFatal) return true;
    return taskReferences(task).some(([name]) => name === 'hostvars');
  }

  async #together(task: Task): Promise<void> {
    const company = await this.#company.meet(this.host, task.id);
    if (this.#company.stopped !== undefined || this.#company.interrupted) return;
    if (!isOnce(task)) {
      await this.#alone(task);
      if (task.keywords.anyErrorsFatal && this.#company.stopped === undefined)
        await this.#company.meet(this.host, task.id + 0.5);
      return;
    }
    const shared = this.#company.once(company);
    if (company[0] === this.host) return this.#alone(task, shared.settle);
    const { result, registered } = await shared.result;
    if (task.register !== undefined) this.#memory.register(task.register, registered);
    for (const effect of result.controller) if (effect.type === 'set-facts') this.#memory.setFacts(effect.values);
    if (result.status === 'failed' || result.status === 'unreachable') this.#goOnFailing();
    else this.#position.cursor = this.#position.cursor.next();
  }

  /** Does one task to its end before anything else is planned. */
  async #alone(task: Task, told?: Told): Promise<void> {
    this.#told = told;
    const begun = this.#position.cursor;
    try {
      while (this.#position.cursor === begun || this.#desk.midTask) {
        if (this.#company.interrupted) return;
        await this.#desk.advance(task);
      }
      while (!this.#desk.clear) await this.#desk.flush();
    } finally {
      this.#tell({ status: 'failed', values: emptyMapping(), diff: [], controller: [] }, null);
    }
  }

  #tell(result: ItemResult, registered: Value): void {
    this.#told?.(result, registered);
    this.#told = undefined;
  }

  /** A task is over on this host: report, register, notify; after a failure, to the rescue. */
  #conclude(job: Job): void {
    const { task } = job;
    const result = reportJob(this.host, job, this.#company.emit, job.cursor.guarded);
    const { role } = task.lexical;
    if (role?.once !== undefined && result.status !== 'skipped' && !this.#roles.has(role.once))
      this.#roles.set(role.once, role);
    this.#register(job, result);
    carryOut(result.controller, { host: this.host, memory: this.#memory, company: this.#company, task: job.label });
    if (result.status === 'changed' && task.notify.length > 0) this.#unnotified.push(job);
    const { ignoreErrors, ignoreUnreachable } = job.effective;
    if ((result.status === 'failed' && !ignoreErrors) || (result.status === 'unreachable' && !ignoreUnreachable)) {
      this.#position.cursor = job.cursor;
      // For the rescue, under Ansible's names.
      this.#memory.register('ansible_failed_result', registeredValue(job, result));
      this.#memory.register('ansible_failed_task', { name: job.label.name, action: job.label.module });
      this.#goOnFailing(task.keywords.anyErrorsFatal === true);
    } else if (job.cursor === this.#position.cursor) this.#position.cursor = job.cursor.next();
  }

  #register(job: Job, result: ItemResult): void {
    const { register } = job.task;
    const registered = registeredValue(job, result);
    if (register !== undefined && result.status === 'unknown') this.#memory.cannotKnow(register);
    else if (register !== undefined) this.#memory.register(register, registered);
    this.#tell(result, registered);
  }

  /** Notes the handlers of a task that changed something; what their names read of the host is asked before. */
  async #notify(job: Job): Promise<void> {
    const { task, items, cursor } = job;
    try {
      this.#handlers.notify(task, items[0]?.scope ?? this.#variables.scope(task.lexical));
    } catch (error) {
      if (error instanceof Unanswered) return this.#desk.ask(error.probes);
      if (error instanceof Unknowable)
        this.#company.emit({
          type: 'warning',
          host: this.host,
          text: `handlers of "${job.label.name}": ${error.message}`,
          place: task.place,
        });
      else {
        this.#desk.abandon();
        reportItem(this.host, job.label, failure(error), this.#company.emit, cursor.guarded);
        this.#position.cursor = cursor;
        this.#goOnFailing();
      }
    }
    this.#unnotified.splice(this.#unnotified.indexOf(job), 1);
  }

  /** From a failure to the rescue or always that awaits it, or to the end of the host's play. */
  #goOnFailing(fatal = false): void {
    const { handlersLeft } = this.#position.cursor;
    const { cursor, rescued } = this.#position.cursor.fail();
    this.#position.cursor = cursor;
    if (!cursor.inHandlers) this.#handlers.putBack(handlersLeft);
    if (rescued || this.#failure !== undefined) return;
    this.#failure = 'failed';
    this.#company.failed(this.host, fatal);
  }

  async #meta(meta: Meta): Promise<HostEnd | undefined> {
    const { action, keywords, lexical } = meta;
    const scope = this.#variables.scope(lexical);
    const { cursor } = this.#position;
    try {
      if (!keywords.when.every((condition) => condition.test(scope))) {
        this.#position.cursor = cursor.next();
        return undefined;
      }
    } catch (error) {
      await this.#cannotBegin(meta, error);
      return undefined;
    }
    this.#position.cursor = cursor.next();
    switch (action) {
      case 'flush_handlers': {
        const tasks = this.#handlers.take();
        if (tasks.length > 0) this.#position.cursor = cursor.enterHandlers(tasks);
        return undefined;
      }
      case 'end_play':
      case 'end_batch':
        this.#company.stop(`meta: ${action}`);
        return 'ended';
      case 'end_host':
        return 'ended';
      case 'end_role':
        this.#position.cursor = cursor.leaveRole(lexical.role);
        return undefined;
      case 'clear_facts':
        this.#lane.forget();
        return undefined;
      case 'reset_connection':
        this.#lane.link.close();
        return undefined;
      case 'refresh_inventory':
        await this.#company.refreshInventory();
        return undefined;
      default:
        return undefined;
    }
  }

  async #include(node: Include): Promise<void> {
    const scope = this.#variables.scope(node.lexical);
    const { cursor } = this.#position;
    try {
      const { nodes, handlers, shown } = await include(node, scope);
      const { moreHandlers } = this.#company;
      for (const handler of handlers) if (!moreHandlers.includes(handler)) moreHandlers.push(handler);
      if (shown)
        this.#company.emit({
          type: 'task-result',
          host: this.host,
          task: labelOf(node, scope, cursor.inHandlers),
          result: shown,
        });
      this.#position.cursor = cursor.enter(nodes);
    } catch (error) {
      await this.#cannotBegin(node, error);
    }
  }

  /** An include or meta cannot be rendered: what it reads of the host is asked; anything else is its failure. */
  async #cannotBegin(node: Include | Meta, error: unknown): Promise<void> {
    if (error instanceof Unanswered) return this.#desk.ask(error.probes);
    if (error instanceof Unknowable) {
      this.#reportLeaf(node, unknown(error.message), false);
      this.#position.cursor = this.#position.cursor.next();
      return;
    }
    this.#reportLeaf(node, failure(error), this.#position.cursor.guarded);
    this.#goOnFailing();
  }

  #reportLeaf(node: Include | Meta, result: ItemResult, rescued: boolean): void {
    const label = labelOf(
      node.kind === 'meta' ? { ...node, module: 'meta' } : node,
      this.#variables.scope(node.lexical),
      this.#position.cursor.inHandlers,
    );
    reportItem(this.host, label, result, this.#company.emit, rescued);
  }

  /** The host is gone: its task is unreachable; a rescue may try again over a new connection. True: it is over. */
  #lost(error: UnreachableError): boolean {
    this.#lane.link.close();
    this.#lane.forget();
    const job = this.#desk.lost(error);
    if (!job) {
      const { leaf } = this.#position.cursor;
      if (leaf && leaf.kind !== 'task') this.#reportLeaf(leaf, failure(error), false);
      else
        this.#company.emit({
          type: 'warning',
          host: this.host,
          text: error.message,
          ...(error.hint === undefined ? {} : { hint: error.hint }),
        });
      this.#company.failed(this.host, leaf?.keywords.anyErrorsFatal === true);
      return true;
    }
    const result = reportJob(this.host, job, this.#company.emit, job.cursor.guarded && !this.#reconnected);
    this.#register(job, result);
    if (job.effective.ignoreUnreachable) {
      this.#position.cursor = job.cursor.next();
      return false;
    }
    const { cursor, rescued } = job.cursor.fail();
    if (!cursor.inHandlers) this.#handlers.putBack(job.cursor.handlersLeft);
    // Once a play: a host that stays away must not make every rescue wait for it.
    if (cursor.leaf && !this.#reconnected) {
      this.#reconnected = true;
      this.#position.cursor = cursor;
      if (!rescued) this.#failure = 'unreachable';
      return false;
    }
    this.#company.failed(this.host, job.task.keywords.anyErrorsFatal === true);
    return true;
  }

  /** The host's play is over: handlers that were notified are run (if told so) or reported. */
  async #leave(end: HostEnd): Promise<HostEnd> {
    for (const job of this.#unnotified.splice(0)) {
      try {
        this.#handlers.notify(job.task, job.items[0]?.scope ?? this.#variables.scope(job.task.lexical));
      } catch (error) {
        const text = `handlers of "${job.label.name}" are not known: ${(error as Error).message}`;
        this.#company.emit({ type: 'warning', host: this.host, text, place: job.task.place });
      }
    }
    if (end === 'failed' && this.#company.play.forceHandlers && this.#handlers.any) {
      this.#position.cursor = Cursor.at([]).enterHandlers(this.#handlers.take());
      return (await this.run()) === 'unreachable' ? 'unreachable' : 'failed';
    }
    const pending = end === 'ended' || end === 'finished' ? [] : this.#handlers.names(this.#variables.scope());
    if (pending.length > 0) this.#company.emit({ type: 'handlers-pending', host: this.host, handlers: pending });
    return end;
  }
}

/** Done by one host for all that meet for it: because the task says so, or because its module is of that kind. */
function isOnce({ keywords, module }: Task): boolean {
  return keywords.runOnce === true || moduleNamed(module).once === true;
}
