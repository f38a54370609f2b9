import type { Reference, Scope } from '../base/scope.js';
import { isMapping } from '../base/value.js';
import type { Task } from '../playbook/tree.js';

const known = new WeakMap<Task, readonly Reference[]>();

/** Every name that a task's own expressions read: arguments, conditions, loop, name, keywords. */
export function taskReferences(task: Task): readonly Reference[] {
  let references = known.get(task);
  if (!references) known.set(task, (references = [...collect(task), ...bareName(task)]));
  return references;
}

function collect(task: Task): Reference[] {
  const {
    args,
    name,
    keywords,
    loop,
    assertions = [],
    changedWhen = [],
    failedWhen = [],
    until = [],
    retries,
    delay,
    notify,
  } = task;
  const {
    when,
    environment,
    become,
    becomeUser,
    becomeMethod,
    noLog,
    ignoreErrors,
    ignoreUnreachable,
    checkMode,
    diff,
    timeout,
    delegateTo,
  } = keywords;
  const flags = [
    become,
    becomeUser,
    becomeMethod,
    noLog,
    ignoreErrors,
    ignoreUnreachable,
    checkMode,
    diff,
    timeout,
    delegateTo,
  ];
  const single = [args, name, loop?.items, loop?.label, retries, delay, ...flags].filter((each) => each !== undefined);
  return [
    ...single,
    ...when,
    ...environment,
    ...assertions,
    ...changedWhen,
    ...failedWhen,
    ...until,
    ...notify,
  ].flatMap((each) => each.references);
}

const NOTHING: Scope = {
  has: () => false,
  get: (name) => {
    throw new Error(`there is no ${name}`);
  },
};

/** `debug: { var: result.stdout }` names what it reads without braces. */
function bareName({ module, args }: Task): Reference[] {
  if (module !== 'debug' || args.references.length > 0) return [];
  const given = args.render(NOTHING);
  const name = isMapping(given) && typeof given['var'] === 'string' ? given['var'] : '';
  return /^[A-Za-z_]/.test(name) ? [name.split(/[.[]/)] : [];
}
