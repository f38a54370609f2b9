import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { formatProblem, InputError, type Problem } from '../../../src/base/error.js';
import { didYouMean } from '../../../src/base/nearest.js';
import { isMapping } from '../../../src/base/value.js';
import type { ModuleCatalogue } from '../../../src/playbook/catalogue.js';
import { loadPlaybook } from '../../../src/playbook/index.js';
import type { Node, Play, Playbook, Task } from '../../../src/playbook/tree.js';
import { TemplateCompiler } from '../../../src/template/index.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const MODULES: Readonly<Record<string, { free?: string; names?: readonly string[]; required?: string }>> = {
  apt: { names: ['name', 'state'] },
  assert: { names: ['that', 'fail_msg'] },
  command: { free: 'cmd', names: ['cmd', 'creates', 'removes', 'chdir', 'stdin'] },
  copy: { names: ['src', 'dest', 'content', 'mode'], required: 'dest' },
  debug: { names: ['msg', 'var'] },
  file: { names: ['path', 'state', 'mode', 'owner'], required: 'path' },
  include_vars: { free: 'file', names: ['file', 'dir', 'name'] },
  ping: {},
  set_fact: {},
  shell: { free: 'cmd', names: ['cmd', 'creates', 'chdir', 'executable'] },
  ...Object.fromEntries(['lineinfile', 'group', 'user', 'cron', 'systemd'].map((name) => [name, {}])),
};

/** A small catalogue, so that this room is tested without the modules. */
export const catalogue: ModuleCatalogue = {
  has: (name) => Object.hasOwn(MODULES, name),
  names: () => Object.keys(MODULES),
  canonical: (name) => name.replace(/^(ansible\.builtin|ansible\.posix|community\.[a-z]+)\./, ''),
  freeForm: (name) => MODULES[name]?.free,
  check(name, args, placeOf) {
    const { names, required } = MODULES[name]!;
    if (!isMapping(args)) return [];
    const problems: Problem[] = [];
    for (const each of Object.keys(args)) {
      if (!names || names.includes(each)) continue;
      problems.push({
        message: `unknown argument "${each}"`,
        place: placeOf([each], 'key'),
        hint: didYouMean(each, names),
      });
    }
    if (required !== undefined && args[required] === undefined)
      problems.push({ message: `"${required}" is required`, place: placeOf([]) });
    return problems;
  },
};

export type Files = Readonly<Record<string, string>>;

/** Writes files into a new folder; paths say their folders. */
export function project(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'playbook-'));
  folders.push(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Loads site.yml of a new project; a string is its content. */
export function load(files: Files | string, file = 'site.yml', roleFolders: readonly string[] = []): Promise<Playbook> {
  const cwd = project(typeof files === 'string' ? { [file]: files } : files);
  return loadPlaybook({ file, cwd, compiler: new TemplateCompiler(), modules: catalogue, roleFolders });
}

/** What is wrong with a project, one line a problem. */
export async function problemsOf(files: Files | string, file?: string): Promise<string[]> {
  try {
    await load(files, file);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(formatProblem);
  }
}

/** A playbook with one play for all hosts; `text` is indented below `tasks:`. */
export function tasks(text: string): string {
  return `- hosts: all\n  tasks:\n${text.replace(/^(?=.)/gm, '    ')}\n`;
}

/** Every task of a play's main section, blocks opened. */
export function flat(nodes: readonly Node[]): Task[] {
  return nodes.flatMap((node) =>
    node.kind === 'block' ? flat([...node.body, ...node.rescue, ...node.always]) : node.kind === 'task' ? [node] : [],
  );
}

export async function oneTask(text: string): Promise<Task> {
  const playbook = await load(tasks(text));
  return flat(playbook.plays[0]!.sections[1]!)[0]!;
}

export async function onePlay(files: Files | string): Promise<Play> {
  return (await load(files)).plays[0]!;
}

/** No variable is defined. */
export const nothing = {
  has: () => false,
  get: (name: string): never => {
    throw new Error(name);
  },
};
