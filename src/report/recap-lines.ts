import type { Event, Recap } from './event.js';
import { taskTitle } from './result-lines.js';
import { type Look, type Style, statusLooks } from './style.js';
import { formatSeconds, oneLine, plural } from './text.js';
import { columns, pad } from './width.js';

const words = ['ok', 'changed', 'unreachable', 'failed', 'skipped', 'rescued', 'ignored', 'unknown'] as const;
const wordLooks: Readonly<Record<(typeof words)[number], Look>> = {
  ...statusLooks,
  rescued: 'yellow',
  ignored: 'blue',
};

function hostLook(recap: Recap): Look {
  if (recap.unreachable > 0) return 'magenta';
  if (recap.failed > 0) return 'red';
  return recap.changed > 0 ? 'yellow' : 'green';
}

/** One row per host, in Ansible's words, aligned; `unknown=` only where it counts something. */
export function recapLines(recaps: ReadonlyMap<string, Recap>, style: Style): string[] {
  const rows = [...recaps].map(([host, recap]) => ({ host: oneLine(host), recap }));
  const hostWidth = Math.max(0, ...rows.map(({ host }) => columns(host)));
  const shown = words.filter((word) => word !== 'unknown' || rows.some(({ recap }) => recap.unknown > 0));
  const widths = shown.map((word) => word.length + 1 + Math.max(...rows.map(({ recap }) => `${recap[word]}`.length)));
  return rows.map(({ host, recap }) => {
    const cells = shown.map((word, i) => {
      if (word === 'unknown' && recap.unknown === 0) return '';
      const text = `${word}=${recap[word]}`;
      const space = ' '.repeat(Math.max(0, widths[i]! - text.length));
      return (recap[word] > 0 ? style(wordLooks[word], text) : text) + space;
    });
    return `${style(hostLook(recap), pad(host, hostWidth))} : ${cells.join(' ').trimEnd()}`;
  });
}

/** The last line of a run: how long, how many round trips, and in check mode that nothing was changed. */
export function closingLine(seconds: number, roundTrips: number, check: boolean): string {
  const line = `Finished in ${formatSeconds(seconds)}, ${plural(roundTrips, 'round trip')}.`;
  return check ? `${line} check mode: nothing was changed` : line;
}

type Interrupted = Extract<Event, { type: 'interrupted' }>;

/** Where each host stands after an interruption: those that were at work one by one, the others together. */
export function interruptedLines(event: Interrupted, style: Style): string[] {
  const lines = [style('red', `INTERRUPTED by ${oneLine(event.signal)}`)];
  for (const { host, task, state } of event.standing) {
    if (state === 'running') lines.push(`    running: [${oneLine(host)}]${task ? ` ${taskTitle(task)}` : ''}`);
  }
  for (const state of ['waiting', 'finished'] as const) {
    const hosts = event.standing.filter((standing) => standing.state === state).map(({ host }) => oneLine(host));
    if (hosts.length > 0) lines.push(`    ${state}: ${hosts.join(', ')}`);
  }
  return lines;
}
