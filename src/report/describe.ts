import { formatPlace } from '../base/place.js';
import { neutralise } from '../base/terminal.js';
import type { Event, TaskLabel, TaskResult } from './event.js';
import { OutputTails } from './output-tail.js';
import { closingLine, interruptedLines, recapLines } from './recap-lines.js';
import { resultLines, taskTitle } from './result-lines.js';
import type { Style } from './style.js';
import { formatBytes, formatSeconds, oneLine, plural, valueText } from './text.js';

/**
 * Tells events as lines that stay: harmless, coloured, without the newline. Used by the plain reporter
 * and, for what is finished, by the live view.
 *
 * Verbosity: 0 changed, failed, unreachable and unknown results and a count of the others; 1 all results
 * with their values on one line, and retries; 2 values in full; 3 connections and round trips.
 */
export class Describer {
  readonly #style: Style;
  readonly #verbosity: number;
  readonly #tails = new OutputTails();
  /** Tasks of hosts whose loop items were shown. */
  readonly #itemsShown = new Set<string>();
  #check = false;
  #roundTrips = 0;
  #hidden = { ok: 0, skipped: 0 };

  constructor(style: Style, verbosity: number) {
    this.#style = style;
    this.#verbosity = verbosity;
  }

  describe(event: Event): string[] {
    const style = this.#style;
    switch (event.type) {
      case 'run-start':
        this.#check = event.check;
        return event.check ? [style('bold', `CHECK [${event.playbooks.map(oneLine).join(', ')}]`)] : [];
      case 'play-start': {
        const hosts = event.hosts.length === 0 ? 'no hosts' : plural(event.hosts.length, 'host');
        return [...this.#hiddenLines(), '', `${style('bold', `PLAY [${oneLine(event.name)}]`)}  ${hosts}`];
      }
      case 'task-output':
        this.#tails.add(event.host, event.task, event.chunk);
        return [];
      case 'task-item':
      case 'task-result':
        return this.#result(event.host, event.task, event.result, event.type === 'task-item');
      case 'task-retry': {
        if (this.#verbosity < 1) return [];
        const count = `${event.attempt} of ${event.retries}`;
        return [
          style('yellow', `retrying: [${oneLine(event.host)}] ${taskTitle(event.task)} (${count})`) +
            (event.message ? `  ${oneLine(event.message)}` : ''),
        ];
      }
      case 'message': {
        const lines = neutralise(valueText(event.text, 2)).split('\n');
        const from = event.host === undefined ? '' : ` [${oneLine(event.host)}]`;
        const head = `message:${from}${event.task ? ` ${taskTitle(event.task)}` : ''}`;
        return [style('green', head), ...lines.map((line) => `    ${line}`)];
      }
      case 'warning': {
        const host = event.host === undefined ? '' : `[${oneLine(event.host)}] `;
        const place = event.place ? `${oneLine(formatPlace(event.place))}: ` : '';
        const hint = event.hint ? ` (${oneLine(event.hint)})` : '';
        return [style('yellow', `[WARNING]: ${host}${place}${oneLine(event.text)}${hint}`)];
      }
      case 'handlers-pending': {
        const names = event.handlers.map(oneLine).join(', ');
        return [style('yellow', `pending: [${oneLine(event.host)}] handlers notified and not run: ${names}`)];
      }
      case 'connected':
        if (this.#verbosity < 3) return [];
        return [style('dim', `connected: [${oneLine(event.host)}]  (${formatSeconds(event.seconds)})`)];
      case 'round-trip': {
        this.#roundTrips++;
        if (this.#verbosity < 3) return [];
        const asked = `${plural(event.probes, 'probe')}, ${plural(event.actions, 'action')}`;
        const bytes = `${formatBytes(event.bytesSent)} sent, ${formatBytes(event.bytesReceived)} received`;
        const text = `round trip: [${oneLine(event.host)}] as ${oneLine(event.user)}: ${asked}, ${bytes}`;
        return [style('dim', `${text}  (${event.seconds.toFixed(3)} s)`)];
      }
      case 'interrupted':
        return [...this.#hiddenLines(), '', ...interruptedLines(event, style)];
      case 'run-end': {
        const rows = event.recap.size === 0 ? ['    no hosts'] : recapLines(event.recap, style);
        const closing = closingLine(event.seconds, this.#roundTrips, this.#check);
        return [...this.#hiddenLines(), '', style('bold', 'PLAY RECAP'), ...rows, '', closing];
      }
      default:
        return [];
    }
  }

  #result(host: string, task: TaskLabel, result: TaskResult, isItem: boolean): string[] {
    const key = `${task.id} ${host}`;
    const itemsShown = !isItem && this.#itemsShown.delete(key);
    const tail = this.#tails.take(host, task);
    const quiet = result.status === 'ok' || result.status === 'skipped';
    if (this.#verbosity < 1) {
      if (quiet && !isItem) this.#hidden[result.status]++;
      // A loop that was told item by item needs no sum, unless the sum is bad.
      if (quiet || (itemsShown && (result.status === 'changed' || result.status === 'unknown'))) return [];
    }
    if (isItem) this.#itemsShown.add(key);
    return resultLines(host, task, result, { verbosity: this.#verbosity, style: this.#style, tail, itemsShown });
  }

  /** What verbosity 0 left out since the last time, as one line. */
  #hiddenLines(): string[] {
    const { ok, skipped } = this.#hidden;
    this.#hidden = { ok: 0, skipped: 0 };
    if (ok + skipped === 0) return [];
    const parts = [
      ok > 0 ? this.#style('green', `ok: ${ok}`) : '',
      skipped > 0 ? this.#style('cyan', `skipped: ${skipped}`) : '',
    ];
    return [`${parts.filter(Boolean).join(', ')}  ${this.#style('dim', '(-v shows them)')}`];
  }
}
