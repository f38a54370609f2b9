import { pythonRegex } from './python-regex.js';
import { pythonReplacement } from './python-template.js';
import { bare, splitLines } from './text-file.js';

/** What lineinfile looks for and wants; all texts as they stand in the file. */
export interface LineEdit {
  readonly line: string;
  readonly regexp?: string | undefined;
  readonly searchString?: string | undefined;
  readonly backrefs: boolean;
  readonly insertAfter?: string | undefined;
  readonly insertBefore?: string | undefined;
  readonly firstMatch: boolean;
}

export interface Edited {
  readonly text: string;
  /** In Ansible's words. */
  readonly message: string;
}

/** The text with the line in it, as lineinfile's `state: present` means it. */
export function withLine(text: string, edit: LineEdit): Edited {
  const lines = splitLines(text);
  const found = search(lines, edit);
  if (found)
    return replaced(
      text,
      lines,
      found.index,
      edit.backrefs && found.match ? pythonReplacement(edit.line)(found.match) : edit.line,
    );
  const { equal, anchor } = scan(lines, edit);
  if (equal >= 0) return replaced(text, lines, equal, edit.line);
  if (edit.backrefs) return { text, message: '' };
  return added(text, lines, place(lines.length, anchor, edit), edit);
}

/** The line that regexp or search_string finds: the last one, or the first where that is wanted. */
function search(
  lines: readonly string[],
  { regexp, searchString, firstMatch }: LineEdit,
): { index: number; match?: RegExpExecArray } | undefined {
  if (regexp === undefined && searchString === undefined) return undefined;
  const pattern = regexp === undefined ? undefined : pythonRegex(regexp);
  const count = lines.length;
  for (let step = 0; step < count; step++) {
    const index = firstMatch ? step : count - 1 - step;
    if (pattern) {
      const match = pattern.exec(lines[index]!);
      if (match) return { index, match };
    } else if (lines[index]!.includes(searchString!)) return { index };
  }
  return undefined;
}

function replaced(text: string, lines: string[], index: number, line: string): Edited {
  const wanted = line.endsWith('\n') ? line : `${line}\n`;
  if (lines[index] === wanted) return { text, message: '' };
  lines[index] = wanted;
  return { text: lines.join(''), message: 'line replaced' };
}

/**
 * The last line that equals the wanted one, and the line that insertafter or insertbefore matches (-1: none).
 * With firstmatch the search ends at that line: as in Ansible, the wanted one is not seen behind it.
 */
function scan(
  lines: readonly string[],
  { line, insertAfter, insertBefore, firstMatch }: LineEdit,
): { equal: number; anchor: number } {
  const text = insertAfter ?? insertBefore;
  const pattern = text === undefined || text === 'EOF' || text === 'BOF' ? undefined : pythonRegex(text);
  let equal = -1;
  let anchor = -1;
  for (const [index, each] of lines.entries()) {
    if (bare(each) === line) equal = index;
    else if (pattern?.test(each)) {
      anchor = index;
      if (firstMatch) break;
    }
  }
  return { equal, anchor };
}

/** Where a line that is not there yet goes: an index of the lines, their number for the end. */
function place(count: number, anchor: number, { insertAfter, insertBefore }: LineEdit): number {
  if (insertBefore === 'BOF' || insertAfter === 'BOF') return 0;
  if (anchor < 0) return count;
  return insertAfter === undefined ? anchor : anchor + 1;
}

function added(text: string, lines: string[], index: number, { line, insertAfter }: LineEdit): Edited {
  const next = lines[index];
  if (insertAfter !== undefined && index > 0 && next !== undefined && bare(next) === line) return { text, message: '' };
  const last = lines.at(-1);
  if (index > 0 && index === lines.length && last !== undefined && !last.endsWith('\n'))
    lines[lines.length - 1] = `${last}\n`;
  lines.splice(index, 0, `${line}\n`);
  return { text: lines.join(''), message: 'line added' };
}

/** The text without the lines that match, as lineinfile's `state: absent` means it, and their number. */
export function withoutLines(
  text: string,
  { line, regexp, searchString }: Partial<LineEdit>,
): { text: string; found: number } {
  const lines = splitLines(text);
  const pattern = regexp === undefined ? undefined : pythonRegex(regexp);
  const left = lines.filter((each) => {
    if (pattern) return !pattern.test(each);
    return searchString === undefined ? bare(each) !== line : !each.includes(searchString);
  });
  return { text: left.join(''), found: lines.length - left.length };
}
