import { formatPlace } from '../base/place.js';
import { neutralise } from '../base/terminal.js';
import { emptyMapping, type Values } from '../base/value.js';
import { type DiffLine, diffLines } from './diff.js';
import type { TaskLabel, TaskResult } from './event.js';
import { type Look, type Style, statusLooks } from './style.js';
import { formatSeconds, lastLines, oneLine, valueText } from './text.js';

/** Last lines of each of stdout and stderr that are shown of a failed command. */
const tailLines = 20;
/** Longest values at verbosity 1, in UTF-16 units. */
const longestValues = 1000;
const indent = '    ';

/** `role : name`, as Ansible writes it; a handler is marked. */
export function taskTitle(task: TaskLabel): string {
  const name = oneLine(task.role ? `${task.role} : ${task.name}` : task.name);
  return task.handler ? `handler ${name}` : name;
}

const diffLooks: Readonly<Partial<Record<DiffLine['kind'], Look>>> = {
  header: 'bold',
  hunk: 'cyan',
  added: 'green',
  removed: 'red',
  note: 'dim',
};

/** The diffs of a result, harmless and coloured. */
export function diffText(result: TaskResult, style: Style): string[] {
  return result.diff.flatMap((diff) =>
    diffLines(diff).map(({ kind, text }) => {
      const look = diffLooks[kind];
      const line = neutralise(text).replaceAll('\n', '␊');
      return look ? style(look, line) : line;
    }),
  );
}

/** Fields of a result that say again what the line itself or another field says. */
const repeated = new Set(['stdout_lines', 'stderr_lines', 'failed', 'skipped', 'unreachable']);

function valueLines(values: Values, verbosity: number): string[] {
  const shown = emptyMapping();
  for (const [name, value] of Object.entries(values)) if (!repeated.has(name)) shown[name] = value;
  if (Object.keys(shown).length === 0) return [];
  if (verbosity >= 2) return neutralise(valueText(shown, 2)).split('\n');
  const text = neutralise(valueText(shown)).replaceAll('\n', ' ');
  return [text.length > longestValues ? `${text.slice(0, longestValues)}… (-vv shows all)` : text];
}

/** The last output of a failed command, by stream; `tail` is what was seen of it while it ran. */
function failureOutput(values: Values, tail: string, style: Style): string[] {
  const lines: string[] = [];
  for (const stream of ['stdout', 'stderr'] as const) {
    const text = values[stream];
    if (typeof text !== 'string') continue;
    const shown = lastLines(text, tailLines);
    if (shown.length > 0) lines.push(`${stream}:`, ...shown.map((line) => style('dim', `  ${line}`)));
  }
  if (lines.length === 0) {
    const shown = lastLines(tail, tailLines);
    if (shown.length > 0) lines.push('output:', ...shown.map((line) => style('dim', `  ${line}`)));
  }
  return lines;
}

function fate(result: TaskResult): string {
  if (result.status !== 'failed' && result.status !== 'unreachable') return '';
  return result.ignored ? ', ignored' : result.rescued ? ', rescued' : '';
}

/** A message as harmless lines, at most 30. */
function messageLines(message: string): string[] {
  return neutralise(message.length > 8000 ? `${message.slice(0, 8000)}…` : message)
    .replace(/\n+$/, '')
    .split('\n')
    .slice(0, 30);
}

export interface ResultContext {
  readonly verbosity: number;
  readonly style: Style;
  /** What the command put out while it ran. */
  readonly tail: string;
  /** Its loop items were shown before: their diffs need no second showing. */
  readonly itemsShown: boolean;
}

/**
 * The lines of one result: `changed: [web1] role : name  (0.3 s)`, then, indented, why it failed, what
 * to do, the command's last output, the diff, the values.
 */
export function resultLines(host: string, task: TaskLabel, result: TaskResult, context: ResultContext): string[] {
  const { style, verbosity } = context;
  const bad = result.status === 'failed' || result.status === 'unreachable';
  const message = result.message ?? (bad && typeof result.values.msg === 'string' ? result.values.msg : undefined);
  const where = result.delegatedTo ? `${oneLine(host)} -> ${oneLine(result.delegatedTo)}` : oneLine(host);
  const item = result.item === undefined ? '' : ` (item=${oneLine(result.item)})`;
  let head = `${style(statusLooks[result.status], `${result.status}${fate(result)}: [${where}] ${taskTitle(task)}${item}`)}`;
  head += style('dim', `  (${formatSeconds(result.duration)})`);
  const below: string[] = [];
  if (message && !bad) head += `  ${oneLine(message)}`;
  if (bad) {
    below.push(style('dim', `at ${oneLine(formatPlace(task.place))}`));
    if (message) below.push(...messageLines(message).map((line) => style('red', line)));
    if (result.hint) below.push(...messageLines(`hint: ${result.hint}`));
    below.push(...failureOutput(result.values, context.tail, style));
  }
  if (!context.itemsShown) below.push(...diffText(result, style));
  if (verbosity >= 1) below.push(...valueLines(result.values, verbosity));
  return [head, ...below.map((line) => indent + line)];
}
