import { type Dirent, readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { InputError, type Problem } from '../base/error.js';
import { fileReason, readBytes } from '../base/file.js';
import { readYaml } from '../base/yaml.js';
import { yamlDefinitions } from './definitions.js';
import type { Definition } from './inventory.js';
import { byCodePoint } from './sources.js';

const EXTENSIONS = ['', '.yml', '.yaml', '.json'];
const DEEPEST = 20;

type Definitions = ReadonlyMap<string, Definition>;

/** A file or folder of a listing, links followed; undefined: a link to nothing. */
function kindOf(path: string, entry: Dirent): 'file' | 'folder' | undefined {
  if (entry.isDirectory()) return 'folder';
  if (!entry.isSymbolicLink()) return 'file';
  const state = statSync(path, { throwIfNoEntry: false });
  return state?.isDirectory() ? 'folder' : state && 'file';
}

/** A `group_vars` or `host_vars` folder: listed once, its files read when their group or host is asked for. */
export class VariableFolder {
  private readonly kinds = new Map<string, 'file' | 'folder'>();
  private readonly used = new Set<string>();

  constructor(
    private readonly path: string,
    private readonly shown: string,
    private readonly files: VariableFiles,
  ) {
    for (const entry of list(path)) {
      const kind = kindOf(join(path, entry.name), entry);
      if (kind) this.kinds.set(entry.name, kind);
    }
  }

  /** The layers of a group or host: the first of NAME, NAME.yml, NAME.yaml and NAME.json; a folder gives one a file. */
  async layers(name: string): Promise<Definitions[]> {
    if (this.kinds.size === 0) return [];
    const found = EXTENSIONS.map((extension) => name + extension).find((file) => this.kinds.has(file));
    if (found === undefined) return [];
    this.used.add(found);
    const [path, shown] = [join(this.path, found), join(this.shown, found)];
    const inside = this.kinds.get(found) === 'folder' ? variableFiles(path, shown) : [{ path, shown }];
    const layers: Definitions[] = [];
    for (const file of inside) {
      const definitions = await this.files.read(file.path, file.shown);
      if (definitions.size > 0) layers.push(definitions);
    }
    return layers;
  }

  /** Entries that no group or host asked for: their names without extension, and how they are shown. */
  unused(): { name: string; shown: string }[] {
    const left = [...this.kinds.keys()].filter((file) => !this.used.has(file) && !/^\.|~$/.test(file));
    return left.flatMap((file) => {
      const extension = extname(file);
      const known = extension !== '' && EXTENSIONS.includes(extension);
      return [{ name: known ? file.slice(0, -extension.length) : file, shown: join(this.shown, file) }];
    });
  }
}

function list(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new InputError({
      message: `cannot list this folder: ${fileReason(error)}`,
      place: { file: path, line: 0, col: 0 },
    });
  }
}

/** The files of a folder of variables and of its subfolders, in order of their names. */
function variableFiles(path: string, shown: string, depth = 0): { path: string; shown: string }[] {
  if (depth > DEEPEST) return [];
  const entries = list(path)
    .filter(({ name }) => !name.startsWith('.') && !name.endsWith('~'))
    .sort((a, b) => byCodePoint(a.name, b.name));
  return entries.flatMap((entry) => {
    const [inner, innerShown] = [join(path, entry.name), join(shown, entry.name)];
    const kind = kindOf(inner, entry);
    const extension = extname(entry.name);
    if (kind === 'folder') return extension === '' ? variableFiles(inner, innerShown, depth + 1) : [];
    return kind === 'file' && EXTENSIONS.includes(extension) ? [{ path: inner, shown: innerShown }] : [];
  });
}

/** Files of variables, each read once. Mistakes are collected, so that all files are told of. */
export class VariableFiles {
  private readonly known = new Map<string, Definitions>();
  constructor(private readonly problems: Problem[]) {}

  async read(path: string, shown: string): Promise<Definitions> {
    let definitions = this.known.get(path);
    if (!definitions) {
      definitions = await this.load(path, shown);
      this.known.set(path, definitions);
    }
    return definitions;
  }

  private async load(path: string, shown: string): Promise<Definitions> {
    try {
      return await readVariables(path, shown);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.problems.push(...error.problems);
      return new Map();
    }
  }
}

/** The variables of a YAML or JSON file, a mapping. Throws InputError. */
export async function readVariables(path: string, shown: string): Promise<Definitions> {
  const bytes = readBytes(path, shown);
  if (bytes.subarray(0, 15).toString('latin1') === '$ANSIBLE_VAULT;') {
    const message = 'files encrypted with Ansible Vault cannot be read yet';
    throw new InputError({ message, place: { file: shown, line: 1, col: 1 } });
  }
  const document = await readYaml(bytes, shown);
  const definitions = yamlDefinitions(document);
  if (definitions) return definitions;
  throw new InputError({ message: 'a file of variables is a mapping: name: value', place: document.placeOf([]) });
}
