import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { InputError, type Problem } from '../base/error.js';
import { readBytes } from '../base/file.js';
import { isMapping } from '../base/value.js';
import { decode } from '../base/yaml/text.js';
import { readYaml } from '../base/yaml.js';
import { parseAddress } from './address.js';
import { readIni } from './ini.js';
import type { Report, Tree } from './tree.js';
import { readYamlSource } from './yaml-source.js';

const IGNORED =
  /^\.|^(?:host_vars|group_vars|vars_plugins)$|(?:\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|ini|cfg|retry)|~)$/;
const YAML_EXTENSIONS = new Set(['.yml', '.yaml', '.json']);

/** What reading the sources collects. */
export interface Reading {
  readonly tree: Tree;
  readonly cwd: string;
  readonly report: Report;
  readonly warn: Report;
  readonly problems: Problem[];
}

/** Says whether a source is the text of a host list (`web1,` or `a,b`) and not a path. */
export function isHostList(source: string, cwd: string): boolean {
  return source.includes(',') && !existsSync(resolve(cwd, source));
}

/** Reads one `-i` into the tree: a host list, a file, an executable, or a folder of these. */
export async function readSource(source: string, reading: Reading): Promise<void> {
  if (isHostList(source, reading.cwd)) return readHostList(source, reading);
  const path = resolve(reading.cwd, source);
  const state = statSync(path, { throwIfNoEntry: false });
  if (!state) {
    const hint = `a host that is no file is written with a comma: -i ${source},`;
    reading.report('there is no such inventory', { file: source, line: 0, col: 0 }, hint);
  } else if (state.isDirectory()) await readFolder(path, source, reading);
  else await readFile(path, source, reading);
}

function readHostList(source: string, { tree }: Reading): void {
  tree.source = { name: source, folder: undefined };
  for (const written of source.split(',')) {
    const text = written.trim();
    const address = text.includes('[') && !text.startsWith('[') ? undefined : parseAddress(text);
    const name = address?.host ?? text;
    const place = { file: `-i ${source}`, line: 0, col: 0 };
    if (text !== '' && !tree.hosts.has(name)) tree.host(name, tree.ungrouped, address?.port, place);
  }
}

async function readFolder(path: string, shown: string, reading: Reading): Promise<void> {
  const names = readdirSync(path).filter((name) => !IGNORED.test(name));
  if (names.length === 0) {
    const hint = 'files ending in .ini, .cfg, .txt or .md are skipped in a folder, as Ansible does';
    reading.warn('this folder holds no inventory', { file: shown, line: 0, col: 0 }, hint);
  }
  for (const name of names.sort(byCodePoint)) await readSource(join(shown, name), reading);
}

/** Python's order of texts. */
export function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function readFile(path: string, shown: string, reading: Reading): Promise<void> {
  reading.tree.source = { name: path, folder: dirname(path) };
  try {
    if (isProgram(path, shown)) {
      const { readScript } = await import('./script.js');
      return await readScript(path, shown, reading.tree, reading.report);
    }
    await readText(readBytes(path, shown), shown, reading);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    reading.problems.push(...error.problems);
  }
}

/** A file is run where it is executable and begins like a program; a mere x bit does not make one. */
function isProgram(path: string, shown: string): boolean {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return false;
  }
  const start = readBytes(path, shown).subarray(0, 4).toString('latin1');
  return start.startsWith('#!') || start === '\x7fELF';
}

async function readText(bytes: Buffer, shown: string, { tree, report, warn }: Reading): Promise<void> {
  const extension = extname(shown);
  const text = decode(bytes, shown);
  if (text.startsWith('$ANSIBLE_VAULT;')) {
    return report('inventories encrypted with Ansible Vault cannot be read yet', { file: shown, line: 1, col: 1 });
  }
  const first = /^(?![ \t]*[#;])[ \t]*(\S.*)$/m.exec(text)?.[1] ?? '';
  const perhapsYaml = extension === '' && !first.startsWith('[') && /^---|:(?:\s|$)|^\{/.test(first);
  if (!YAML_EXTENSIONS.has(extension) && !perhapsYaml) return readIni(text, shown, tree, report);
  const document = await readYaml(text, shown);
  const root = document.value();
  if (isMapping(root)) return readYamlSource(document, root, tree, report, warn);
  if (root === null) return warn('this inventory is empty', { file: shown, line: 0, col: 0 });
  report('a YAML inventory is a mapping of groups', document.placeOf([]), 'start with "all:" and "hosts:" below it');
}
