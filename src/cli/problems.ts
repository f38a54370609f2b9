import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Problem } from '../base/error.js';
import { formatPlace, type Place } from '../base/place.js';
import { neutralise } from '../base/terminal.js';
import { type Style, styleFor } from '../report/style.js';

/** Widest source line that is shown, in UTF-16 units. */
const WIDEST = 160;

/**
 * Tells problems on standard error, each as `file:line:col: message` with the line it is about and a hint;
 * with `json` on standard output, one object a line, for editors.
 */
export function tellProblems(
  problems: readonly Problem[],
  { json = false, kind = 'error' as 'error' | 'warning' } = {},
): void {
  if (json) {
    for (const problem of problems)
      process.stdout.write(`${JSON.stringify({ type: 'problem', severity: kind, ...problem })}\n`);
    return;
  }
  const style = styleFor(process.stderr);
  const sources = new Map<string, readonly string[]>();
  process.stderr.write(`${problems.flatMap((problem) => problemLines(problem, kind, style, sources)).join('\n')}\n`);
}

/** One problem as lines, without control characters. */
export function problemLines(
  { place, message, hint }: Problem,
  kind: 'error' | 'warning',
  style: Style,
  sources: Map<string, readonly string[]> = new Map(),
): string[] {
  const at = place ? `${style('bold', clean(formatPlace(place)))}: ` : '';
  const [first = '', ...more] = neutralise(message).split('\n');
  const word = kind === 'error' ? style('red', 'error:') : style('yellow', 'warning:');
  const lines = [place ? `${at}${kind === 'error' ? '' : `${word} `}${first}` : `${word} ${first}`];
  lines.push(...more.map((line) => `    ${line}`));
  if (place) lines.push(...excerpt(place, style, sources));
  if (hint) lines.push(`    ${style('cyan', 'hint:')} ${clean(hint)}`);
  return lines;
}

const clean = (text: string): string => neutralise(text).replaceAll('\n', ' ');

/** The line of a place with a caret below; nothing where it cannot be read again. */
function excerpt({ file, line, col }: Place, style: Style, sources: Map<string, readonly string[]>): string[] {
  if (line < 1) return [];
  let text = sources.get(file);
  if (!text) {
    try {
      text = readFileSync(resolve(file), 'utf8').split(/\r?\n/);
    } catch {
      text = [];
    }
    sources.set(file, text);
  }
  const source = text[line - 1];
  if (source === undefined || source.trim() === '') return [];
  const from = col > WIDEST - 20 ? col - 60 : 0;
  const shown = clean(source.slice(from, from + WIDEST).replaceAll('\t', ' '));
  const number = String(line).padStart(5);
  const caret = `${' '.repeat(number.length)} | ${' '.repeat(Math.max(0, Math.min(col - 1, source.length) - from))}`;
  return [
    `${style('dim', `${number} |`)} ${shown}`,
    `${style('dim', caret.slice(0, 7))}${caret.slice(7)}${style('red', '^')}`,
  ];
}

/** Tells an error that nobody foresaw, in one line; the stack for those who ask. */
export function tellUnexpected(error: unknown, { stack = false } = {}): void {
  const text = error instanceof Error ? error.message : String(error);
  const more = stack && error instanceof Error ? `\n${error.stack ?? ''}` : '';
  const hint = stack ? '' : '\n    hint: -vvv shows where it happened; it may be a defect of hostwright';
  process.stderr.write(`${styleFor(process.stderr)('red', 'error:')} ${neutralise(text)}${neutralise(more)}${hint}\n`);
}
