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
  /** Seconds until the host counts as dead: for the whole batch, or for each step after the one before it. */
  readonly timeout: number | ((index: number) => number);
  readonly onStep?: (index: number, result: StepResult) => void;
  readonly onOutput?: (index: number, stream: 'stdout' | 'stderr', data: Buffer) => void;
}

/** Keeps other runs off the host for as long as the session's shell lives. */
export interface SessionLock {
  /** Takes the lock; prints its holder and fails where another run has it. */
  readonly take: string;
  /** Run with every later batch: a sign of life. */
  readonly renew: string;
  refused(said: string): UnreachableError;
}

export interface SessionOptions {
  /** Makes the error of a shell that ends before it answered anything. */
  readonly refusal?: (said: string) => UnreachableError;
  readonly lock?: SessionLock;
  /** Seconds that the shell may take to answer for the first time, where it is locked; default 60. */
  readonly patience?: number;
  /** The shell has a terminal: both outputs come on stdout. */
  readonly merged?: boolean;
}

const KEEP = 1024 * 1024;
const SKIPPED = 999;

/** A step under way: each output is complete on its own, stderr only where the step streams. */
interface Progress {
  readonly stdout: Capture;
  readonly stderr: Capture;
  outEnded: boolean;
  errEnded: boolean;
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
  timer?: NodeJS.Timeout;
  resolve(results: StepResult[]): void;
  reject(error: Error): void;
}

/**
 * The persistent shell of one (host, user): batches of steps go in, framed results come out.
 *
 *   idle ──exchange──► running ──last marker──► idle
 *   running ──shell ends, time is up──► dead          dead: every exchange throws
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
  /** Process id of the shell on the host, once it holds its lock. */
  pid: number | undefined;
  roundTrips = 0;
  bytesSent = 0;
  bytesReceived = 0;

  readonly #options: SessionOptions;

  constructor(shell: Shell, options: SessionOptions = {}) {
    this.#shell = shell;
    this.#options = options;
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

  /** True where a batch could be sent now. */
  get idle(): boolean {
    return this.usable && this.#running === undefined;
  }

  /**
   * Sends the steps in one batch and waits for all of them.
   * @throws UnreachableError when the host dies, is silent too long or does not keep to the protocol
   */
  async exchange(steps: readonly Step[], options: ExchangeOptions): Promise<StepResult[]> {
    const { lock, patience = 60 } = this.#options;
    if (!lock || this.#greeted) return this.#exchange(steps, options);
    const { timeout } = options;
    const take: Step = {
      text: `${lock.take}\nhw_lock || { hw_end 0 1; exit 0; }\nprintf %s $$`,
      guarded: false,
      streams: false,
    };
    const [, ...results] = await this.#exchange([take, ...steps], {
      timeout: typeof timeout === 'number' ? timeout : (index) => (index === 0 ? patience : timeout(index - 1)),
      onStep: (index, result) => {
        if (index > 0) options.onStep?.(index - 1, result);
        else if (result.status !== 0) this.#die(lock.refused(result.stdout.toString('utf8').trim()));
        else this.pid = Number(result.stdout.toString('utf8')) || undefined;
      },
      onOutput: (index, stream, data) => options.onOutput?.(index - 1, stream, data),
    });
    return results;
  }

  async #exchange(steps: readonly Step[], options: ExchangeOptions): Promise<StepResult[]> {
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
          errEnded: !step.streams || this.#options.merged === true,
        })),
        outIndex: 0,
        errIndex: steps.findIndex((step) => step.streams),
        resolve,
        reject,
      };
      this.#arm(this.#running);
    });
    // Whichever fails first: a shell that does not read would keep the sending waiting behind its time limit.
    await Promise.race([this.#send(steps), done]);
    return done;
  }

  /** Sets the time limit: of the whole batch, or of the step that is next. */
  #arm(running: Running): void {
    const { timeout } = running.options;
    if (typeof timeout === 'number' && running.timer) return;
    clearTimeout(running.timer);
    const seconds = typeof timeout === 'number' ? timeout : timeout(running.results.length);
    const late = (): void =>
      this.#fail(
        'timeout',
        `no answer within ${seconds} s`,
        'raise the task\'s "timeout", or look at what the host is doing',
      );
    running.timer = setTimeout(late, seconds * 1000);
  }

  /** Ends the shell; programs it started go on to their end. */
  close(): void {
    this.#dead ??= new UnreachableError('lost', 'the session was closed');
    this.#shell.close();
  }

  async #send(steps: readonly Step[]): Promise<void> {
    const seal = randomBytes(8).toString('hex');
    const parts: string[] = [];
    if (!this.#greeted) {
      parts.push(sessionLibrary(this.#nonce));
      if (this.#options.merged) parts.push('hw_fin() {\n  hw_end "$1" "$2"\n}\n');
    } else if (this.#options.lock) parts.push(`${this.#options.lock.renew}\n`);
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
      else if (payload.size > 0) await this.#sendFile(payload);
    }
  }

  /** The host waits for as many bytes as it was told of: a file that has fewer now can only end the session. */
  async #sendFile({ size, open }: Exclude<Payload, Buffer>): Promise<void> {
    let sent = 0;
    try {
      for await (const chunk of open()) {
        if (this.#dead) return;
        sent += chunk.length;
        await this.#write(chunk);
      }
    } catch (error) {
      return this.#fail(
        'lost',
        `a file of this machine cannot be read: ${(error as Error).message}`,
        'leave it alone while it is being sent',
      );
    }
    if (sent !== size)
      this.#fail(
        'lost',
        `a file of this machine has ${sent} bytes where it had ${size}`,
        'leave it alone while it is being sent',
      );
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
    const output = running.progress[index]![stream];
    output.push(data);
    // A later step cannot print while the first is not even answered.
    if (!this.#answered && index > 0 && output.truncated)
      return this.#fail('protocol', `the host printed more than ${KEEP} bytes before it answered anything`);
    if (step.streams) running.options.onOutput?.(index, stream, data);
    else if (running.progress[index]!.stdout.truncated) {
      this.#fail(
        'protocol',
        `the host sent more than ${step.keep ?? KEEP} bytes for an answer`,
        'is a profile of its shell printing?',
      );
    }
  }

  #marker(stream: 'stdout' | 'stderr', marker: Marker): void {
    const running = this.#running;
    this.#answered = true;
    if (!running) return;
    const index = stream === 'stdout' ? running.outIndex : running.errIndex;
    const progress = running.progress[index];
    if (marker.index !== index || !progress) {
      this.#fail('protocol', `the host answered step ${marker.index} where ${index} was expected`);
      return;
    }
    progress.status ??= marker.status;
    if (stream === 'stdout') {
      progress.outEnded = true;
      running.outIndex++;
    } else {
      progress.errEnded = true;
      running.errIndex = running.steps.findIndex((step, at) => at > index && step.streams);
    }
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
      if (this.#running !== running) return;
      if (running.results.length < running.steps.length) this.#arm(running);
    }
    clearTimeout(running.timer);
    this.#running = undefined;
    running.resolve(running.results);
  }

  #ended(end: ShellEnd): void {
    const noise = this.#heard();
    if (this.#options.refusal && !this.#answered && !end.lost)
      this.#dead ??= this.#options.refusal(noise || end.reason);
    const said = noise === '' ? '' : `; it said: ${noise.slice(-500)}`;
    this.#fail('lost', `${end.reason}${said}`);
  }

  /** What was said outside of any answer; before the first answer everything is: a refusal, not a step's output. */
  #heard(): string {
    const early = this.#answered
      ? []
      : (this.#running?.progress ?? []).flatMap(({ stderr, stdout }) => [stderr.bytes(), stdout.bytes()]);
    return Buffer.concat([this.#noise.bytes(), ...early])
      .toString('utf8')
      .trim();
  }

  #fail(reason: 'lost' | 'timeout' | 'protocol', message: string, hint?: string): void {
    this.#die(new UnreachableError(reason, message, hint));
  }

  #die(error: UnreachableError): void {
    this.#dead ??= error;
    const running = this.#running;
    this.#running = undefined;
    if (running) {
      clearTimeout(running.timer);
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
    `if [ -z "$hw_failed$hw_stopped" ]; then\n{\n${step.text}\n}${merge} || hw_failed=$?\n${end} ${index} \${hw_failed:-0}\n` +
    `else\nhw_drop ${size}\n${end} ${index} ${SKIPPED}\nfi\n`
  );
}
