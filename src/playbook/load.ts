import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isMapping } from '../base/value.js';
import type { ModuleCatalogue } from './catalogue.js';
import { type Checker, type Compiler, inOrder } from './checker.js';
import { inherit, NOTHING_SAID } from './inherit.js';
import { checkKeywords, IMPORT_PLAYBOOK } from './keywords.js';
import { isFile, Loader } from './loader.js';
import { type AroundPlay, play } from './play.js';
import { isTemplate, kindOf, text } from './read.js';
import type { Spot } from './spot.js';
import type { Play, Playbook } from './tree.js';
import { merged, NO_VARIABLES, variables } from './variables.js';

export interface LoadOptions {
  /** The playbook, absolute or from `cwd`. */
  readonly file: string;
  /** The project: roles are looked for in its roles/, and places are told from it. Absolute. */
  readonly cwd: string;
  readonly compiler: Compiler;
  readonly modules: ModuleCatalogue;
  /** Further folders of roles. */
  readonly roleFolders?: readonly string[];
  /** The text of the playbook, where there is no such file. */
  readonly text?: string;
}

/**
 * Reads a playbook with everything that it brings in, and checks all that can be known without a host.
 * Throws an InputError with every problem of every file.
 */
export async function loadPlaybook({
  file,
  cwd,
  compiler,
  modules,
  roleFolders = [],
  text: given,
}: LoadOptions): Promise<Playbook> {
  const folders = roleFolders.map((folder) => resolve(cwd, folder));
  const loader = new Loader(resolve(cwd), compiler, modules, folders);
  const checker = loader.checker();
  const path = resolve(cwd, file);
  if (given !== undefined) loader.give(path, given);
  const around: AroundPlay = { keywords: NOTHING_SAID, vars: NO_VARIABLES };
  let plays: Play[] = [];
  try {
    plays = await playsOf(loader, checker, path, around, []);
  } catch (error) {
    // Too many tasks end the reading; what was found until there is told all the same.
    checker.keep(error);
  }
  checker.done();
  return { file: loader.shown(path), plays, warnings: inOrder(checker.warnings) };
}

async function playsOf(
  loader: Loader,
  checker: Checker,
  path: string,
  around: AroundPlay,
  chain: readonly string[],
): Promise<Play[]> {
  const top = await loader.read(checker, path);
  if (!top) return [];
  if (!Array.isArray(top.value)) {
    const message =
      top.value === null ? 'this playbook is empty' : `a playbook is a list of plays, this is ${kindOf(top.value)}`;
    const hint =
      isMapping(top.value) && top.has('hosts') ? 'begin the play with "- hosts:"' : 'a play begins with "- hosts: all"';
    checker.problem(top.place, message, hint);
    return [];
  }
  if (top.value.length === 0) checker.problem(top.place, 'this playbook is empty');
  const found: Play[] = [];
  for (const item of top.items()) {
    if (!isMapping(item.value) || item.keys().length === 0) {
      checker.problem(
        item.place,
        isMapping(item.value) || item.value === null
          ? 'this play is empty'
          : `a play is a mapping, this is ${kindOf(item.value)}`,
      );
    } else if (importKey(item) !== undefined) {
      found.push(...(await imported(loader, checker, item, path, around, [...chain, path])));
    } else found.push(await play(loader, checker, item, dirname(path), around));
  }
  return found;
}

function importKey(item: Spot): string | undefined {
  return ['import_playbook', 'ansible.builtin.import_playbook'].find((key) => item.has(key));
}

/** The plays of an imported playbook: conditions and tags of the import add up, its variables win over theirs. */
async function imported(
  loader: Loader,
  checker: Checker,
  item: Spot,
  path: string,
  around: AroundPlay,
  chain: readonly string[],
): Promise<Play[]> {
  const key = importKey(item)!;
  checkKeywords(checker, item, new Set([...IMPORT_PLAYBOOK, key]), 'at import_playbook');
  const spot = item.at(key);
  const name = text(checker, spot, 'import_playbook');
  const vars = item.has('vars') ? variables(checker, item.at('vars'), 'vars') : NO_VARIABLES;
  const inside: AroundPlay = { keywords: inherit(checker, around.keywords, item), vars: merged(vars, around.vars) };
  if (name === undefined || isTemplate(name)) return [];
  const target = isAbsolute(name) ? name : join(dirname(path), name);
  if (!isFile(target)) {
    checker.problem(spot.place, `there is no playbook "${name}"`, `looked for ${loader.shown(target)}`);
    return [];
  }
  if (chain.includes(target)) {
    const shown = [...chain.slice(chain.indexOf(target)), target].map((each) => loader.shown(each)).join(' → ');
    checker.problem(spot.place, `playbooks that import one another: ${shown}`);
    return [];
  }
  return playsOf(loader, checker, target, inside, chain);
}
