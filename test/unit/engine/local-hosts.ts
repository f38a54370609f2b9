import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { Project } from '../../support/project.js';

/**
 * A project whose hosts are all this machine, through shells of its own: no root, no network, no lock (the
 * hosts are the same one, and so are those of other test files: their PATH has no flock).
 */
export function localProject(names: readonly string[]): Project {
  const folder = mkdtempSync(join(tmpdir(), 'hostwright-local-'));
  const inventory = join(folder, 'inventory.yml');
  const hosts = names.map((name) => `    ${name}:`).join('\n');
  writeFileSync(inventory, `all:\n  vars:\n    ansible_connection: local\n  hosts:\n${hosts}\n`);
  const path = process.env.PATH;
  beforeAll(() => {
    for (const from of ['/bin', '/usr/bin'])
      for (const name of readdirSync(from)) link(join(from, name), join(folder, name));
    process.env.PATH = folder;
  });
  afterAll(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  });
  return new Project(inventory);
}

function link(target: string, path: string): void {
  if (path.endsWith('/flock')) return;
  try {
    symlinkSync(target, path);
  } catch {
    // Both folders have it.
  }
}
