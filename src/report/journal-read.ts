import { open, readFile } from 'node:fs/promises';
import type { Event, Recap } from './event.js';
import { journalFiles, journalFolder } from './journal-files.js';

/** An event as the journal holds it, with the time when it happened (ISO 8601). */
export type TimedEvent = Event & { readonly time: string };

export interface Journal {
  readonly events: readonly TimedEvent[];
  /** The run was killed: there is no `run-end`. */
  readonly unfinished: boolean;
  /** Lines that are no events; a cut last line is not counted. */
  readonly damaged: number;
}

/** One line as an event, `recap` as a Map again; undefined: cut or damaged. */
function decodeLine(line: string): TimedEvent | undefined {
  try {
    const event = JSON.parse(line) as TimedEvent;
    if (typeof event !== 'object' || event === null || typeof event.type !== 'string') return undefined;
    if (event.type !== 'run-end') return event;
    return { ...event, recap: new Map<string, Recap>(Object.entries(event.recap)) };
  } catch {
    return undefined;
  }
}

/** Reads a journal, also one of a run that still goes on or was killed: its last line may be cut. */
export async function readJournal(file: string): Promise<Journal> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const events: TimedEvent[] = [];
  let damaged = 0;
  for (const [i, line] of lines.entries()) {
    if (line === '') continue;
    const event = decodeLine(line);
    if (event) events.push(event);
    else if (i < lines.length - 1) damaged++;
  }
  return { events, unfinished: !events.some((event) => event.type === 'run-end'), damaged };
}

export interface RunSummary {
  readonly run: string;
  readonly file: string;
  /** ISO 8601. */
  readonly started: string;
  readonly playbooks: readonly string[];
  readonly check: boolean;
  /** Absent: it was killed or still goes on. */
  readonly end?: { readonly seconds: number; readonly exitCode: number; readonly recap: ReadonlyMap<string, Recap> };
}

/** The runs that have a journal, newest first. Reads the first and the last line of each. */
export async function listRuns(folder: string = journalFolder()): Promise<RunSummary[]> {
  const runs: RunSummary[] = [];
  for (const { run, file } of await journalFiles(folder)) {
    const ends = await firstAndLast(file).catch(() => undefined);
    const first = ends && decodeLine(ends[0]);
    if (first?.type !== 'run-start') continue;
    const last = decodeLine(ends![1]);
    runs.push({
      run,
      file,
      started: first.time,
      playbooks: first.playbooks,
      check: first.check,
      ...(last?.type === 'run-end'
        ? { end: { seconds: last.seconds, exitCode: last.exitCode, recap: last.recap } }
        : {}),
    });
  }
  return runs;
}

/** The first line, and the last one that has its newline, without reading what is between. */
async function firstAndLast(file: string): Promise<[string, string]> {
  const step = 64 * 1024;
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const part = async (from: number, to: number) => {
      const bytes = Buffer.alloc(Math.max(0, to - from));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
      return bytes.subarray(0, bytesRead).toString('utf8');
    };
    let head = '';
    for (let to = step; !head.includes('\n') && to < size + step; to *= 2) head = await part(0, Math.min(size, to));
    let tail = '';
    for (let length = step; ; length *= 2) {
      tail = await part(Math.max(0, size - length), size);
      tail = tail.slice(0, tail.lastIndexOf('\n'));
      if (tail.includes('\n') || length >= size) break;
    }
    return [head.slice(0, head.indexOf('\n')), tail.slice(tail.lastIndexOf('\n') + 1)];
  } finally {
    await handle.close();
  }
}
