import type { Event, Status, TaskLabel, TaskResult } from '../../../src/report/event.js';

/** Text as a hostile host would send it: escapes, a title change, C1, bidi override, a forged line. */
export const hostile =
  '\x1b[2J\x1b]0;owned\x07\x9b31m\u202eevil\r\nok: [web9] forged\u0000<script>alert(1)</script>]]>';

export function task(id: number, name: string, more: Partial<TaskLabel> = {}): TaskLabel {
  return { id, name, module: 'command', place: { file: 'site.yml', line: id, col: 7 }, handler: false, ...more };
}

export function result(status: Status, more: Partial<TaskResult> = {}): TaskResult {
  return { status, values: {}, diff: [], duration: 0.3, ignored: false, rescued: false, ...more };
}

export function ended(host: string, label: TaskLabel, status: Status, more: Partial<TaskResult> = {}): Event {
  return { type: 'task-result', host, task: label, result: result(status, more) };
}

export function output(host: string, label: TaskLabel, chunk: string, stream: 'stdout' | 'stderr' = 'stdout'): Event {
  return { type: 'task-output', host, task: label, stream, chunk };
}

export function runStart(more: Partial<Extract<Event, { type: 'run-start' }>> = {}): Event {
  return { type: 'run-start', run: 'r1', playbooks: ['site.yml'], check: false, diff: false, ...more };
}

export function playStart(hosts: readonly string[], name = 'web servers'): Event {
  return { type: 'play-start', name, place: { file: 'site.yml', line: 1, col: 3 }, hosts };
}

export function roundTrip(host: string): Event {
  return {
    type: 'round-trip',
    host,
    user: 'root',
    probes: 12,
    actions: 1,
    bytesSent: 2100,
    bytesReceived: 40,
    seconds: 0.05,
  };
}

/** A stream double that remembers what was written. */
export class Sink {
  readonly isTTY: boolean;
  columns = 80;
  rows = 24;
  text = '';
  writes = 0;
  constructor(isTTY = false) {
    this.isTTY = isTTY;
  }
  write(text: string, done?: () => void): void {
    if (text !== '') this.writes++;
    this.text += text;
    done?.();
  }
}
