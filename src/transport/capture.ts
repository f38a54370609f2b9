/** Bytes kept of a stream of any length: the whole, or its beginning and its end. */
export class Capture {
  readonly #limit: number;
  #head: Buffer[] = [];
  #headSize = 0;
  #tail: Buffer[] = [];
  #tailSize = 0;
  #total = 0;

  /** @param limit bytes kept at the most, half of them for the beginning */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get total(): number {
    return this.#total;
  }

  get truncated(): boolean {
    return this.#total > this.#headSize + this.#tailSize;
  }

  push(data: Buffer): void {
    this.#total += data.length;
    const room = this.#limit / 2 - this.#headSize;
    let rest = data;
    if (room > 0) {
      const part = rest.subarray(0, room);
      // A copy: a slice would keep the whole network buffer alive.
      this.#head.push(part.length < data.length || data.length < 4096 ? Buffer.from(part) : part);
      this.#headSize += part.length;
      rest = rest.subarray(part.length);
    }
    if (rest.length === 0) return;
    this.#tail.push(Buffer.from(rest));
    this.#tailSize += rest.length;
    while (this.#tail.length > 1 && this.#tailSize - this.#tail[0]!.length >= this.#limit / 2) {
      this.#tailSize -= this.#tail.shift()!.length;
    }
    const over = this.#tailSize - this.#limit / 2;
    if (over > 0) {
      this.#tail[0] = this.#tail[0]!.subarray(over);
      this.#tailSize -= over;
    }
  }

  /** What was kept; where bytes were left out, a line in the middle says how many. */
  bytes(): Buffer {
    if (!this.truncated) return Buffer.concat([...this.#head, ...this.#tail]);
    const left = this.#total - this.#headSize - this.#tailSize;
    return Buffer.concat([...this.#head, Buffer.from(`\n[... ${left} bytes left out ...]\n`), ...this.#tail]);
  }
}
