import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseExtraVars } from '../../../src/inventory/extra-vars.js';
import type { Inventory } from '../../../src/inventory/inventory.js';
import { loadInventory } from '../../../src/inventory/load.js';

export interface Project {
  /** Path → content; content that begins with `#!` is made executable. */
  readonly files: Readonly<Record<string, string>>;
  readonly sources: readonly string[];
  readonly playbookFolder?: string;
  readonly extraVars?: readonly string[];
}

/** Writes the files of a project to a new folder; `remove` deletes it. */
export function write({ files }: Pick<Project, 'files'>): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'hostwright-inventory-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
    if (content.startsWith('#!')) chmodSync(join(folder, name), 0o755);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export async function load(project: Project, folder: string): Promise<Inventory> {
  // Ansible takes the working folder for that of the playbook where nothing else is said.
  const { sources, playbookFolder, extraVars } = project;
  const extra = extraVars && (await parseExtraVars(extraVars, folder));
  return loadInventory({ sources, cwd: folder, playbookFolder: playbookFolder ?? '.', extraVars: extra });
}

/** Loads a project from a folder of its own. */
export async function loadProject(project: Project): Promise<Inventory> {
  const { folder, remove } = write(project);
  try {
    return await load(project, folder);
  } finally {
    remove();
  }
}

/** The arguments of `ansible-inventory` that name the same files. */
export function ansibleArguments({ sources, playbookFolder, extraVars }: Project): string[] {
  return [
    ...sources.flatMap((source) => ['-i', source]),
    ...(playbookFolder === undefined ? [] : ['--playbook-dir', playbookFolder]),
    ...(extraVars ?? []).flatMap((argument) => ['-e', argument]),
  ];
}
