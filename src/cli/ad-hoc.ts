import { neutralise } from '../base/terminal.js';
import { emptyMapping, type Value, type Values } from '../base/value.js';
import type { Event, Reporter, TaskResult } from '../report/event.js';
import { Output } from '../report/output.js';
import { diffText } from '../report/result-lines.js';
import { type Style, statusLooks, styleFor } from '../report/style.js';
import { oneLine, outputLines } from '../report/text.js';

/** Tells what one task came to on each host, as `ansible` does: a command's output in full, else the values. */
export function adHocReporter(verbosity: number): Reporter {
  const output = new Output(process.stdout);
  const style = styleFor(process.stdout);
  let hosts = 0;
  return {
    on(event) {
      if (event.type === 'play-start') hosts += event.hosts.length;
      const lines =
        event.type === 'run-end' && hosts === 0 ? [style('yellow', 'no hosts')] : linesOf(event, style, verbosity);
      if (lines.length > 0) output.write(`${lines.join('\n')}\n`);
    },
    close: () => output.close(),
  };
}

function linesOf(event: Event, style: Style, verbosity: number): string[] {
  switch (event.type) {
    case 'task-result':
      return resultLines(event.host, event.result, style);
    case 'warning': {
      const hint = event.hint === undefined ? '' : ` (${event.hint})`;
      return [
        style(
          'yellow',
          `[WARNING]: ${event.host === undefined ? '' : `${oneLine(event.host)}: `}${oneLine(event.text + hint)}`,
        ),
      ];
    }
    case 'message':
      return [`${event.host === undefined ? '' : `${oneLine(event.host)}: `}${neutralise(asText(event.text))}`];
    case 'interrupted':
      return [style('red', `INTERRUPTED by ${event.signal}`)];
    case 'connected':
      return verbosity >= 3 ? [style('dim', `${oneLine(event.host)}: connected in ${event.seconds.toFixed(2)} s`)] : [];
    default:
      return [];
  }
}

/** Fields that are told by the first line, or again by another field. */
const TOLD = new Set(['stdout_lines', 'stderr_lines', 'failed', 'unreachable', 'skipped', 'msg']);
/** Further fields of a command, which `-v` of a playbook run shows. */
const COMMAND = new Set(['stdout', 'stderr', 'rc', 'cmd', 'start', 'end', 'delta', 'changed']);

function resultLines(host: string, result: TaskResult, style: Style): string[] {
  const { status, values, message, hint } = result;
  const title = (text: string): string => style(statusLooks[status], `${oneLine(host)} | ${text}`);
  const word = status === 'ok' ? 'SUCCESS' : status.toUpperCase();
  const told = message ?? (typeof values.msg === 'string' ? values.msg : undefined);
  const more = [
    ...(told ? outputLines(told) : []),
    ...(hint ? [`hint: ${oneLine(hint)}`] : []),
    ...diffText(result, style),
  ];
  if (typeof values.stdout === 'string' && typeof values.rc === 'number') {
    const streams = [values.stdout, typeof values.stderr === 'string' ? values.stderr : ''].filter(
      (text) => text !== '',
    );
    const shown = status === 'failed' || status === 'unreachable' ? more : diffText(result, style);
    return [title(`${word} | rc=${values.rc} >>`), ...streams.flatMap(outputLines), ...shown];
  }
  const rest = emptyMapping();
  for (const [name, value] of Object.entries(values)) if (!TOLD.has(name) && !COMMAND.has(name)) rest[name] = value;
  const fields =
    Object.keys(rest).length > 0 ? neutralise(JSON.stringify(rest as Values, undefined, 4)).split('\n') : [];
  return [title(word), ...more, ...fields];
}

const asText = (value: Value): string => (typeof value === 'string' ? value : JSON.stringify(value, undefined, 2));
