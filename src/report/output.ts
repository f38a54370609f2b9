/** What a reporter writes to: standard output, or a double in tests. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string, done?: () => void): unknown;
  on?(event: string, listener: (error: Error) => void): unknown;
  off?(event: string, listener: (error: Error) => void): unknown;
}

/**
 * Text on its way to a stream: gathered until the current turn of the event loop ends, so that a
 * thousand lines cost one write. A reader that went away (`| head`) ends the output, not the run.
 */
export class Output {
  readonly #stream: OutputStream;
  #waiting = '';
  #scheduled = false;
  #broken = false;

  constructor(stream: OutputStream) {
    this.#stream = stream;
    stream.on?.('error', () => {
      this.#broken = true;
    });
  }

  write(text: string): void {
    if (this.#broken || text === '') return;
    this.#waiting += text;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.flush());
  }

  flush(): void {
    this.#scheduled = false;
    const text = this.#waiting;
    this.#waiting = '';
    if (text !== '' && !this.#broken) this.#stream.write(text);
  }

  /** Writes what is left and waits until the stream has taken it. */
  close(): Promise<void> {
    this.flush();
    if (this.#broken) return Promise.resolve();
    return new Promise((resolve) => {
      this.#stream.on?.('error', () => resolve());
      this.#stream.write('', () => resolve());
    });
  }
}
