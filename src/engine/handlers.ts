import type { Handler, Task } from '../playbook/tree.js';
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

  /** Notes the handlers that a task which changed something notifies. */
  notify(task: Task, scope: TaskScope): void {
    for (const name of task.notify) {
      const wanted = name.render(scope);
      for (const each of Array.isArray(wanted) ? wanted : [wanted]) {
        for (const handler of this.#all()) {
          if (handler.listen.includes(String(each)) || this.#name(handler, scope) === each) this.#notified.add(handler);
        }
      }
    }
  }

  /** The notified handlers in the order they are defined; none is notified any more afterwards. */
  take(): Handler['task'][] {
    const tasks = this.#all().filter((handler) => this.#notified.has(handler)).map(({ task }) => task);
    this.#notified.clear();
    return tasks;
  }

  /** Notes handlers again that were taken and not run. */
  putBack(tasks: readonly Handler['task'][]): void {
    for (const handler of this.#all()) if (tasks.includes(handler.task)) this.#notified.add(handler);
  }

  names(scope: TaskScope): string[] {
    return this.#all().filter((handler) => this.#notified.has(handler)).map((handler) => this.#name(handler, scope) ?? handler.listen.join(', '));
  }

  #all(): readonly Handler[] {
    return this.#more.length === 0 ? this.#static : [...this.#static, ...this.#more];
  }

  #name({ name, task }: Handler, scope: TaskScope): string | undefined {
    const said = name ?? task.name;
    if (said === undefined) return undefined;
    const text = String(said.render(scope));
    return text;
  }
}
