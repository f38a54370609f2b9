import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import type { Value } from '../../src/base/value.js';
import type { RunOptions } from '../../src/engine/options.js';
import { run } from '../../src/engine/run.js';
import { parseExtraVars } from '../../src/inventory/extra-vars.js';
import type { Event, Recap, Reporter, TaskResult } from '../../src/report/event.js';

/** Everything that a run said. */
export class Heard implements Reporter {
  readonly events: Event[] = [];
  exitCode = -1;
  readonly #begun = performance.now();
  #outputs = 0;
  /** Seconds from the beginning until each host was done. */
  readonly done = new Map<string, number>();

  on(event: Event): void {
    if (event.type !== 'task-output' || this.#outputs++ < 1000) this.events.push(event);
    if (event.type === 'host-end') this.done.set(event.host, (performance.now() - this.#begun) / 1000);
  }

  async close(): Promise<void> {}

  of<T extends Event['type']>(type: T): Extract<Event, { type: T }>[] {
    return this.events.filter((event): event is Extract<Event, { type: T }> => event.type === type);
  }

  /** The result of a task by its name; throws where it was not reported exactly once on that host. */
  result(task: string, onHost?: string): TaskResult {
    const found = this.results(task, onHost);
    if (found.length !== 1) throw new Error(`"${task}" was reported ${found.length} times; heard: ${this.told()}`);
    return found[0]!;
  }

  results(task: string, onHost?: string): TaskResult[] {
    return this.of('task-result')
      .filter((event) => event.task.name === task && (onHost === undefined || event.host === onHost))
      .map(({ result }) => result);
  }

  /** `host: task` of every task that changed (or would), sorted. */
  changed(): string[] {
    return this.of('task-result')
      .filter(({ result }) => result.status === 'changed')
      .map((event) => `${event.host}: ${event.task.name}`)
      .sort();
  }

  /** Names of tasks in the order in which they were reported on a host, with their statuses: `name=ok`. */
  order(onHost: string): string[] {
    return this.of('task-result')
      .filter((event) => event.host === onHost)
      .map(({ task, result }) => `${task.name}=${result.status}`);
  }

  get recap(): ReadonlyMap<string, Recap> {
    return this.of('run-end')[0]!.recap;
  }

  /** Round trips made to a host. */
  roundTrips(onHost: string): number {
    return this.of('round-trip').filter((event) => event.host === onHost).length;
  }

  /** What went wrong, for the message of a failing expectation. */
  told(): string {
    const lines = this.of('task-result').map(
      ({ host, task, result }) =>
        `${host} ${task.name}: ${result.status} ${result.message ?? ''} (${result.hint ?? ''})`,
    );
    return [...lines, ...this.of('warning').map(({ text }) => `warning: ${text}`)].join('\n');
  }
}

export type Overrides = Partial<Omit<RunOptions, 'flags' | 'connection' | 'extraVars'>> & {
  readonly flags?: Partial<RunOptions['flags']>;
  readonly connection?: Partial<RunOptions['connection']>;
  /** As given with -e. */
  readonly vars?: Readonly<Record<string, Value>>;
};

/** A temporary project folder with playbooks, removed after the file's tests. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'hostwright-test-'));
  readonly #inventory: string;

  /** @param inventory what its runs use unless told otherwise */
  constructor(inventory: string) {
    this.#inventory = inventory;
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  /** Writes a file; returns its absolute path. */
  write(path: string, content: string | Buffer, mode?: number): string {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
    return file;
  }

  /** Options of a run of `playbook` (a path here). */
  async options(playbook: string, overrides: Overrides, reporter: Reporter): Promise<RunOptions> {
    const { flags, connection, vars, ...rest } = overrides;
    return {
      playbooks: [join(this.folder, playbook)],
      inventory: [this.#inventory],
      cwd: this.folder,
      tags: [],
      skipTags: [],
      forks: 50,
      connectionStarts: 10,
      failOnChange: false,
      forceHandlers: false,
      verbosity: 0,
      reporter,
      extraVars: await parseExtraVars(vars === undefined ? [] : [JSON.stringify(vars)]),
      ...rest,
      flags: { check: false, diff: false, become: false, becomeUser: 'root', becomeMethod: 'sudo', ...flags },
      connection: { timeout: 20, acceptNewHostKeys: false, cwd: this.folder, ...connection },
    };
  }

  /** Runs a playbook that is in the folder already. */
  async runFile(playbook: string, overrides: Overrides = {}): Promise<Heard> {
    const heard = new Heard();
    const { exitCode } = await run(await this.options(playbook, overrides, heard));
    heard.exitCode = exitCode;
    return heard;
  }

  /** Writes and runs a playbook. */
  async run(text: string, overrides: Overrides = {}): Promise<Heard> {
    this.write('play.yml', text);
    return this.runFile('play.yml', overrides);
  }

  /** Says what a run of the playbook would change. */
  check(text: string, overrides: Overrides = {}): Promise<Heard> {
    return this.run(text, { ...overrides, flags: { ...overrides.flags, check: true } });
  }
}
