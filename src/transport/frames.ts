/** The line of the host's library that ends a step, found between any bytes. */
export interface Marker {
  readonly index: number;
  readonly status: number;
}

/** Longest marker after the nonce: `e`, two numbers, colon and newline. */
const LONGEST = 16;

/**
 * Splits a byte stream into data and markers. A marker starts with the session's nonce, 128 random bits
 * that travel on stdin only, so no program's output can hold one except by reading our memory.
 * Data is passed on at once, but for a tail that may be the beginning of a marker.
 */
export class FrameReader {
  readonly #nonce: Buffer;
  readonly #onData: (data: Buffer) => void;
  readonly #onMarker: (marker: Marker) => void;
  #held: Buffer = Buffer.alloc(0);

  constructor(nonce: string, onData: (data: Buffer) => void, onMarker: (marker: Marker) => void) {
    this.#nonce = Buffer.from(nonce, 'latin1');
    this.#onData = onData;
    this.#onMarker = onMarker;
  }

  push(chunk: Buffer): void {
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = Buffer.alloc(0);
    for (;;) {
      const at = rest.indexOf(this.#nonce);
      if (at < 0) break;
      const body = rest.subarray(at + this.#nonce.length, at + this.#nonce.length + LONGEST);
      const end = body.indexOf(0x0a);
      const marker = end < 0 ? undefined : parseMarker(body.subarray(0, end).toString('latin1'));
      if (at > 0) this.#onData(rest.subarray(0, at));
      rest = rest.subarray(at);
      if (marker !== undefined) {
        rest = rest.subarray(this.#nonce.length + end + 1);
        this.#onMarker(marker);
      } else if (end < 0 && body.length < LONGEST) {
        this.#held = Buffer.from(rest);
        return;
      } else {
        this.#onData(rest.subarray(0, this.#nonce.length));
        rest = rest.subarray(this.#nonce.length);
      }
    }
    const hold = this.#beginning(rest);
    if (rest.length > hold) this.#onData(hold === 0 ? rest : rest.subarray(0, rest.length - hold));
    if (hold > 0) this.#held = Buffer.from(rest.subarray(rest.length - hold));
  }

  /** Length of the longest tail of `data` that is a beginning of the nonce. */
  #beginning(data: Buffer): number {
    const first = this.#nonce[0]!;
    let at = data.indexOf(first, Math.max(0, data.length - this.#nonce.length + 1));
    while (at >= 0) {
      const tail = data.subarray(at);
      if (this.#nonce.subarray(0, tail.length).equals(tail)) return tail.length;
      at = data.indexOf(first, at + 1);
    }
    return 0;
  }
}

function parseMarker(line: string): Marker | undefined {
  const match = /^e(\d{1,9}):(\d{1,3})$/.exec(line);
  return match ? { index: Number(match[1]), status: Number(match[2]) } : undefined;
}
