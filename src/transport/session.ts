import { randomBytes } from 'node:crypto';
import type { Writable } from 'node:stream';
import { UnreachableError } from '../base/error.js';
import { Capture } from './capture.js';
import { FrameReader, type Marker } from './frames.js';
import { sessionLibrary } from './library.js';
import type { Shell, ShellEnd } from './shell.js';

/** Bytes for a step's stdin: in memory, or read from a file of this machine while they are sent. */
export type Payload = Buffer | { readonly size: number; open(): AsyncIterable<Buffer> };

/** One thing for the host to do in a batch. */
export interface Step {
  /** POSIX sh; its status is the status of its last command. */
  readonly text: string;
  /** A guarded step is passed over once an earlier guarded step of the batch has failed. */
  readonly guarded: boolean;
  /** Runs a program through hw_exec: stdout and stderr come apart, and live. */
  readonly streams: boolean;
  /** What the text reads with `hw_recv`, in order. */
  readonly payload?: Payload;
  /** Shell functions that the text needs, by name; sent once a session. */
  readonly library?: ReadonlyMap<string, string>;
  /** Bytes of each output kept; default 1 MiB. */
  readonly keep?: number;
}

/** What became of a step. */
export interface StepResult {
  /** Exit status, or undefined where the step was passed over. */
  readonly status: number | undefined;
  readonly stdout: Buffer;
  /** Empty unless the step streams: others have both in stdout. */
  readonly stderr: Buffer;
  readonly truncated: boolean;
}

export interface ExchangeOptions {
  /** Seconds until the host counts as dead. */
  readonly timeout: number;
  readonly onStep?: (index: number, result: StepResult) => void;
  readonly onOutput?: (index: number, stream: 'stdout' | 'stderr', data: Buffer) => void;
}

const KEEP = 1024 * 1024;
/** Seconds that a finished program's output may be held open by something it left running. */
const LINGER = 2;
const SKIPPED = 999;

/** A step under way: each output is complete on its own, stderr only where the step streams. */
interface Progress {
  readonly stdout: Capture;
  readonly stderr: Capture;
  outEnded: boolean;
  errEnded: boolean;
  /** From the end marker; the `x` marker of a program comes before it. */
  status?: number;
}

interface Running {
  readonly steps: readonly Step[];
  readonly options: ExchangeOptions;
  readonly results: StepResult[];
  readonly progress: Progress[];
  /** Where each output stands: it runs ahead of the other. */
  outIndex: number;
  errIndex: number;
  linger?: NodeJS.Timeout;
  timer?: NodeJS.Timeout;
  resolve(results: StepResult[]): void;
  reject(error: Error): void;
}

/**
 * The persistent shell of one (host, user): batches of steps go in, framed results come out.
 *
 *   idle ──exchange──► running ──last marker──► idle
 *   running ──shell ends, time is up──► dead          dead: every exchange throws
 *   running ──program ended, output still held──► abandoned (the caller opens a new session)
 */
export class Session {
  readonly #shell: Shell;
  readonly #nonce = `\x1e${randomBytes(16).toString('hex')}`;
  readonly #sent = new Set<string>();
  #greeted = false;
  #running: Running | undefined;
  #dead: UnreachableError | undefined;
  #noise = new Capture(8192);
  #answered = false;
  roundTrips = 0;
  bytesSent = 0;
  bytesReceived = 0;

  readonly #refusal: ((said: string) => UnreachableError) | undefined;

  /** @param refusal makes the error of a shell that ends before it answered anything */
  constructor(shell: Shell, refusal?: (said: string) => UnreachableError) {
    this.#shell = shell;
    this.#refusal = refusal;
    const out = new FrameReader(
      this.#nonce,
      (data) => this.#data('stdout', data),
      (marker) => this.#marker('stdout', marker),
    );
    const err = new FrameReader(
      this.#nonce,
      (data) => this.#data('stderr', data),
      (marker) => this.#marker('stderr', marker),
    );
    shell.stdout.on('data', (chunk: Buffer) => {
      this.bytesReceived += chunk.length;
      out.push(chunk);
    });
    shell.stderr.on('data', (chunk: Buffer) => {
      this.bytesReceived += chunk.length;
      err.push(chunk);
    });
    shell.stdin.on('error', () => {}); // the end of the shell tells more
    void shell.ended.then((end) => this.#ended(end));
  }

  /** False once the session cannot be used any more. */
  get usable(): boolean {
    return this.#dead === undefined;
  }

  /**
   * Sends the steps in one batch and waits for all of them.
   * After a step whose program left something running that holds its output, the session is not `usable`
   * any more and later steps of the batch count as passed over.
   * @throws UnreachableError when the host dies, is silent too long or does not keep to the protocol
   */
  async exchange(steps: readonly Step[], options: ExchangeOptions): Promise<StepResult[]> {
    if (this.#dead) throw this.#dead;
    if (this.#running) throw new Error('a session runs one batch at a time');
    if (steps.length === 0) return [];
    this.roundTrips++;
    const done = new Promise<StepResult[]>((resolve, reject) => {
      this.#running = {
        steps,
        options,
        results: [],
        progress: steps.map((step) => ({
          stdout: new Capture(step.keep ?? KEEP),
          stderr: new Capture(step.keep ?? KEEP),
          outEnded: false,
          errEnded: !step.streams,
        })),
        outIndex: 0,
        errIndex: steps.findIndex((step) => step.streams),
        resolve,
        reject,
      };
      this.#running.timer = setTimeout(
        () => this.#fail('timeout', `no answer within ${options.timeout} s`, 'raise the task\'s "timeout", or look at what the host is doing'),
        options.timeout * 1000,
      );
    });
    done.catch(() => {}); // awaited below, after the sending that may fail first
    await this.#send(steps);
    return done;
  }

  /** Ends the shell; programs it started go on to their end. */
  close(): void {
    this.#dead ??= new UnreachableError('lost', 'the session was closed');
    this.#shell.close();
  }

  async #send(steps: readonly Step[]): Promise<void> {
    const seal = randomBytes(8).toString('hex');
    const parts: string[] = [];
    if (!this.#greeted) parts.push(sessionLibrary(this.#nonce));
    this.#greeted = true;
    for (const step of steps) {
      for (const [name, text] of step.library ?? []) {
        if (this.#sent.has(name)) continue;
        this.#sent.add(name);
        parts.push(text);
      }
    }
    parts.push('hw_failed=\n');
    steps.forEach((step, index) => {
      parts.push(stepText(step, index));
    });
    parts.push(`#${seal}`);
    const text = Buffer.from(parts.join(''), 'utf8');
    const batch = Buffer.concat([Buffer.from(`${text.length} ${seal}\n`), text]);
    await this.#write(batch);
    for (const { payload } of steps) {
      if (payload === undefined) continue;
      if (Buffer.isBuffer(payload)) await this.#write(payload);
      else for await (const chunk of payload.open()) await this.#write(chunk);
    }
  }

  async #write(data: Buffer): Promise<void> {
    this.bytesSent += data.length;
    const stdin: Writable = this.#shell.stdin;
    if (this.#dead || stdin.write(data)) return;
    await Promise.race([new Promise((resolve) => stdin.once('drain', resolve)), this.#shell.ended]);
  }

  #data(stream: 'stdout' | 'stderr', data: Buffer): void {
    const running = this.#running;
    const index = running ? (stream === 'stdout' ? running.outIndex : running.errIndex) : -1;
    const step = running?.steps[index];
    if (!running || !step) {
      this.#noise.push(data);
      return;
    }
    running.progress[index]![stream].push(data);
    if (step.streams) running.options.onOutput?.(index, stream, data);
    else if (running.progress[index]!.stdout.truncated) {
      this.#fail('protocol', `the host sent more than ${step.keep ?? KEEP} bytes for an answer`, 'is a profile of its shell printing?');
    }
  }

  #marker(stream: 'stdout' | 'stderr', marker: Marker): void {
    const running = this.#running;
    this.#answered = true;
    if (!running) return;
    if (marker.kind === 'x') {
      if (running.progress[running.outIndex]) running.progress[running.outIndex]!.status = marker.first;
      running.linger = setTimeout(() => this.#abandon(running), LINGER * 1000);
      return;
    }
    const index = stream === 'stdout' ? running.outIndex : running.errIndex;
    const progress = running.progress[index];
    if (marker.first !== index || !progress) {
      this.#fail('protocol', `the host answered step ${marker.first} where ${index} was expected`);
      return;
    }
    progress.status ??= marker.second;
    if (stream === 'stdout') {
      progress.outEnded = true;
      running.outIndex++;
    } else {
      progress.errEnded = true;
      running.errIndex = running.steps.findIndex((step, at) => at > index && step.streams);
    }
    if (progress.outEnded && progress.errEnded) clearTimeout(running.linger);
    this.#settle(running);
  }

  /** Hands on every step whose outputs are complete, in order. */
  #settle(running: Running): void {
    for (;;) {
      const index = running.results.length;
      const progress = running.progress[index];
      if (!progress) break;
      if (!progress.outEnded || !progress.errEnded) return;
      const result: StepResult = {
        status: progress.status === SKIPPED ? undefined : progress.status,
        stdout: progress.stdout.bytes(),
        stderr: progress.stderr.bytes(),
        truncated: progress.stdout.truncated || progress.stderr.truncated,
      };
      running.results.push(result);
      running.options.onStep?.(index, result);
    }
    clearTimeout(running.timer);
    this.#running = undefined;
    running.resolve(running.results);
  }

  /** The program has ended but its output is held: take its status, leave this shell to whoever holds it. */
  #abandon(running: Running): void {
    if (this.#running !== running) return;
    this.#dead = new UnreachableError('lost', 'the session was left to a program that runs on');
    running.progress.forEach((progress, index) => {
      if (index > running.outIndex) progress.status = SKIPPED;
      progress.outEnded = true;
      progress.errEnded = true;
    });
    this.#settle(running);
    this.#shell.close();
  }

  #ended(end: ShellEnd): void {
    const noise = this.#noise.bytes().toString('utf8').trim();
    if (this.#refusal && !this.#answered && !end.lost) this.#dead ??= this.#refusal(noise || end.reason);
    const said = noise === '' ? '' : `; it said: ${noise.slice(-500)}`;
    this.#fail('lost', `${end.reason}${said}`);
  }

  #fail(reason: 'lost' | 'timeout' | 'protocol', message: string, hint?: string): void {
    this.#dead ??= new UnreachableError(reason, message, hint);
    const running = this.#running;
    this.#running = undefined;
    if (running) {
      clearTimeout(running.timer);
      clearTimeout(running.linger);
      running.reject(this.#dead);
    }
    this.#shell.close();
  }
}

/** The text of a step with its marker; a guarded one runs only while nothing guarded has failed. */
function stepText(step: Step, index: number): string {
  const end = step.streams ? 'hw_fin' : 'hw_end';
  if (!step.guarded) return `{\n${step.text}\n}\n${end} ${index} $?\n`;
  const size = step.payload === undefined ? 0 : Buffer.isBuffer(step.payload) ? step.payload.length : step.payload.size;
  const merge = step.streams ? '' : ' 2>&1';
  return (
    `if [ -z "$hw_failed" ]; then\n{\n${step.text}\n}${merge} || hw_failed=$?\n${end} ${index} \${hw_failed:-0}\n` +
    `else\nhw_drop ${size}\n${end} ${index} ${SKIPPED}\nfi\n`
  );
}
