import { columns as widthOf } from '../../../src/report/width.js';

/** A terminal just good enough to check what a view leaves on it; throws at an escape it does not know. */
export class Terminal {
  readonly isTTY = true;
  columns: number;
  rows: number;
  cursorShown = true;
  wraps = true;
  writes: string[] = [];
  /** When each was written, in milliseconds. */
  times: number[] = [];
  /** All lines, also those that scrolled out. */
  lines: string[] = [''];
  row = 0;
  overlong = 0;
  readonly listeners = new Map<string, (() => void)[]>();

  constructor(columns = 80, rows = 24) {
    this.columns = columns;
    this.rows = rows;
  }

  on(name: string, listener: () => void): void {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }

  off(name: string, listener: () => void): void {
    this.listeners.set(
      name,
      (this.listeners.get(name) ?? []).filter((other) => other !== listener),
    );
  }

  emit(name: string): void {
    for (const listener of this.listeners.get(name) ?? []) listener();
  }

  write(text: string, done?: () => void): void {
    if (text !== '') {
      this.writes.push(text);
      this.times.push(performance.now());
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal reads control characters
    for (const [part] of text.matchAll(/\x1b\[[?0-9;]*[A-Za-z]|\r|\n|[^\x1b\r\n]+|[\s\S]/g)) this.#part(part);
    done?.();
  }

  /** What is seen, without the empty line that the cursor rests on. */
  get screen(): string[] {
    return this.lines
      .slice(Math.max(0, this.lines.length - this.rows))
      .filter((line, i, all) => line !== '' || i < all.length - 1);
  }

  #part(part: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
    const up = /^\x1b\[(\d+)A$/.exec(part);
    if (part === '\r') return;
    if (part === '\n') {
      if (++this.row === this.lines.length) this.lines.push('');
    } else if (up) this.row = Math.max(0, this.lines.length - this.rows, this.row - Number(up[1]));
    else if (part === '\x1b[0J') {
      this.lines.length = this.row + 1;
      this.lines[this.row] = '';
    } else if (part === '\x1b[?25l') this.cursorShown = false;
    else if (part === '\x1b[?25h') this.cursorShown = true;
    else if (part === '\x1b[?7l') this.wraps = false;
    else if (part === '\x1b[?7h') this.wraps = true;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
    else if (/^\x1b\[(\?2026[hl]|0K|\d*m)$/.test(part)) return;
    else if (part.startsWith('\x1b') || part.length === 0) throw new Error(`unknown escape ${JSON.stringify(part)}`);
    else {
      // Lines are written whole, from the left, and in pieces of colour.
      const fresh = this.#fresh !== this.row;
      this.lines[this.row] = fresh ? part : this.lines[this.row]! + part;
      if (!this.wraps && widthOf(this.lines[this.row]!) >= this.columns) this.overlong++;
      this.#fresh = this.row;
      return;
    }
    this.#fresh = -1;
  }

  /** The row that is being written. */
  #fresh = -1;
}
