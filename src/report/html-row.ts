import { formatPlace } from '../base/place.js';
import { diffLines } from './diff.js';
import type { Status, TaskLabel, TaskResult } from './event.js';
import { escapeMarkup } from './markup.js';
import { formatSeconds, lastLines } from './text.js';

/** Most lines of one diff, and last lines of one stream of output, in the report. */
const mostDiffLines = 400;
const tailLines = 60;

/** A finished task or loop item, already as markup, but for its place on the time line. */
export interface Row {
  readonly status: Status;
  /** When it ended, in seconds since the run began, and how long it took. */
  readonly end: number;
  readonly duration: number;
  readonly title: string;
  readonly body: string;
}

function pre(lines: readonly string[]): string {
  return `<pre>${lines.map(escapeMarkup).join('\n')}</pre>`;
}

function diffMarkup(result: TaskResult): string {
  return result.diff
    .map((diff) => {
      const lines = diffLines(diff);
      if (lines.length === 0) return '';
      const shown = lines
        .slice(0, mostDiffLines)
        .map(({ kind, text }) => `<span class="${kind}">${escapeMarkup(text)}</span>`);
      if (lines.length > mostDiffLines)
        shown.push(`<span class="note">… ${lines.length - mostDiffLines} more lines</span>`);
      if (lines.length <= 2) return `<pre>${shown.join('')}</pre>`;
      return `<details open><summary>diff of ${escapeMarkup(diff.subject)}</summary><pre>${shown.join('')}</pre></details>`;
    })
    .join('');
}

function failureMarkup(task: TaskLabel, result: TaskResult, tail: string): string {
  const message = result.message ?? (typeof result.values.msg === 'string' ? result.values.msg : 'no message');
  let out = `<div class="place">${escapeMarkup(formatPlace(task.place))}</div><div class="message failed">${escapeMarkup(message)}</div>`;
  if (result.hint) out += `<div class="message">Hint: ${escapeMarkup(result.hint)}</div>`;
  let shown = false;
  for (const stream of ['stdout', 'stderr'] as const) {
    const text = result.values[stream];
    const lines = typeof text === 'string' ? lastLines(text, tailLines) : [];
    if (lines.length > 0) out += `<details open><summary>${stream}</summary>${pre(lines)}</details>`;
    shown ||= lines.length > 0;
  }
  const lines = shown ? [] : lastLines(tail, tailLines);
  return lines.length > 0 ? `${out}<details open><summary>output</summary>${pre(lines)}</details>` : out;
}

/** A result as a row; `tail` is what the command put out while it ran. */
export function makeRow(task: TaskLabel, result: TaskResult, end: number, tail: string): Row {
  const bad = result.status === 'failed' || result.status === 'unreachable';
  const forgiven = bad && (result.ignored ? ' · ignored' : result.rescued ? ' · rescued' : '');
  let title = escapeMarkup(`${task.handler ? 'handler ' : ''}${task.role ? `${task.role} : ` : ''}${task.name}`);
  if (result.item !== undefined) title += ` <span class="soft">(item=${escapeMarkup(result.item)})</span>`;
  if (result.delegatedTo) title += ` <span class="soft">→ ${escapeMarkup(result.delegatedTo)}</span>`;
  if (forgiven) title += `<span class="soft">${forgiven}</span>`;
  let body = bad ? failureMarkup(task, result, tail) : '';
  if (!bad && result.message) body = `<div class="message soft">${escapeMarkup(result.message)}</div>`;
  body += diffMarkup(result);
  return { status: result.status, end, duration: result.duration, title, body };
}

/** The row as a table row; `total` seconds are the width of the time line. */
export function rowMarkup(row: Row, total: number): string {
  const scale = 100 / Math.max(total, 0.001);
  const left = Math.min(99, Math.max(0, (row.end - row.duration) * scale)).toFixed(2);
  const width = Math.min(100 - Number(left), Math.max(0, row.duration * scale)).toFixed(2);
  return (
    `<tr class="is-${row.status}"><td class="status ${row.status}">${row.status}</td>` +
    `<td class="task">${row.title}${row.body}</td>` +
    `<td class="bar"><span class="track ${row.status}"><i style="left:${left}%;width:${width}%"></i></span></td>` +
    `<td class="time">${formatSeconds(row.duration)}</td></tr>\n`
  );
}
