import type { Event } from './event.js';
import type { Redactor } from './redact.js';

/** Fields whose values are words of the contract, by the object they are in: never a secret. */
const words = {
  event: new Set(['type', 'stream', 'run']),
  result: new Set(['status']),
  standing: new Set(['state']),
  none: new Set<string>(),
};

/** Any value of an event without secrets; the very same value where there is none. */
function clean(value: unknown, redactor: Redactor, keep: ReadonlySet<string> = words.none): unknown {
  if (typeof value === 'string') return redactor.redact(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const item = clean(value[i], redactor, keep);
      if (item === value[i]) continue;
      copy ??= value.slice();
      copy[i] = item;
    }
    return copy ?? value;
  }
  if (value instanceof Map) {
    return new Map([...value].map(([key, item]) => [clean(key, redactor), clean(item, redactor)]));
  }
  return cleanFields(value as Record<string, unknown>, redactor, keep);
}

function cleanFields(record: Record<string, unknown>, redactor: Redactor, keep: ReadonlySet<string>) {
  const keys = Object.keys(record);
  const pairs: [string, unknown][] = [];
  let dirty = false;
  for (const key of keys) {
    const inner = keep === words.event && (key === 'result' || key === 'standing') ? words[key] : words.none;
    const name = redactor.redact(key);
    const item = keep.has(key) ? record[key] : clean(record[key], redactor, inner);
    if (name !== key || item !== record[key]) dirty = true;
    pairs.push([name, item]);
  }
  if (!dirty) return record;
  const copy = Object.create(Object.getPrototypeOf(record)) as Record<string, unknown>;
  for (const [name, item] of pairs) {
    Object.defineProperty(copy, name, { value: item, enumerable: true, writable: true, configurable: true });
  }
  return copy;
}

type Output = Extract<Event, { type: 'task-output' }>;

/**
 * Takes secrets out of every string of every event. A secret may be split between two chunks of a
 * command's output: the tail of a chunk that may be the beginning of one is held back until the next
 * chunk, or the task's end, tells.
 */
export class EventRedactor {
  readonly #redactor: Redactor;
  readonly #held = new Map<string, Output>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** The events to hand on in place of `event`: none, itself, or held output before it. */
  pass(event: Event): readonly Event[] {
    if (this.#redactor.idle) return [event];
    if (event.type === 'task-output') return this.#output(event);
    const cleaned = clean(event, this.#redactor, words.event) as Event;
    if (this.#held.size === 0) return [cleaned];
    if (event.type === 'run-end') return [...this.flush(() => true), cleaned];
    if (event.type !== 'task-result' && event.type !== 'task-item' && event.type !== 'task-retry') return [cleaned];
    return [...this.flush((held) => held.host === event.host && held.task.id === event.task.id), cleaned];
  }

  /** Held output that is let go now, because nothing comes after it. */
  flush(which: (held: Output) => boolean): Event[] {
    const events: Event[] = [];
    for (const [key, held] of this.#held) {
      if (!which(held)) continue;
      this.#held.delete(key);
      events.push(clean(held, this.#redactor, words.event) as Event);
    }
    return events;
  }

  #output(event: Output): Event[] {
    const key = `${event.task.id} ${event.stream} ${event.host}`;
    const { shown, held } = this.#redactor.split((this.#held.get(key)?.chunk ?? '') + event.chunk);
    if (held === '') this.#held.delete(key);
    else this.#held.set(key, { ...event, chunk: held });
    if (shown === '') return [];
    return [{ ...(clean({ ...event, chunk: '' }, this.#redactor, words.event) as Output), chunk: shown }];
  }
}
