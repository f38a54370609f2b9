import { createRequire } from 'node:module';
import type { Diff } from './event.js';

/** One line of a diff as it is shown; `text` is not yet harmless for a terminal. */
export interface DiffLine {
  readonly kind: 'header' | 'hunk' | 'added' | 'removed' | 'context' | 'note';
  readonly text: string;
}

/** Most lines of one diff that are shown. */
const mostLines = 1000;
/** Bounds of the search for a short diff: edits (70 ms on 5000 different lines), and milliseconds. */
const maxEditLength = 1000;
const timeout = 200;
/** Texts longer than this (UTF-16 units, both together) are not compared. */
const longestText = 4_000_000;

type StructuredPatch = typeof import('diff')['structuredPatch'];
let structuredPatch: StructuredPatch | undefined;

/** Loads the diff library at the first diff; synchronously, because reporters keep the order of events. */
function loadPatch(): StructuredPatch {
  structuredPatch ??= (
    createRequire(import.meta.url)('diff/lib/patch/create.js') as { structuredPatch: StructuredPatch }
  ).structuredPatch;
  return structuredPatch;
}

const kinds: Readonly<Record<string, DiffLine['kind']>> = { '+': 'added', '-': 'removed', '\\': 'note' };

function splitLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** All lines added or removed: no search is needed, and a first run needs no library. */
function wholeFile(text: string, sign: '+' | '-'): string[] {
  const lines = splitLines(text);
  const range = lines.length === 1 ? '1' : `1,${lines.length}`;
  const out = [sign === '+' ? `@@ -0,0 +${range} @@` : `@@ -${range} +0,0 @@`, ...lines.map((line) => sign + line)];
  if (!text.endsWith('\n')) out.push('\\ No newline at end of file');
  return out;
}

/** Hunks as unified lines; undefined: not found in time. */
function unified(before: string, after: string): string[] | undefined {
  if (before === '') return wholeFile(after, '+');
  if (after === '') return wholeFile(before, '-');
  if (before.length + after.length > longestText) return undefined;
  const patch = loadPatch()('', '', before, after, '', '', { context: 3, timeout, maxEditLength });
  return patch?.hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines,
  ]);
}

function compute({ subject, before, after, note }: Diff): DiffLine[] {
  const shown: DiffLine[] = [];
  if (note !== undefined) shown.push({ kind: 'note', text: `${subject}: ${note}` });
  if ((before ?? '') === (after ?? '')) return shown;
  const lines = unified(before ?? '', after ?? '');
  if (!lines) {
    const counts = `${splitLines(before ?? '').length} lines before, ${splitLines(after ?? '').length} after`;
    shown.push({ kind: 'note', text: `${subject}: differs (${counts}), too much to compare` });
    return shown;
  }
  shown.push(
    { kind: 'header', text: `--- before: ${before === undefined ? '(absent)' : subject}` },
    { kind: 'header', text: `+++ after: ${after === undefined ? '(absent)' : subject}` },
  );
  for (const text of lines.slice(0, mostLines)) {
    shown.push({ kind: text.startsWith('@@') ? 'hunk' : (kinds[text[0] ?? ''] ?? 'context'), text });
  }
  if (lines.length > mostLines) shown.push({ kind: 'note', text: `… ${lines.length - mostLines} more lines differ` });
  return shown;
}

const computed = new WeakMap<Diff, readonly DiffLine[]>();

/** The lines that show a diff; computed once, however many reporters ask. */
export function diffLines(diff: Diff): readonly DiffLine[] {
  let lines = computed.get(diff);
  if (!lines) {
    lines = compute(diff);
    computed.set(diff, lines);
  }
  return lines;
}
