import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, inject } from 'vitest';
import type { Value } from '../../src/base/value.js';
import type { RunOptions } from '../../src/engine/options.js';
import { run } from '../../src/engine/run.js';
import { parseExtraVars } from '../../src/inventory/extra-vars.js';
import { type HostHandle, labExec, labHost } from '../../src/lab/control.js';
import type { LabState } from '../../src/lab/state.js';
import type { Event, Recap, Reporter, TaskResult } from '../../src/report/event.js';

const { state, skipped } = inject('lab');

/** A suite that needs real hosts: skipped, with the reason told by the set-up, where there can be none. */
export const onLab = describe.skipIf(skipped !== undefined);

/** The lab that the tests share. */
export function theLab(): LabState {
  if (state === undefined) throw new Error(`there is no lab: ${skipped}`);
  return state;
}

export const host = (name: string): HostHandle => labHost(theLab(), name);

/** Runs a shell text on a host as root, apart from SSH; its standard output without the last newline. */
export async function on(name: string, text: string, lab = theLab()): Promise<string> {
  const { code, stdout, stderr } = await labExec(labHost(lab, name), ['sh', '-c', text]);
  if (code !== 0) throw new Error(`${name}: ${text}: status ${code}: ${stderr.trim()} ${stdout.trim()}`);
  return stdout.replace(/\n$/, '');
}

/** Everything that a run said. */
export class Heard implements Reporter {
  readonly events: Event[] = [];
  exitCode = -1;

  on(event: Event): void {
    this.events.push(event);
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
      ({ host, task, result }) => `${host} ${task.name}: ${result.status} ${result.message ?? ''} (${result.hint ?? ''})`,
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
  readonly folder = mkdtempSync(join(tmpdir(), 'hostwright-lab-'));

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  /** Writes a file; returns its absolute path. */
  write(path: string, content: string | Buffer, mode?: number): string {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
    return file;
  }

  /** Options of a run of `playbook` (a path here) on the lab. */
  async options(playbook: string, overrides: Overrides, reporter: Reporter): Promise<RunOptions> {
    const { flags, connection, vars, ...rest } = overrides;
    return {
      playbooks: [join(this.folder, playbook)],
      inventory: [theLab().inventoryFile],
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

/** Waits until something holds; throws with `what` where it does not in time (seconds). */
export async function eventually<T>(what: string, seconds: number, look: () => Promise<T | undefined | false>): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(0.1);
  }
}

export const sleep = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Files and folders under these paths that are newer than the mark file. */
export async function newerThan(name: string, mark: string, folders: string, lab = theLab()): Promise<string[]> {
  const found = await on(name, `find ${folders} -newer ${mark} 2>/dev/null || :`, lab);
  return found === '' ? [] : found.split('\n');
}
