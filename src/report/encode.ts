import type { Event, TaskLabel } from './event.js';

/** Characters that JSON may hold as they are, and that do things to a terminal that shows the line. */
const active = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Maps as mappings without a prototype, so that every host name is an ordinary key. */
function plainValue(_key: string, value: unknown): unknown {
  if (!(value instanceof Map)) return value;
  const mapping = Object.create(null) as Record<string, unknown>;
  for (const [name, item] of value) mapping[String(name)] = item;
  return mapping;
}

/** The same label object comes with every event of a task: it is encoded once. */
const labels = new WeakMap<TaskLabel, string>();

function label(task: TaskLabel): string {
  let text = labels.get(task);
  if (text === undefined) labels.set(task, (text = JSON.stringify(task)));
  return text;
}

let stampedAt = Number.NaN;
let stamp = '';

/** ISO 8601 with milliseconds; hundreds of events share one. */
function isoTime(time: number): string {
  if (time !== stampedAt) [stampedAt, stamp] = [time, new Date(time).toISOString()];
  return stamp;
}

/**
 * One event as one line of JSON, without the newline: `{"time":"2025-01-31T12:00:00.000Z","type":...}`.
 * Texts longer than `longest` UTF-16 units are cut, with a note. What a terminal would obey is written
 * as `\u....`.
 */
export function encodeEvent(event: Event, time: number, longest = Number.POSITIVE_INFINITY): string {
  let line = encode(event, time);
  if (line.length > longest) {
    const stamped = { time: isoTime(time), ...event };
    line = JSON.stringify(stamped, (key, value) => cut(plainValue(key, value), longest));
  }
  return line.replace(active, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function encode(event: Event, time: number): string {
  if (event.type === 'task-result') {
    const { type, host, task, result } = event;
    return `{"time":"${isoTime(time)}","type":"${type}","host":${JSON.stringify(host)},"task":${label(task)},"result":${JSON.stringify(result)}}`;
  }
  const stamped = { time: isoTime(time), ...event };
  // A replacer makes this three times slower: only where it has something to do.
  return event.type === 'run-end' ? JSON.stringify(stamped, plainValue) : JSON.stringify(stamped);
}

function cut(value: unknown, longest: number): unknown {
  if (typeof value !== 'string' || value.length <= longest) return value;
  return `${value.slice(0, longest)}… ${value.length - longest} characters more`;
}
