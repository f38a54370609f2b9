import { pythonRegex } from './python-regex.js';
import { bare, splitLines } from './text-file.js';

/** What blockinfile wants; all texts as they stand in the file. */
export interface BlockEdit {
  /** Empty: the block must not be there. */
  readonly block: string;
  readonly begin: string;
  readonly end: string;
  readonly insertAfter?: string | undefined;
  readonly insertBefore?: string | undefined;
  readonly appendNewline: boolean;
  readonly prependNewline: boolean;
}

/** The text with the block between its markers, in place of what is between them now. */
export function withBlock(text: string, edit: BlockEdit): string {
  const lines = splitLines(text);
  const begin = lines.findLastIndex((line) => bare(line) === edit.begin);
  const end = lines.findLastIndex((line) => bare(line) === edit.end);
  let at: number;
  if (begin < 0 || end < 0) at = place(text, lines, edit);
  else {
    at = Math.min(begin, end);
    lines.splice(at, Math.abs(end - begin) + 1);
  }
  if (edit.block === '') return begin < 0 || end < 0 ? text : lines.join('');
  if (at > 0 && !lines[at - 1]!.endsWith('\n')) lines[at - 1] += '\n';
  if (edit.prependNewline && at > 0 && lines[at - 1] !== '\n') lines.splice(at++, 0, '\n');
  const body = edit.block.endsWith('\n') ? edit.block : `${edit.block}\n`;
  const block = [`${edit.begin}\n`, body, `${edit.end}\n`];
  lines.splice(at, 0, ...block);
  const after = at + block.length;
  if (edit.appendNewline && after < lines.length && lines[after] !== '\n') lines.splice(after, 0, '\n');
  return lines.join('');
}

/** Where a block that is not there yet goes: an index of the lines, their number for the end. */
function place(text: string, lines: readonly string[], { insertAfter, insertBefore }: BlockEdit): number {
  if (insertBefore === 'BOF') return 0;
  const anchor = insertAfter ?? insertBefore;
  if (anchor === undefined || anchor === 'EOF') return lines.length;
  const after = insertAfter !== undefined;
  if (/^\(\?[a-z]*m/.test(anchor)) {
    // A pattern over several lines is looked for in the whole text.
    const match = pythonRegex(anchor).exec(text);
    if (!match) return lines.length;
    const line = text.slice(0, after ? match.index + match[0].length : match.index).split('\n').length - 1;
    return Math.min(after ? line + 1 : line, lines.length);
  }
  const pattern = pythonRegex(anchor);
  const index = lines.findLastIndex((line) => pattern.test(line));
  if (index < 0) return lines.length;
  return after ? index + 1 : index;
}
