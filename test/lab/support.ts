import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { describe, inject } from 'vitest';
import { type HostHandle, labExec, labHost } from '../../src/lab/control.js';
import type { LabState } from '../../src/lab/state.js';
import { Project } from '../support/project.js';

export { Heard, type Overrides, Project } from '../support/project.js';

const { state, skipped, build } = inject('lab');

/** A suite that needs real hosts: skipped, with the reason told by the set-up, where there can be none. */
export const onLab = describe.skipIf(skipped !== undefined);

/** The lab that the tests share. */
export function theLab(): LabState {
  if (state === undefined) throw new Error(`there is no lab: ${skipped}`);
  return state;
}

/** A temporary project whose runs use the lab's inventory. */
export const labProject = (): Project => new Project(state?.inventoryFile ?? '');

export const host = (name: string): HostHandle => labHost(theLab(), name);

/** Runs a shell text on a host as root, apart from SSH; its standard output without the last newline. */
export async function on(name: string, text: string, lab = theLab()): Promise<string> {
  const { code, stdout, stderr } = await labExec(labHost(lab, name), ['sh', '-c', text]);
  if (code !== 0) throw new Error(`${name}: ${text}: status ${code}: ${stderr.trim()} ${stdout.trim()}`);
  return stdout.replace(/\n$/, '');
}

/** Waits until something holds; throws with `what` where it does not in time (seconds). */
export async function eventually<T>(
  what: string,
  seconds: number,
  look: () => Promise<T | undefined | false>,
): Promise<T> {
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

/** A run in a process of its own. */
export class Controller {
  readonly #child: ChildProcessByStdio<null, Readable, null>;
  readonly #lines: Record<string, unknown>[] = [];
  /** Its exit status; undefined where it was killed. */
  readonly ended: Promise<number | undefined>;

  /** @param playbook an absolute path */
  constructor(playbook: string, limit: string, vars: object = {}, inventory = theLab().inventoryFile) {
    const script = join(import.meta.dirname, 'controller.mjs');
    const args = [script, build!, playbook, inventory, limit, JSON.stringify(vars)];
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: this.#child.stdout });
    lines.on('line', (line) => this.#lines.push(JSON.parse(line) as Record<string, unknown>));
    this.ended = Promise.all([once(this.#child, 'exit'), once(lines, 'close')]).then(
      ([[code]]) => (code as number | null) ?? undefined,
    );
  }

  /** Waits until it has told an event of this type. Throws where it ends before. */
  async heard(type: string): Promise<Record<string, unknown>> {
    let over = false;
    void this.ended.then(() => {
      over = true;
    });
    for (;;) {
      const found = this.#lines.find((line) => line.type === type);
      if (found) return found;
      if (over) throw new Error(`the controller ended before "${type}"; it said ${JSON.stringify(this.#lines)}`);
      await sleep(0.01);
    }
  }

  get lines(): readonly Record<string, unknown>[] {
    return this.#lines;
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}

/** A misbehaving SSH server in a process of its own, so that what it wastes is not ours. */
export async function misbehavingServer(options: object): Promise<{ port: number; hostKey: string; close(): void }> {
  const script = join(import.meta.dirname, 'misbehaving-server.mjs');
  const child = spawn(process.execPath, ['--max-old-space-size=200', script, build!, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  return { ...(JSON.parse(line) as { port: number; hostKey: string }), close: () => void child.kill('SIGKILL') };
}
