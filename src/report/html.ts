import { writeAtomically } from './atomic-file.js';
import type { Event, Recap, Reporter } from './event.js';
import { htmlPage } from './html-page.js';
import { makeRow, type Row } from './html-row.js';
import { OutputTails } from './output-tail.js';
import { countEvent } from './recap.js';
import { lastLines, valueText } from './text.js';

export interface HtmlOptions {
  readonly file: string;
  /** Milliseconds since 1970; default Date.now. */
  readonly now?: () => number;
}

/** From this many rows on, ok and skipped tasks are only counted; and most warnings and messages. */
const mostRows = 20_000;
const mostNotes = 500;

/**
 * One HTML file that shows a run without a network: recap, and for each host what was done when, how
 * long it took, diffs and failures. Written when the run ends, also after an interruption.
 */
export function htmlReporter({ file, now = Date.now }: HtmlOptions): Reporter & { readonly name: string } {
  const tails = new OutputTails();
  const recap = new Map<string, Recap>();
  const hosts = new Map<string, (Row | { play: string })[]>();
  const plays = new Map<string, number>();
  const notes: string[] = [];
  let start: Extract<Event, { type: 'run-start' }> | undefined;
  let began = now();
  let end: Extract<Event, { type: 'run-end' }> | undefined;
  let interrupted: string | undefined;
  let play = { number: 0, name: '' };
  let roundTrips = 0;
  let rows = 0;
  let leftOut = 0;

  const addNote = (note: string) => {
    if (notes.length < mostNotes) notes.push(note);
  };

  const addRow = (event: Extract<Event, { type: 'task-result' | 'task-item' }>) => {
    const { host, task, result } = event;
    const tail = tails.take(host, task);
    if (rows >= mostRows && (result.status === 'ok' || result.status === 'skipped')) {
      leftOut++;
      return;
    }
    rows++;
    let list = hosts.get(host);
    if (!list) {
      list = [];
      hosts.set(host, list);
    }
    if (plays.get(host) !== play.number) list.push({ play: play.name });
    plays.set(host, play.number);
    list.push(makeRow(task, result, (now() - began) / 1000, tail));
  };

  return {
    name: 'html',
    on(event) {
      countEvent(recap, event);
      switch (event.type) {
        case 'run-start':
          start = event;
          began = now();
          break;
        case 'play-start':
          play = { number: play.number + 1, name: event.name };
          break;
        case 'task-output':
          tails.add(event.host, event.task, event.chunk);
          break;
        case 'task-item':
        case 'task-result':
          addRow(event);
          break;
        case 'round-trip':
          roundTrips++;
          break;
        case 'warning':
          addNote(
            `Warning${event.host ? ` (${event.host})` : ''}: ${event.text}${event.hint ? ` (${event.hint})` : ''}`,
          );
          break;
        case 'message':
          addNote(`${event.host ? `${event.host}: ` : ''}${lastLines(valueText(event.text), 20).join('\n')}`);
          break;
        case 'handlers-pending':
          addNote(`${event.host}: handlers notified and not run: ${event.handlers.join(', ')}`);
          break;
        case 'interrupted':
          interrupted = event.signal;
          for (const { host, task, state } of event.standing) {
            if (state !== 'finished')
              addNote(`${host} was ${state}${task ? ` at ${task.name}` : ''} when the run was interrupted`);
          }
          break;
        case 'run-end':
          end = event;
          break;
      }
    },
    close() {
      const page = htmlPage({
        run: start?.run ?? '',
        playbooks: start?.playbooks ?? [],
        check: start?.check ?? false,
        started: new Date(began).toISOString(),
        seconds: end?.seconds ?? (now() - began) / 1000,
        exitCode: end?.exitCode,
        interrupted,
        roundTrips,
        recap: end?.recap ?? recap,
        notes,
        hosts,
        leftOut,
      });
      return writeAtomically(file, page);
    },
  };
}
