import { Transform, type TransformCallback } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** How an embedded host may misbehave, for tests; each is off unless given. */
export interface Misbehaviour {
  /** A slow host: milliseconds before a command starts, and at most so many bytes of its output a second. */
  readonly slow?: { readonly delay?: number; readonly bytesPerSecond?: number };
  /** `connect`: takes the connection and never greets. `exec`: logs in, takes the command and never answers. */
  readonly silent?: 'connect' | 'exec';
  /** Destroys the connection once so many bytes of output have been sent over it. */
  readonly dieAfterBytes?: number;
  /** Closes the channel of a command that ended without telling its exit status. */
  readonly dieWithoutExit?: boolean;
  /** Shows another host key than the published one. */
  readonly wrongHostKey?: boolean;
  /** Answers every command with endless output on that stream, as fast as it is read. */
  readonly flood?: 'stdout' | 'stderr';
  /** Refuses every way to log in. */
  readonly refuseAuth?: boolean;
  /** Bytes sent before the server's own greeting. */
  readonly preamble?: string | Buffer;
}

/** Lets through at most `rate` bytes a second, in at most ten pieces a second. */
export class Throttle extends Transform {
  readonly #rate: number;

  constructor(rate: number) {
    super();
    this.#rate = rate;
  }

  override async _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): Promise<void> {
    const piece = Math.max(1, Math.ceil(this.#rate / 10));
    for (let start = 0; start < chunk.length && !this.destroyed; start += piece) {
      const part = chunk.subarray(start, start + piece);
      this.push(part);
      await sleep((part.length / this.#rate) * 1000);
    }
    done();
  }
}

/** Passes `limit` bytes and not one more, then calls `die`. The count is shared by all streams of a connection. */
export class Fuse extends Transform {
  readonly #left: { bytes: number };
  readonly #die: () => void;

  constructor(left: { bytes: number }, die: () => void) {
    super();
    this.#left = left;
    this.#die = die;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.push(chunk.subarray(0, this.#left.bytes));
    this.#left.bytes -= chunk.length;
    if (this.#left.bytes > 0) {
      done();
      return;
    }
    this.#left.bytes = 0;
    // One turn of the loop, so that the last bytes reach the socket.
    setTimeout(this.#die, 20);
  }
}
