import { didYouMean, nearest } from '../base/nearest.js';
import { isMapping } from '../base/value.js';
import type { Context } from './context.js';
import { BLOCK, FOREIGN, HANDLER, PLAY, unknownKeyword } from './keywords.js';
import { isTemplate, kindOf } from './read.js';
import type { Spot } from './spot.js';

/** What a task does: its module or statement, and where the arguments stand. */
export interface Statement {
  /** Canonical name. */
  readonly module: string;
  /** The key that names it: the module's own, or `action`. */
  readonly key: string;
  readonly given: Spot;
  /** `local_action`. */
  readonly local: boolean;
}

/** Tasks that are no modules: they build the tree, or steer the run. */
export const STATEMENTS = ['include_tasks', 'import_tasks', 'include_role', 'import_role', 'meta'] as const;

/** Modules of Ansible that people type, which go by another name or way here. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['include', 'write import_tasks, or include_tasks'],
  ['import_playbook', 'it stands in the list of plays, not among tasks'],
  ['dnf', 'hosts are Debian or Ubuntu: use apt or package'],
  ['dnf5', 'hosts are Debian or Ubuntu: use apt or package'],
  ['yum', 'hosts are Debian or Ubuntu: use apt or package'],
  ['yum_repository', 'hosts are Debian or Ubuntu: use apt_repository'],
  ['apt_key', 'give the key to apt_repository as signed_by'],
  ['deb822_repository', 'use apt_repository'],
  ['pip', 'use apt, or command'],
  ['raw', 'use command or shell: nothing needs to be on the host for them'],
  ['expect', 'use command with stdin'],
  ['script_template', 'use template and command'],
]);

function isStatement(name: string): boolean {
  return (STATEMENTS as readonly string[]).includes(name);
}

const KEYWORDS: ReadonlySet<string> = new Set([...HANDLER, ...BLOCK, ...PLAY, ...FOREIGN]);

function isKeyword(name: string): boolean {
  return KEYWORDS.has(name) || name.startsWith('with_');
}

/** The names in a task that may be modules: those that are no keyword. */
export function candidates(spot: Spot): string[] {
  return spot.keys().filter((key) => !isKeyword(key));
}

/** The modules that the tasks of a list use (to load them), known or not. */
export function modulesIn(context: Context, items: readonly Spot[]): string[] {
  const { modules } = context.checker;
  const found: string[] = [];
  for (const item of items) {
    if (!isMapping(item.value)) continue;
    const named = [...candidates(item)];
    for (const key of ['action', 'local_action']) if (item.has(key)) named.push(actionOf(item.at(key))?.name ?? '');
    for (const name of named) {
      const module = modules.canonical(name);
      if (modules.has(module)) found.push(module);
    }
  }
  return found;
}

function actionOf(spot: Spot): { name: string; given: Spot } | undefined {
  const { value } = spot;
  if (typeof value === 'string') {
    const [, name, rest] = /^\s*(\S+)\s*(.*)$/s.exec(value) ?? [];
    return name === undefined ? undefined : { name, given: spot.holding(rest === '' ? null : rest!) };
  }
  if (!isMapping(value) || typeof value.module !== 'string') return undefined;
  return { name: value.module, given: spot.without('module') };
}

/** Finds out what a task does; undefined where that cannot be told (the problems are kept). */
export function statementOf(context: Context, spot: Spot): Statement | undefined {
  const { checker } = context;
  const { modules } = checker;
  const exists = (name: string) => modules.has(name) || isStatement(name);
  const found: Statement[] = [];
  const strangers: string[] = [];
  for (const key of candidates(spot)) {
    const module = modules.canonical(key);
    if (exists(module)) found.push({ module, key, given: spot.at(key), local: false });
    else strangers.push(key);
  }
  for (const key of ['action', 'local_action']) {
    if (!spot.has(key)) continue;
    const action = actionOf(spot.at(key));
    const name = action && modules.canonical(action.name);
    if (!action) {
      checker.problem(
        spot.at(key).place,
        `${key} takes a module's name with its arguments, not ${kindOf(spot.at(key).value)}`,
      );
      return undefined;
    }
    if (!exists(name!)) {
      unknownModule(context, spot.at(key), action.name, 'value');
      return undefined;
    }
    found.push({ module: name!, key, given: action.given, local: key === 'local_action' });
  }
  if (found.length > 1) {
    const [first, second] = found;
    checker.problem(
      spot.placeOf([second!.key], 'key'),
      `a task uses one module, this one has ${first!.key} and ${second!.key}`,
      'begin a new task with "- "',
    );
  }
  tellStrangers(context, spot, strangers, found.length > 0);
  if (found.length === 0 && strangers.length === 0) checker.problem(spot.place, 'this task has no module');
  return found[0];
}

/** A module's name without its collection, which the catalogue takes off only where it knows the module. */
function lastWord(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function unknownModule(context: Context, spot: Spot, name: string, part: 'key' | 'value'): void {
  const { checker } = context;
  const place = part === 'key' ? spot.keyPlace : spot.place;
  const short = lastWord(name);
  const instead = INSTEAD.get(short);
  if (instead !== undefined) checker.problem(place, `there is no module "${name}"`, instead);
  else
    checker.problem(place, `unknown module "${name}"`, didYouMean(short, [...checker.modules.names(), ...STATEMENTS]));
}

/** Names that are neither keywords nor modules: told as what they come nearest to. */
function tellStrangers(context: Context, spot: Spot, strangers: readonly string[], hasModule: boolean): void {
  const { checker } = context;
  let missesModule = !hasModule;
  for (const name of strangers) {
    const entry = spot.at(name);
    const { modules } = checker;
    const short = lastWord(name);
    const isModule = INSTEAD.has(short) || nearest(short, [...modules.names(), ...STATEMENTS]) !== undefined;
    const likeKeyword = nearest(name, HANDLER) !== undefined;
    if (missesModule && (isModule || !likeKeyword) && !isTemplate(name)) {
      unknownModule(context, entry, name, 'key');
      missesModule = false;
    } else unknownKeyword(checker, spot, name, HANDLER, 'in a task');
  }
}

/** Tells of keywords that are not in `known`, the module's name and loops aside. */
export function checkTaskKeywords(
  context: Context,
  spot: Spot,
  { key }: Statement,
  known: ReadonlySet<string>,
  where: string,
): void {
  for (const name of spot.keys()) {
    if (name === key || known.has(name) || !isKeyword(name)) continue;
    if (name.startsWith('with_') && known.has('loop')) continue;
    unknownKeyword(context.checker, spot, name, known, where);
  }
}
