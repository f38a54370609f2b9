import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Bytes } from '../actions/action.js';
import { TaskError } from '../base/error.js';
import type { LocalFiles } from '../modules/module.js';

/** Files up to this size are kept in memory; larger ones are read again while they are sent. */
const IN_MEMORY = 4 * 1024 * 1024;

/** The controller's files, read at most once a run. */
export class LocalFolders {
  readonly #bytes = new Map<string, Bytes>();
  readonly #views = new Map<string, LocalFiles>();
  readonly #playbookFolder: string;

  constructor(playbookFolder: string) {
    this.#playbookFolder = playbookFolder;
  }

  /** The files as a task of this role (or of no role), written in this file, finds them. */
  in(roleFolder: string | undefined, taskFile: string): LocalFiles {
    const folders = [...(roleFolder === undefined ? [] : [roleFolder]), dirname(taskFile), this.#playbookFolder];
    const key = folders.join('\0');
    let view = this.#views.get(key);
    if (!view) {
      view = {
        find: (name, kind) => find(name, kind, folders),
        bytes: (path) => this.#read(path),
        mode: (path) => statSync(path).mode & 0o7777,
        list: (path) => list(path),
        isDirectory: (path) => statSync(path).isDirectory(),
      };
      this.#views.set(key, view);
    }
    return view;
  }

  #read(path: string): Bytes {
    let bytes = this.#bytes.get(path);
    if (!bytes) {
      try {
        const { size } = statSync(path);
        bytes = size <= IN_MEMORY ? readFileSync(path) : { path, size, digest: digest(path) };
      } catch (error) {
        throw new TaskError(`the file ${path} cannot be read: ${(error as Error).message}`);
      }
      this.#bytes.set(path, bytes);
    }
    return bytes;
  }
}

/** Ansible's order: in each folder first in its `files/` or `templates/`, then in the folder itself. */
function find(name: string, kind: 'files' | 'templates' | 'vars', folders: readonly string[]): string {
  const places = isAbsolute(name)
    ? [name]
    : folders.flatMap((folder) => [join(folder, kind, name), join(folder, name)]);
  const found = places.find((place) => existsSync(place));
  if (found === undefined)
    throw new TaskError(`the file "${name}" was not found`, `looked for: ${[...new Set(places)].join(', ')}`);
  return found;
}

function list(root: string): string[] {
  const entries: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = join(folder, entry.name);
      const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && statSync(join(root, path)).isDirectory());
      entries.push(isFolder ? `${path}/` : path);
      if (isFolder) walk(path);
    }
  };
  walk('');
  return entries;
}

function digest(path: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(1024 * 1024);
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) hash.update(chunk.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}
