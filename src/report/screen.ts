import { stripVTControlCharacters } from 'node:util';
import type { OutputStream } from './output.js';
import { columns } from './width.js';

/* ECMA-48 and DEC private modes: 25 cursor shown, 7 lines wrap, 2026 synchronized output. */
const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
const noWrap = '\x1b[?7l';
const wrap = '\x1b[?7h';
const beginUpdate = '\x1b[?2026h';
const endUpdate = '\x1b[?2026l';
const eraseDown = '\x1b[0J';
const eraseLineEnd = '\x1b[0K';
const up = (lines: number) => (lines > 0 ? `\x1b[${lines}A` : '');

/**
 * A block of lines at the bottom of the terminal that is redrawn in place, with lines that stay above
 * it. Own escapes instead of log-update: that takes 60 ms to load, wraps and slices every frame again
 * (ours already fits), and has no way to print above the block without a second redraw.
 *
 * The cursor rests below the block, at the left. A frame is one write: up to the block's first line,
 * what stays, the block, what is left of the old block erased.
 */
export class Screen {
  readonly #stream: OutputStream;
  #block: readonly string[] = [];
  #hidden = false;
  #width = 0;

  constructor(stream: OutputStream) {
    this.#stream = stream;
  }

  /** Prints lines that stay, then the block; an empty block takes the old one away. */
  draw(staying: readonly string[], block: readonly string[]): void {
    if (staying.length === 0 && sameLines(block, this.#block)) return;
    let out = beginUpdate + (this.#hidden || block.length === 0 ? '' : hideCursor);
    if (block.length > 0) this.#hidden = true;
    out += `\r${up(this.#height())}`;
    // Lines that a narrower terminal wrapped stay marked as wrapped until they are erased.
    const width = this.#stream.columns || 80;
    if (staying.length > 0 || width !== this.#width) out += eraseDown;
    this.#width = width;
    if (staying.length > 0) out += `${staying.join('\n')}\n`;
    if (block.length > 0) {
      out += noWrap;
      for (const line of block) out += `${line}${eraseLineEnd}\n`;
      out += wrap;
    }
    out += eraseDown + endUpdate;
    this.#block = block;
    this.#stream.write(out);
  }

  /** Takes the block away and gives the cursor back; the screen can be drawn on again. */
  release(): void {
    this.draw([], []);
    this.restoreCursor();
  }

  /** Gives the cursor back and leaves the block, for a process that ends now. */
  restoreCursor(): void {
    if (!this.#hidden) return;
    this.#hidden = false;
    this.#stream.write(`${wrap}${showCursor}`);
  }

  /** Forgets the block: others wrote to the terminal (a shell, after a stop). */
  forget(): void {
    this.#block = [];
    this.#hidden = false;
  }

  /** Rows that the block takes now: a terminal that became narrower has wrapped its lines. */
  #height(): number {
    const width = Math.max(1, this.#stream.columns || 80);
    let rows = 0;
    for (const line of this.#block) {
      const plain = stripVTControlCharacters(line);
      rows += Math.max(1, Math.ceil(columns(plain) / width));
    }
    return rows;
  }
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i]);
}
