import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Values } from '../../src/base/value.js';
import type { Event, Status } from '../../src/report/event.js';
import type { Heard, Overrides, Project } from '../support/project.js';
import type { RandomTask } from './tasks.js';

/** Everything below a folder: what it is, its mode, its bytes or target. With `times`, when it was last modified. */
export function lookAt(root: string, times = false): string[] {
  const seen: string[] = [];
  const walk = (path: string): void => {
    const file = join(root, path);
    const stat = lstatSync(file);
    const when = times ? ` ${stat.mtimeMs}` : '';
    const mode = (stat.mode & 0o7777).toString(8);
    if (stat.isSymbolicLink()) seen.push(`${path} -> ${readlinkSync(file).replaceAll(root, 'ROOT')}${when}`);
    else if (stat.isDirectory()) {
      seen.push(`${path}/ ${mode}${when}`);
      for (const name of readdirSync(file).sort()) walk(join(path, name));
    } else seen.push(`${path} ${mode} ${JSON.stringify(readFileSync(file, 'latin1'))}${when}`);
  };
  walk('');
  return seen;
}

/** The tasks as a play for the one host there is; `from` numbers their names, `vars` are the play's. */
export function playOf(tasks: readonly RandomTask[], from: number, vars: Values): string {
  const list = tasks.map(({ module, args, keywords }, i) => ({
    name: `task ${from + i}`,
    [module]: args,
    ignore_errors: true,
    ...keywords,
  }));
  return JSON.stringify([{ hosts: 'all', gather_facts: false, vars, tasks: list }]);
}

/** What the tasks came to, in order: `task 3: changed`. */
export function statuses({ events }: Heard): string[] {
  return events
    .filter((event): event is Extract<Event, { type: 'task-result' }> => event.type === 'task-result')
    .map(({ task, result }) => `${task.name}: ${result.status}${result.ignored ? ' (ignored)' : ''}`);
}

export const statusOf = (line: string): Status => line.split(': ')[1]!.split(' ')[0] as Status;

let count = 0;

/** A scratch folder for one run of a property. */
export class World {
  readonly root: string;
  readonly #project: Project;

  constructor(project: Project) {
    this.#project = project;
    this.root = join(project.folder, `world-${++count}`);
    mkdirSync(this.root);
  }

  /** Files that the tasks bring to the host. */
  static prepare(project: Project): void {
    project.write('files/plain', 'plain\n');
    project.write('files/executable', '#!/bin/sh\n', 0o755);
    project.write('files/tree/one', '1\n');
    project.write('files/tree/below/two', '2\n');
    project.write('templates/one.hbs', 'one {{ word }}\n');
    project.write('templates/two.hbs', 'two\n');
    project.write('templates/last.hbs', '{{ last.changed }} {{ word }}\n');
  }

  /** All tasks in one run. */
  together(tasks: readonly RandomTask[], overrides: Overrides = {}): Promise<Heard> {
    return this.#run(tasks, 0, {}, overrides);
  }

  /** Each task in a run of its own, what it registered handed on to the next as the play's variables. */
  async apart(tasks: readonly RandomTask[]): Promise<{ statuses: string[]; told: string }> {
    const all: string[] = [];
    const told: string[] = [];
    let vars: Values = {};
    for (const [i, task] of tasks.entries()) {
      const heard = await this.#run([task], i, vars);
      all.push(...statuses(heard));
      told.push(heard.told());
      const [result] = heard.of('task-result');
      if (result && task.keywords['register']) vars = { ...vars, last: { changed: false, ...result.result.values } };
      if (task.module === 'set_fact' && result?.result.status === 'ok')
        vars = { ...vars, word: (result.result.values['ansible_facts'] as Values)['word']! };
    }
    return { statuses: all, told: told.join('\n') };
  }

  #run(tasks: readonly RandomTask[], from: number, vars: Values, overrides: Overrides = {}): Promise<Heard> {
    const start = { last: { changed: false, failed: false }, word: 'word', root: this.root };
    return this.#project.run(playOf(tasks, from, { ...start, ...vars }), overrides);
  }

  remove(): void {
    if (existsSync(this.root)) rmSync(this.root, { recursive: true, force: true });
  }
}
