import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { InputError, type Problem } from '../base/error.js';
import { loadAll } from '../engine/run.js';
import { loadInventory } from '../inventory/load.js';
import { TemplateCompiler } from '../template/index.js';
import { type InventoryValues, inventorySources } from './flags/inventory.js';

/** One thing to check. */
export interface Subject {
  readonly kind: 'playbook' | 'role' | 'inventory';
  readonly name: string;
  /** Gives warnings; throws InputError. */
  check(): Promise<readonly Problem[]>;
}

type Values = InventoryValues & { readonly rolesPath?: readonly string[] };

/** What a path holds: a playbook is itself, a role's folder the role, any other folder a project. Throws InputError. */
export function subjectsOf(path: string, values: Values): Subject[] {
  const cwd = process.cwd();
  const found = statSync(resolve(cwd, path), { throwIfNoEntry: false });
  if (!found) throw new InputError({ message: `there is no file or folder ${path}` });
  if (found.isFile()) return [playbook(path, values)];
  if (isRole(resolve(cwd, path))) return [role(path, values)];
  const inside = (name: string): string => join(path, name);
  const sources = values.inventory ?? usualInventory(path, cwd);
  return [
    ...yamlFiles(path)
      .filter(looksLikePlaybook)
      .map((file) => playbook(file, values)),
    ...yamlFiles(inside('playbooks')).map((file) => playbook(file, values)),
    ...folders(inside('roles'))
      .filter((each) => isRole(resolve(cwd, each)))
      .map((each) => role(each, values)),
    ...(sources.length > 0 ? [inventory(sources, path, values)] : []),
  ];
}

const usualInventory = (path: string, cwd: string): readonly string[] =>
  inventorySources({}, resolve(cwd, path)).map((source) =>
    existsSync(resolve(cwd, path, source)) ? join(path, source) : source,
  );

function playbook(file: string, { rolesPath }: Values): Subject {
  return { kind: 'playbook', name: file, check: () => check({ playbooks: [file], roleFolders: rolesPath }) };
}

/** A role is checked by a play that does nothing but use it. */
function role(folder: string, { rolesPath = [] }: Values): Subject {
  const file = `${folder} as a play`;
  const text = JSON.stringify([{ hosts: 'all', gather_facts: false, roles: [basename(resolve(folder))] }]);
  const roleFolders = [dirname(resolve(folder)), ...rolesPath];
  return {
    kind: 'role',
    name: folder,
    check: () => check({ playbooks: [file], texts: new Map([[file, text]]), roleFolders }),
  };
}

async function check(work: Omit<Parameters<typeof loadAll>[0], 'cwd'>): Promise<readonly Problem[]> {
  const loaded = await loadAll({ ...work, cwd: process.cwd() }, new TemplateCompiler({ now: new Date() }));
  return loaded.flatMap(({ warnings }) => warnings);
}

function inventory(sources: readonly string[], path: string, { extraVars = [] }: Values): Subject {
  return {
    kind: 'inventory',
    name: sources.join(', '),
    check: async () => {
      const cwd = process.cwd();
      const { parseExtraVars } = await import('../inventory/extra-vars.js');
      const beside = existsSync(resolve(cwd, path, 'playbooks')) ? join(path, 'playbooks') : path;
      const options = { sources, cwd, playbookFolder: beside, extraVars: await parseExtraVars(extraVars, cwd) };
      return (await loadInventory(options)).warnings;
    },
  };
}

const entries = (folder: string) => (existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []);

function yamlFiles(folder: string): string[] {
  const names = entries(folder).filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name));
  return names.map(({ name }) => relative('', join(folder, name))).sort();
}

const folders = (folder: string): string[] =>
  entries(folder)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => relative('', join(folder, name)))
    .sort();

const isRole = (folder: string): boolean =>
  ['tasks', 'handlers', 'meta', 'defaults'].some((part) =>
    ['yml', 'yaml'].some((end) => existsSync(join(folder, part, `main.${end}`))),
  );

/** At the top of a project other YAML files lie about: those that are no playbooks by name are left out. */
const looksLikePlaybook = (file: string): boolean =>
  /^(site|main|playbook.*|.*[-_]playbook)\.ya?ml$/.test(basename(file));
