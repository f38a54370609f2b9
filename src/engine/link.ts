import { type Become, openSession } from '../transport/become.js';
import type { Session } from '../transport/session.js';
import type { Connection } from '../transport/shell.js';
import { hostLock } from './lock.js';

/** How a host is reached: opened when first needed. */
export interface LinkOptions {
  readonly host: string;
  /** Seconds that a login, or another user's shell, may take. */
  readonly timeout: number;
  /** Who holds the host while this run works on it; undefined: it is not locked (check mode, ad hoc looks). */
  readonly holder: string | undefined;
  connect(): Promise<Connection>;
  onConnected(seconds: number): void;
}

/** Seconds between signs of life on an idle session. */
const HEARTBEAT = 20;

/**
 * The way to one host: one connection, one persistent shell per user, opened when needed and opened
 * again after a loss. Holds the host's lock as long as a session is open.
 */
export class Link {
  readonly #options: LinkOptions;
  #connection: Promise<Connection> | undefined;
  readonly #sessions = new Map<string, Promise<Session>>();
  readonly #becomes = new Map<string, Become | undefined>();
  #heartbeat: NodeJS.Timeout | undefined;
  #busy = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get host(): string {
    return this.#options.host;
  }

  /** The session of a user, ready for a batch. Throws UnreachableError. */
  async session(become: Become | undefined): Promise<Session> {
    const key = become ? `${become.method} ${become.user}` : '';
    let opening = this.#sessions.get(key);
    if (
      opening &&
      !(await opening.then(
        (session) => session.usable,
        () => false,
      ))
    )
      opening = undefined;
    if (!opening) {
      opening = this.#open(become);
      this.#sessions.set(key, opening);
      this.#becomes.set(key, become);
    }
    return opening;
  }

  /** Works on the host alone: batches of whoever delegates to it wait, and no sign of life is sent meanwhile. */
  during<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      this.#busy = true;
      try {
        return await work();
      } finally {
        this.#busy = false;
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Has the shells at work begin nothing after the action they are at: told through a shell beside each. */
  async stop(): Promise<void> {
    const { timeout } = this.#options;
    if (!this.#busy) return;
    for (const [key, opening] of this.#sessions) {
      const session = await opening.catch(() => undefined);
      if (!session || session.idle || session.pid === undefined || !this.#connection) continue;
      const beside = await openSession(await this.#connection, this.#becomes.get(key), timeout);
      try {
        await beside.exchange([{ text: `kill -USR1 ${session.pid}`, guarded: false, streams: false }], { timeout });
      } finally {
        beside.close();
      }
    }
  }

  /** Closes everything; the next use connects anew. */
  close(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
    for (const session of this.#sessions.values())
      session.then(
        (open) => open.close(),
        () => {},
      );
    this.#sessions.clear();
    this.#connection?.then(
      (open) => open.close(),
      () => {},
    );
    this.#connection = undefined;
  }

  async #open(become: Become | undefined): Promise<Session> {
    const { holder, timeout } = this.#options;
    const session = await openSession(
      await this.#connect(),
      become,
      timeout,
      holder === undefined ? undefined : hostLock(holder),
    );
    this.#heartbeat ??= setInterval(() => void this.#beat(), HEARTBEAT * 1000).unref();
    return session;
  }

  #connect(): Promise<Connection> {
    if (!this.#connection) {
      const started = performance.now();
      this.#connection = this.#options.connect();
      this.#connection.then(
        () => this.#options.onConnected((performance.now() - started) / 1000),
        () => {
          this.#connection = undefined;
        },
      );
    }
    return this.#connection;
  }

  /** A word to every idle session: the lock stays fresh, and a dead link is noticed. */
  async #beat(): Promise<void> {
    if (this.#busy) return;
    await this.during(async () => this.#sign());
  }

  async #sign(): Promise<void> {
    for (const opening of this.#sessions.values()) {
      const session = await opening.catch(() => undefined);
      if (session?.idle)
        await session.exchange([{ text: ':', guarded: false, streams: false }], { timeout: 60 }).catch(() => {});
    }
  }
}
