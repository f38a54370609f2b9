import { TaskError } from '../base/error.js';
import { formatPlace } from '../base/place.js';
import { Unknowable } from '../modules/module.js';
import type { Handler, Task } from '../playbook/tree.js';
import { TemplateError } from '../template/index.js';
import type { TaskScope } from './variables.js';

/** A host's notified handlers. */
export class Handlers {
  readonly #static: readonly Handler[];
  readonly #more: readonly Handler[];
  readonly #notified = new Set<Handler>();

  /** @param more handlers of included roles; may grow while the play runs */
  constructor(handlers: readonly Handler[], more: readonly Handler[]) {
    this.#static = handlers;
    this.#more = more;
  }

  get any(): boolean {
    return this.#notified.size > 0;
  }

  /**
   * Notes the handlers that a task which changed something notifies.
   * @throws Unanswered, Unknowable; TaskError, TemplateError where what it says names no handler
   */
  notify(task: Task, scope: TaskScope): void {
    for (const name of task.notify) {
      const wanted = name.render(scope);
      for (const each of Array.isArray(wanted) ? wanted : [wanted]) this.#notify(String(each), scope);
    }
  }

  #notify(wanted: string, scope: TaskScope): void {
    let found = false;
    let unknowable: Unknowable | undefined;
    for (const handler of this.#all()) {
      try {
        if (!handler.listen.includes(wanted) && this.#name(handler, scope) !== wanted) continue;
        this.#notified.add(handler);
        found = true;
      } catch (error) {
        // A handler whose name makes no sense on this host cannot be meant.
        if (error instanceof Unknowable) unknowable = error;
        else if (!(error instanceof TemplateError)) throw error;
      }
    }
    if (found) return;
    throw (
      unknowable ??
      new TaskError(
        `notify: no handler is called "${wanted}" or listens to it`,
        'name a handler of the play or of its roles',
      )
    );
  }

  /** The notified handlers in the order they are defined; none is notified any more afterwards. */
  take(): Handler['task'][] {
    const tasks = this.#all()
      .filter((handler) => this.#notified.has(handler))
      .map(({ task }) => task);
    this.#notified.clear();
    return tasks;
  }

  /** Notes handlers again that were taken and not run. */
  putBack(tasks: readonly Handler['task'][]): void {
    for (const handler of this.#all()) if (tasks.includes(handler.task)) this.#notified.add(handler);
  }

  names(scope: TaskScope): string[] {
    return this.#all()
      .filter((handler) => this.#notified.has(handler))
      .map((handler) => this.#shown(handler, scope));
  }

  #shown(handler: Handler, scope: TaskScope): string {
    try {
      return this.#name(handler, scope) ?? handler.listen.join(', ');
    } catch {
      return handler.listen.join(', ') || formatPlace(handler.task.place);
    }
  }

  #all(): readonly Handler[] {
    return this.#more.length === 0 ? this.#static : [...this.#static, ...this.#more];
  }

  #name({ name, task }: Handler, scope: TaskScope): string | undefined {
    const said = name ?? task.name;
    if (said === undefined) return undefined;
    return String(said.render(scope));
  }
}
