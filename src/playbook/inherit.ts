import { isMapping } from '../base/value.js';
import type { Compiled } from '../template/template.js';
import type { Checker } from './checker.js';
import { conditions } from './conditions.js';
import {
  compiledFlag,
  compiledNumber,
  compiledText,
  flag,
  isTemplate,
  list,
  names,
  number,
  oneOf,
  text,
  wrongType,
} from './read.js';
import type { Spot } from './spot.js';
import type { Keywords } from './tree.js';

type Mutable = { -readonly [K in keyof Keywords]: Keywords[K] };
type Reader = (checker: Checker, spot: Spot, into: Mutable) => void;

/** What holds where nothing is said. */
export const NOTHING_SAID: Keywords = Object.freeze({ when: [], tags: [], environment: [] });

const CONNECTIONS = ['ssh', 'local', 'smart', 'paramiko', 'paramiko_ssh', 'openssh'] as const;
const SELECTORS = ['all', 'tagged', 'untagged'];
const METHODS = ['sudo', 'su', 'doas'] as const;

/** Tags of a task's own; those that select others are no names for one. */
function tags(checker: Checker, spot: Spot): string[] {
  const found = names(checker, spot, 'tags');
  for (const tag of found) {
    if (SELECTORS.includes(tag))
      checker.warning(spot.place, `the tag "${tag}" selects other tags on the command line`, 'use another name');
  }
  return found;
}

function environment(checker: Checker, spot: Spot): Compiled[] {
  const found: Compiled[] = [];
  for (const item of list(spot)) {
    if (isTemplate(item.value)) found.push(checker.compile(item));
    else if (!isMapping(item.value)) wrongType(checker, item, 'environment', 'a mapping of names to values');
    else {
      for (const name of item.keys()) {
        if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
          checker.problem(item.placeOf([name], 'key'), `"${name}" cannot be the name of an environment variable`);
        }
        const value = item.at(name);
        if (typeof value.value === 'object') wrongType(checker, value, `${name} in environment`, 'text');
      }
      found.push(checker.compile(item));
    }
  }
  return found;
}

/** How each keyword is read; `when` and `tags` and `environment` add to what is around. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['when', (c, s, k) => (k.when = [...k.when, ...conditions(c, s, 'when')])],
  ['tags', (c, s, k) => (k.tags = [...new Set([...k.tags, ...tags(c, s)])])],
  ['environment', (c, s, k) => (k.environment = [...k.environment, ...environment(c, s)])],
  ['become', (c, s, k) => (k.become = compiledFlag(c, s, 'become'))],
  ['become_user', (c, s, k) => (k.becomeUser = compiledText(c, s, 'become_user'))],
  ['become_method', (c, s, k) => (k.becomeMethod = method(c, s))],
  ['remote_user', (c, s, k) => (k.remoteUser = compiledText(c, s, 'remote_user'))],
  ['connection', (c, s, k) => (k.connection = connection(c, s))],
  ['port', (c, s, k) => (k.port = compiledNumber(c, s, 'port'))],
  ['no_log', (c, s, k) => (k.noLog = compiledFlag(c, s, 'no_log'))],
  ['ignore_errors', (c, s, k) => (k.ignoreErrors = compiledFlag(c, s, 'ignore_errors'))],
  ['ignore_unreachable', (c, s, k) => (k.ignoreUnreachable = compiledFlag(c, s, 'ignore_unreachable'))],
  ['check_mode', (c, s, k) => (k.checkMode = compiledFlag(c, s, 'check_mode'))],
  ['diff', (c, s, k) => (k.diff = compiledFlag(c, s, 'diff'))],
  ['any_errors_fatal', (c, s, k) => (k.anyErrorsFatal = flag(c, s, 'any_errors_fatal'))],
  ['throttle', (c, s, k) => (k.throttle = number(c, s, 'throttle', 0, true))],
  ['timeout', (c, s, k) => (k.timeout = compiledNumber(c, s, 'timeout'))],
  ['run_once', (c, s, k) => (k.runOnce = flag(c, s, 'run_once'))],
  ['delegate_to', (c, s, k) => (k.delegateTo = compiledText(c, s, 'delegate_to'))],
]);

function method(checker: Checker, spot: Spot): Compiled | undefined {
  if (isTemplate(spot.value)) return checker.compile(spot);
  const found = oneOf(checker, spot, 'become_method', METHODS);
  return found && checker.compile(spot, found);
}

function connection(checker: Checker, spot: Spot): string | undefined {
  const value = text(checker, spot, 'connection')?.replace(/^ansible\.(builtin|legacy)\./, '');
  if (value === undefined) return undefined;
  const found = oneOf(checker, spot.holding(value), 'connection', CONNECTIONS);
  return found === 'local' ? found : found && 'ssh';
}

/**
 * The keywords that hold in `spot` (a play, a role's use, a block or a task) with `around` around it. The very
 * object `around` where the mapping says nothing of its own: most tasks share one.
 */
export function inherit(checker: Checker, around: Keywords, spot: Spot): Keywords {
  let own: Mutable | undefined;
  for (const name of spot.keys()) {
    const read = READERS.get(name);
    if (!read) continue;
    own ??= { ...around };
    read(checker, spot.at(name), own);
  }
  return own ?? around;
}
