import { existsSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { InputError } from '../base/error.js';
import { readYaml, readYamlFile, type YamlDocument } from '../base/yaml.js';
import type { ModuleCatalogue } from './catalogue.js';
import { Checker, type Compiler } from './checker.js';
import { Spot } from './spot.js';

/** More tasks than any playbook has: includes that bring in one another many times end here. */
const MOST_TASKS = 50_000;

/** What holds for a whole run: the files read so far, and the numbers given out. */
export class Loader {
  readonly #documents = new Map<string, Promise<YamlDocument>>();
  readonly #loadedModules = new Set<string>();
  #lastId = 0;

  constructor(
    readonly cwd: string,
    readonly compiler: Compiler,
    readonly modules: ModuleCatalogue,
    readonly roleFolders: readonly string[],
  ) {}

  checker(): Checker {
    return new Checker(this.compiler, this.modules);
  }

  /** The next task's id. Throws an InputError where there are far too many. */
  nextId(spot: Spot): number {
    if (this.#lastId >= MOST_TASKS) {
      throw new InputError({
        message: `there are more than ${MOST_TASKS} tasks`,
        place: spot.place,
        hint: 'do includes bring in one another?',
      });
    }
    return ++this.#lastId;
  }

  /** A path as messages show it: relative where it lies in the project. */
  shown(path: string): string {
    const short = relative(this.cwd, path);
    return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
  }

  /** From now on the file is said to hold this text. */
  give(path: string, text: string): void {
    this.#documents.set(path, readYaml(text, this.shown(path)));
  }

  /** The top of a YAML file, read once a run; undefined where it cannot be read (the problems are kept). */
  async read(checker: Checker, path: string): Promise<Spot | undefined> {
    const reading = this.#documents.get(path) ?? readYamlFile(path, this.shown(path));
    this.#documents.set(path, reading);
    try {
      const document = await reading;
      for (const notice of document.notices) {
        if (notice.kind === 'base60' || notice.kind === 'big-integer') checker.warnings.push(notice);
      }
      return new Spot(document, document.value());
    } catch (error) {
      checker.keep(error);
      return undefined;
    }
  }

  /** Has the catalogue load the modules of these names that it has not loaded yet. */
  async loadModules(names: readonly string[]): Promise<void> {
    const fresh = names.filter((name) => !this.#loadedModules.has(name));
    if (fresh.length === 0) return;
    for (const name of fresh) this.#loadedModules.add(name);
    await this.modules.load?.([...new Set(fresh)]);
  }
}

/** Says whether a path is a file (not a folder). */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Says whether a path is a folder. */
export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

/**
 * The files that `main` means in a folder of a role: `main`, with `.yml`, `.yaml` or nothing behind it, or every
 * YAML file of a folder called so, by name. A name that says its ending is taken as it is.
 */
export function roleFiles(folder: string, name: string): string[] {
  const path = join(folder, name);
  for (const candidate of [`${path}.yml`, `${path}.yaml`, path]) if (isFile(candidate)) return [candidate];
  if (!isFolder(path)) return [];
  const found = readdirSync(path)
    .filter((each) => /\.ya?ml$/.test(each))
    .sort();
  return found.map((each) => join(path, each));
}
