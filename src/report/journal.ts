import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/error.js';
import { makeFolders } from '../base/folders.js';
import { encodeEvent } from './encode.js';
import type { Event, Reporter } from './event.js';
import { journalFolder, keptRuns, pruneRuns } from './journal-files.js';

/** Output of one task on one host that the journal keeps, and the longest of any other text, in UTF-16 units. */
const mostOutput = 64 * 1024;
const longestText = 64 * 1024;
/** Milliseconds that an event may wait to be written, and the size that is written at once. */
const longestWait = 100;
const mostWaiting = 256 * 1024;

export interface JournalOptions {
  /** Default: the user's folder of runs, see `journalFolder`. */
  readonly folder?: string;
  /** Milliseconds since 1970; default Date.now. */
  readonly now?: () => number;
  /** Newest runs that are kept; default 100. */
  readonly keep?: number;
}

/**
 * Says whether an event must be with the operating system before the run goes on, so that after a kill
 * the journal knows every action that was sent and every result that was not mere *ok* or *skipped*.
 */
function isUrgent(event: Event): boolean {
  switch (event.type) {
    case 'run-start':
    case 'task-start':
    case 'handlers-pending':
    case 'interrupted':
    case 'run-end':
      return true;
    case 'task-item':
    case 'task-result':
      return event.result.status !== 'ok' && event.result.status !== 'skipped';
    default:
      return false;
  }
}

/**
 * The journal of a run: FOLDER/RUN.jsonl, one event a line (see json.ts), file mode 0600, folder 0700.
 *
 * Urgent events (the run's start and end, a task's start, a result that is not ok or skipped, an
 * interruption) are handed to the operating system before `on` returns, with all that came before them:
 * `task-start` is sent before the task's actions, so a killed run's journal names what was under way.
 * Other events wait at most 100 ms. Nothing is fsynced: a kill loses at most 100 ms of ok results, a
 * power cut at the controller the last seconds. The values of tasks that had nothing to do are left
 * out. Of a task's output the first 64 Ki characters are kept.
 */
export function journalReporter(options: JournalOptions = {}): Reporter & { readonly name: string; file?: string } {
  const folder = options.folder ?? journalFolder();
  const now = options.now ?? Date.now;
  const outputs = new Map<string, number>();
  let descriptor: number | undefined;
  let waiting = '';
  let timer: NodeJS.Timeout | undefined;
  let failure: unknown;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (descriptor === undefined || waiting === '') return;
    const bytes = Buffer.from(waiting);
    waiting = '';
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
  };

  /** Outside of `on` nobody catches: the failure is told at the next event. */
  const flushLater = () => {
    try {
      flush();
    } catch (error) {
      failure = error;
    }
  };

  /** The part of a chunk of output that is kept; undefined: none. */
  const bounded = (event: Extract<Event, { type: 'task-output' }>): Event | undefined => {
    const key = `${event.task.id} ${event.host}`;
    const before = outputs.get(key) ?? 0;
    if (before >= mostOutput) return undefined;
    outputs.set(key, before + event.chunk.length);
    if (before + event.chunk.length <= mostOutput) return event;
    return { ...event, chunk: `${event.chunk.slice(0, mostOutput - before)}… the journal keeps no more of it` };
  };

  const reporter = {
    name: 'journal',
    file: undefined as string | undefined,
    on(event: Event) {
      if (failure !== undefined) throw failure;
      if (event.type === 'run-start') {
        reporter.file = join(folder, `${checkRun(event.run)}.jsonl`);
        makeFolders(folder, 0o700);
        descriptor = openSync(reporter.file, 'ax', 0o600);
        process.on('exit', flushLater);
      }
      const kept = event.type === 'task-output' ? bounded(event) : quiet(event);
      if (!kept) return;
      if (event.type === 'task-result') outputs.delete(`${event.task.id} ${event.host}`);
      waiting += `${encodeEvent(kept, now(), longestText)}\n`;
      if (isUrgent(event) || waiting.length > mostWaiting) flush();
      else timer ??= setTimeout(flushLater, longestWait).unref();
    },
    async close() {
      process.off('exit', flushLater);
      flush();
      if (descriptor === undefined) return;
      closeSync(descriptor);
      descriptor = undefined;
      await pruneRuns(folder, options.keep ?? keptRuns);
    },
  };
  return reporter;
}

/** What a task that had nothing to do found is not worth a line's space: only that it was so. */
function quiet(event: Event): Event {
  if (event.type !== 'task-result' || (event.result.status !== 'ok' && event.result.status !== 'skipped')) return event;
  return { ...event, result: { ...event.result, values: {} } };
}

function checkRun(run: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,100}$/.test(run)) return run;
  throw new InputError({
    message: `${JSON.stringify(run)} is no run id`,
    hint: 'letters, digits, dot, dash, underscore',
  });
}
