import { stripVTControlCharacters } from 'node:util';
import type { Event, TaskLabel } from './event.js';
import { taskTitle } from './result-lines.js';
import { oneLine } from './text.js';

/** What a host is doing now. Texts are harmless. */
export interface Running {
  /** The task's title. */
  readonly title: string;
  /** When it began, in milliseconds of the clock that `apply` is given. */
  readonly since: number;
  /** The last line of its output, or a note on a retry. */
  line: string;
  /** The end of its output that is not yet a whole line. */
  partial: string;
}

/** How much of a line that has no end yet is kept. */
const longestPartial = 400;

/**
 * What the live view knows: per event a few map operations, nothing that grows with hosts or output.
 * `running` is in the order of beginning, so that its first entries are those that take longest.
 */
export class LiveState {
  readonly running = new Map<string, Running>();
  /** Hosts of the batch that have not answered yet. */
  readonly connecting = new Set<string>();
  started = 0;
  hosts = 0;
  tasks = 0;
  changed = 0;
  failed = 0;
  unreachable = 0;
  check = false;
  readonly #done = new Set<string>();

  get done(): number {
    return this.#done.size;
  }

  /** Takes an event in; `now` in milliseconds. Answers whether the picture changed. */
  apply(event: Event, now: number): boolean {
    if (this.connecting.size > 0 && 'host' in event && event.host !== undefined) {
      if (this.connecting.delete(event.host) && (event.type === 'connected' || event.type === 'round-trip')) {
        return true;
      }
    }
    switch (event.type) {
      case 'run-start':
        this.started = now;
        this.check = event.check;
        return true;
      case 'play-start':
        this.#done.clear();
        this.running.clear();
        this.connecting.clear();
        this.hosts = event.hosts.length;
        return true;
      case 'batch-start':
        for (const host of event.hosts) this.connecting.add(host);
        return true;
      case 'task-start':
        this.#begin(event.host, taskTitle(event.task), now);
        return true;
      case 'task-output':
        return this.#output(event.host, event.task, event.chunk, now);
      case 'task-retry': {
        const running = this.running.get(event.host) ?? this.#begin(event.host, taskTitle(event.task), now);
        running.line = `retry ${event.attempt} of ${event.retries}: ${oneLine(event.message)}`;
        return true;
      }
      case 'task-result':
        this.running.delete(event.host);
        this.#count(event);
        return true;
      case 'host-end':
        this.running.delete(event.host);
        this.#done.add(event.host);
        return true;
      case 'run-end':
        this.running.clear();
        this.connecting.clear();
        return true;
      default:
        return false;
    }
  }

  #begin(host: string, title: string, now: number): Running {
    const running = { title, since: now, line: '', partial: '' };
    this.running.delete(host);
    this.running.set(host, running);
    return running;
  }

  #count({ host, result }: Extract<Event, { type: 'task-result' }>): void {
    this.tasks++;
    if (result.status === 'changed') this.changed++;
    if (result.ignored || result.rescued) return;
    if (result.status === 'failed') this.failed++;
    if (result.status === 'unreachable') {
      this.unreachable++;
      this.#done.add(host);
    }
  }

  #output(host: string, task: TaskLabel, chunk: string, now: number): boolean {
    const running = this.running.get(host) ?? this.#begin(host, taskTitle(task), now);
    const lines = (running.partial + chunk.slice(-2 * longestPartial)).split(/[\r\n]+/);
    const partial = lines.at(-1)!;
    running.partial = partial.slice(-longestPartial);
    for (let i = lines.length - 1; i >= 0; i--) {
      const line = oneLine(stripVTControlCharacters(lines[i]!.slice(0, longestPartial)));
      if (line === '') continue;
      running.line = line;
      return true;
    }
    return false;
  }
}
