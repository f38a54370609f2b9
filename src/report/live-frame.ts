import type { LiveState, Running } from './live-state.js';
import type { Style } from './style.js';
import { formatSeconds, oneLine, plural } from './text.js';
import { columns, fit, pad } from './width.js';

/** `12 s`: whole seconds, so that a quiet view changes once a second. */
function elapsed(since: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  return seconds < 60 ? `${seconds} s` : formatSeconds(seconds);
}

interface Columns {
  readonly host: number;
  readonly title: number;
  /** The whole line. */
  readonly usable: number;
}

/** One row: host and task in columns, then how long it has been at it and its last line of output. */
function row(host: string, running: Running, at: Columns, now: number, style: Style): string {
  const time = elapsed(running.since, now).padStart(5);
  const rest = at.usable - at.host - at.title - time.length - 4;
  const name = style('bold', pad(oneLine(host), at.host));
  if (rest < 0) return fit(`${oneLine(host)} ${running.title}`, at.usable);
  const line = rest > 5 && running.line !== '' ? `  ${fit(running.line, rest - 2)}` : '';
  return `${name}  ${pad(running.title, at.title)}  ${style('dim', time + line)}`;
}

/** The hosts that have not answered yet, as far as they fit on one line; no line where all have. */
function connectingLine(state: LiveState, width: number, style: Style): string[] {
  if (state.connecting.size === 0) return [];
  let text = `connecting to ${plural(state.connecting.size, 'host')}: `;
  let comma = '';
  for (const host of state.connecting) {
    text += comma + oneLine(host);
    comma = ', ';
    if (text.length > width) break;
  }
  return [style('dim', fit(text, width))];
}

function counterLine(state: LiveState, now: number, width: number, style: Style): string {
  const parts = [
    `${state.done}/${plural(state.hosts, 'host')}`,
    plural(state.tasks, 'task'),
    `${state.changed} changed`,
    `${state.failed} failed`,
    ...(state.unreachable > 0 ? [`${state.unreachable} unreachable`] : []),
    elapsed(state.started, now),
  ];
  const text = fit(`${state.check ? 'CHECK ' : ''}${parts.join(' · ')}`, width);
  return style(state.failed + state.unreachable > 0 ? 'red' : 'bold', text);
}

/**
 * The live view as lines, none wider than `width - 1` columns and never more than `height - 1` lines:
 * the hosts that have been at their task longest, how many more there are, and the counters.
 */
export function liveFrame(state: LiveState, width: number, height: number, now: number, style: Style): string[] {
  const usable = Math.max(1, width - 1);
  const connecting = connectingLine(state, usable, style);
  const room = Math.max(0, height - 3 - connecting.length);
  const shown: [string, Running][] = [];
  const window = state.running.size > room ? room - 1 : room;
  for (const entry of state.running) {
    if (shown.length >= window) break;
    shown.push(entry);
  }
  const widest = (texts: readonly string[], share: number) =>
    Math.min(Math.max(4, ...texts.map(columns)), Math.max(4, Math.floor(usable * share)));
  const at: Columns = {
    host: widest(
      shown.map(([host]) => oneLine(host)),
      0.3,
    ),
    title: widest(
      shown.map(([, running]) => running.title),
      0.4,
    ),
    usable,
  };
  const lines = shown.map(([host, running]) => row(host, running, at, now, style));
  const more = state.running.size - shown.length;
  if (more > 0 && room > 0) lines.push(style('dim', fit(`… and ${more} more at work`, usable)));
  if (height > 3) lines.push(...connecting);
  lines.push(counterLine(state, now, usable, style));
  return lines;
}
