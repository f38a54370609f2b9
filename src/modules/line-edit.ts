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
  if (found) return replaced(text, lines, found.index, edit.backrefs && found.match ? pythonReplacement(edit.line)(found.match) : edit.line);
  const equal = lines.findLastIndex((line) => bare(line) === edit.line);
  if (equal >= 0) return replaced(text, lines, equal, edit.line);
  if (edit.backrefs) return { text, message: '' };
  return added(lines, place(lines, edit), edit.line);
}

/** The line that regexp or search_string finds: the last one, or the first where that is wanted. */
function search(lines: readonly string[], { regexp, searchString, firstMatch }: LineEdit): { index: number; match?: RegExpExecArray } | undefined {
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

/** Where a line that is not there yet goes: an index of the lines, their number for the end. */
function place(lines: readonly string[], { insertAfter, insertBefore, firstMatch }: LineEdit): number {
  if (insertBefore === 'BOF' || insertAfter === 'BOF') return 0;
  const anchor = insertAfter ?? insertBefore;
  if (anchor === undefined || anchor === 'EOF') return lines.length;
  const pattern = pythonRegex(anchor);
  const matches = (line: string): boolean => pattern.test(line);
  const index = firstMatch ? lines.findIndex(matches) : lines.findLastIndex(matches);
  if (index < 0) return lines.length;
  return insertAfter === undefined ? index : index + 1;
}

function added(lines: string[], index: number, line: string): Edited {
  const last = lines.at(-1);
  if (index > 0 && index === lines.length && last !== undefined && !last.endsWith('\n')) lines[lines.length - 1] = `${last}\n`;
  lines.splice(index, 0, `${line}\n`);
  return { text: lines.join(''), message: 'line added' };
}

/** The text without the lines that match, as lineinfile's `state: absent` means it, and their number. */
export function withoutLines(text: string, { line, regexp, searchString }: Partial<LineEdit>): { text: string; found: number } {
  const lines = splitLines(text);
  const pattern = regexp === undefined ? undefined : pythonRegex(regexp);
  const left = lines.filter((each) => {
    if (pattern) return !pattern.test(each);
    return searchString === undefined ? bare(each) !== line : !each.includes(searchString);
  });
  return { text: left.join(''), found: lines.length - left.length };
}
