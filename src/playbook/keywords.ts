import { didYouMean } from '../base/nearest.js';
import type { Checker } from './checker.js';
import type { Spot } from './spot.js';

/** Keywords that play, role, block and task share: the nearest one said wins, `tags` add up. */
const COMMON = [
  ...['any_errors_fatal', 'become', 'become_method', 'become_user', 'check_mode', 'connection', 'diff', 'environment'],
  ...['ignore_errors', 'ignore_unreachable', 'name', 'no_log', 'port', 'remote_user', 'run_once', 'tags', 'throttle'],
  ...['timeout', 'vars'],
];
const LOOP = ['loop', 'loop_control'];

const words = (...lists: readonly (readonly string[])[]): ReadonlySet<string> => new Set(lists.flat());

// Its own come first: of two near names the first is suggested.
const OF_PLAYS = [
  ...['hosts', 'gather_facts', 'vars_files', 'vars_prompt', 'pre_tasks', 'roles', 'tasks', 'post_tasks', 'handlers'],
  ...['serial', 'strategy', 'max_fail_percentage', 'force_handlers', 'order'],
];
export const PLAY = words(OF_PLAYS, COMMON);
export const IMPORT_PLAYBOOK = words(['import_playbook', 'name', 'vars', 'when', 'tags']);
export const ROLE_USE = words(COMMON, ['role', 'when', 'delegate_to']);
export const BLOCK = words(COMMON, ['block', 'rescue', 'always', 'when', 'delegate_to', 'notify']);
/** Keywords of a task, the module's name aside. */
export const TASK = words(COMMON, LOOP, [
  ...['action', 'local_action', 'args', 'changed_when', 'delay', 'delegate_to', 'failed_when', 'notify', 'register'],
  ...['retries', 'until', 'when'],
]);
export const HANDLER = words([...TASK], ['listen']);
/** An import passes every keyword on to what it brings in, as a block does. */
export const IMPORT = words(COMMON, ['args', 'when', 'delegate_to']);
/** An include keeps its keywords: `apply` is for those of what it brings in. */
export const INCLUDE = words(LOOP, [
  'args',
  'ignore_errors',
  'name',
  'no_log',
  'run_once',
  'tags',
  'timeout',
  'vars',
  'when',
]);
export const META = words(['name', 'tags', 'when', 'vars', 'ignore_errors', 'ignore_unreachable']);

/** Keywords of Ansible that are known here but do nothing: why, or what to write. */
const HARMLESS: ReadonlyMap<string, string> = new Map([
  ['collections', 'modules are found by their short names without it'],
  ['debugger', 'there is no debugger; --step asks before each task'],
  ['gather_subset', 'only those facts that the play reads are gathered'],
  ['gather_timeout', 'only those facts that the play reads are gathered'],
]);
const MISSING: ReadonlyMap<string, string> = new Map([
  ['async', 'leave it out: a task may take as long as it needs, "timeout: SECONDS" bounds it'],
  ['poll', 'leave it out: a task may take as long as it needs, "timeout: SECONDS" bounds it'],
  ['module_defaults', 'write the arguments at the tasks, or share them with a YAML anchor: <<: *defaults'],
  ['fact_path', 'read the files with slurp or command, and set_fact'],
  ['delegate_facts', 'gather the facts of the other host in a play for it'],
  ['become_exe', 'use become_method: sudo, su or doas, found in the PATH of the host'],
  ['become_flags', 'use become_method and become_user'],
  ['validate_argspec', 'role arguments are always checked against meta/argument_specs.yml'],
]);

/**
 * Tells of a keyword that is not in `known`: what it is called here, or that it does nothing.
 * @param where for the message, e.g. `in a task`
 */
export function unknownKeyword(
  checker: Checker,
  spot: Spot,
  name: string,
  known: Iterable<string>,
  where: string,
): void {
  const place = spot.placeOf([name], 'key');
  const harmless = HARMLESS.get(name);
  const missing = MISSING.get(name);
  if (harmless !== undefined) checker.warning(place, `the keyword "${name}" has no effect`, harmless);
  else if (missing !== undefined) checker.problem(place, `the keyword "${name}" is not available`, missing);
  else if (TASK.has(name) || BLOCK.has(name) || PLAY.has(name) || name === 'listen')
    misplaced(checker, spot, name, where);
  else checker.problem(place, `unknown keyword "${name}" ${where}`, didYouMean(name, known));
}

/** Keywords of Ansible that are not available, or do nothing. */
export const FOREIGN: ReadonlySet<string> = new Set([...HARMLESS.keys(), ...MISSING.keys()]);

function misplaced(checker: Checker, spot: Spot, name: string, where: string): void {
  checker.problem(
    spot.placeOf([name], 'key'),
    `the keyword "${name}" has no meaning ${where}`,
    whereItBelongs(name, where),
  );
}

function whereItBelongs(name: string, where: string): string | undefined {
  if (name === 'listen') return 'only handlers listen';
  if (name === 'rescue' || name === 'always') return 'it belongs to a block: put "block:" with tasks beside it';
  if (where === 'in a play' && TASK.has(name)) return 'write it at the tasks, or at a block around them';
  if (where === 'at an include' && IMPORT.has(name)) {
    return `an include does not pass it on: write "apply: {${name}: ...}" below it, or import instead`;
  }
  return where === 'at an include' ? 'write it at the tasks of the file' : undefined;
}

/** Tells of every name in a mapping that is not in `known`. */
export function checkKeywords(checker: Checker, spot: Spot, known: ReadonlySet<string>, where: string): void {
  for (const name of spot.keys()) if (!known.has(name)) unknownKeyword(checker, spot, name, known, where);
}
