import type { TaskLabel } from './event.js';

/** How much of a command's output is kept to show why it failed, in UTF-16 units. */
const longestTail = 8000;

/** The end of what each running task has put out, for failures whose result does not carry it. */
export class OutputTails {
  readonly #tails = new Map<string, string>();

  add(host: string, task: TaskLabel, chunk: string): void {
    const key = `${task.id} ${host}`;
    const text = (this.#tails.get(key) ?? '') + chunk.slice(-2 * longestTail);
    this.#tails.set(key, text.length > 2 * longestTail ? text.slice(-longestTail) : text);
  }

  /** The tail of a task that ended; it is forgotten. */
  take(host: string, task: TaskLabel): string {
    const key = `${task.id} ${host}`;
    const text = this.#tails.get(key);
    if (text === undefined) return '';
    this.#tails.delete(key);
    return text;
  }
}
