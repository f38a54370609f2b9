/**
 * How wide text is on a terminal. Where terminals disagree (emoji sequences, ambiguous characters) the
 * greater width is taken: a line may come out short, but never wraps. Ranges: Unicode East Asian Width
 * W and F (UAX #11), rounded outwards to whole blocks.
 */
const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x23e9, 0x23f3],
  [0x2600, 0x27bf],
  [0x2b1b, 0x2b55],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x1b2ff],
  [0x1f000, 0x1faff],
  [0x20000, 0x3fffd],
];

function charColumns(char: string): number {
  const code = char.codePointAt(0)!;
  if (code < 0x300) return 1;
  if (code === 0xfe0f) return 1; // asks for the emoji form of the character before, which is wider
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(char)) return 0;
  return wide.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

const isPlain = (text: string) => /^[\x20-\x7e]*$/.test(text);

/** Columns that a line takes; it must be free of control characters. */
export function columns(line: string): number {
  if (isPlain(line)) return line.length;
  let sum = 0;
  for (const char of line) sum += charColumns(char);
  return sum;
}

/** The line cut to at most `width` columns, with `…` at the cut. */
export function fit(line: string, width: number): string {
  if (width <= 0) return '';
  if (line.length <= width && isPlain(line)) return line;
  let sum = 0;
  let cut = 0;
  let at = 0;
  for (const char of line) {
    sum += charColumns(char);
    if (sum > width) return `${line.slice(0, cut)}…`;
    at += char.length;
    if (sum <= width - 1) cut = at;
  }
  return line;
}

/** The line cut or filled with spaces to exactly `width` columns. */
export function pad(line: string, width: number): string {
  const cut = fit(line, width);
  return cut + ' '.repeat(Math.max(0, width - columns(cut)));
}
