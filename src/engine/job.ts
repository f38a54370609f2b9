import { formatProblem, TaskError } from '../base/error.js';
import { isMapping, type Value, type Values } from '../base/value.js';
import { checkArguments } from '../modules/check-arguments.js';
import type { Change, ControllerEffect, Outcome } from '../modules/module.js';
import { moduleNamed } from '../modules/registry.js';
import type { Loop, Task } from '../playbook/tree.js';
import type { Diff, Status, TaskLabel } from '../report/event.js';
import type { Compiled } from '../template/index.js';
import type { Cursor } from './cursor.js';
import { type Effective, effective, type Flags } from './effective.js';
import { OMIT, type TaskScope } from './variables.js';

/** What an item of a job came to. */
export interface ItemResult {
  readonly status: Status;
  readonly message?: string;
  readonly hint?: string;
  readonly values: Values;
  readonly diff: readonly Diff[];
  readonly controller: readonly ControllerEffect[];
}

/** One use of a task's module: the whole task, or one item of its loop. */
export interface Item {
  readonly scope: TaskScope;
  /** How the item is shown; undefined where the task has no loop. */
  readonly label?: string;
  readonly value?: Value;
  /** Undefined where `when` says no. */
  readonly args: Values | undefined;
  /** The host that does it in place of the task's own. */
  delegatedTo?: string;
  change?: Change;
  readonly outcomes: Outcome[];
  /** Actions of the change that are on their way. */
  awaited: number;
  /** Answers that must not be older than the task have been forgotten. */
  refreshed?: boolean;
  attempt: number;
  result?: ItemResult;
}

/** A task on one host, on its way from being rendered to being reported. */
export interface Job {
  readonly task: Task;
  readonly label: TaskLabel;
  readonly effective: Effective;
  readonly items: readonly Item[];
  /** Where the play stood: at this task. */
  cursor: Cursor;
  /** The item to plan next. */
  next: number;
  readonly looped: boolean;
  /** Seconds that the host has worked on it. */
  seconds: number;
}

/** Arguments of constant tasks are checked once for all hosts. */
const checkedConstants = new WeakMap<object, Values>();

/**
 * Renders a task for a host: keywords, `when`, loop, arguments.
 * @throws TaskError, TemplateError, InputError, Unanswered (a fact is needed), Unknowable
 */
export function makeJob(task: Task, scope: TaskScope, flags: Flags, cursor: Cursor): Job {
  const items = task.loop ? loopItems(task, task.loop, scope) : [makeItem(task, scope)];
  return {
    task,
    label: labelOf(task, scope, cursor.inHandlers),
    effective: effective(task.keywords, items[0]?.scope ?? scope, flags),
    items,
    cursor,
    next: 0,
    looped: task.loop !== undefined,
    seconds: 0,
  };
}

type Labelled = Pick<Task, 'id' | 'name' | 'place' | 'lexical'> & { readonly module?: string };

/** Labels whose name is a constant are the same for every host. */
const constantLabels = new WeakMap<Labelled, TaskLabel>();

/** How a task is shown. A name that cannot be rendered yet is shown as the module's. */
export function labelOf(task: Labelled, scope: TaskScope, handler: boolean): TaskLabel {
  const known = constantLabels.get(task);
  if (known?.handler === handler) return known;
  const module = task.module ?? 'include';
  let name = module;
  try {
    if (task.name) name = String(task.name.render(scope));
  } catch {
    name = module;
  }
  const role = task.lexical.role?.name;
  const label = { id: task.id, name, module, place: task.place, ...(role === undefined ? {} : { role }), handler };
  if (task.name === undefined || task.name.references.length === 0) constantLabels.set(task, label);
  return label;
}

/** What a loop goes over: a list, or the pairs of a mapping as `{key, value}`. Throws TaskError. */
export function loopList(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  if (isMapping(value)) return Object.entries(value).map(([key, each]) => ({ key, value: each }));
  throw new TaskError('loop must be a list or a mapping', 'a single item is written in brackets: loop: [item]');
}

function loopItems(task: Task, loop: Loop, scope: TaskScope): Item[] {
  const list = loopList(loop.items.render(scope));
  return list.map((value, index) => {
    const locals = new Map<string, Value>([[loop.loopVar, value]]);
    if (loop.indexVar !== undefined) locals.set(loop.indexVar, index);
    if (loop.extended) locals.set('ansible_loop', extended(list, index));
    const inner = scope.with(locals);
    const shown = loop.label === undefined ? value : loop.label.render(inner);
    return { ...makeItem(task, inner), label: typeof shown === 'string' ? shown : JSON.stringify(shown), value };
  });
}

function extended(list: readonly Value[], index: number): Values {
  const { length } = list;
  return {
    index: index + 1,
    index0: index,
    revindex: length - index,
    revindex0: length - index - 1,
    first: index === 0,
    last: index === length - 1,
    length,
    allitems: [...list],
    ...(index > 0 ? { previtem: list[index - 1]! } : {}),
    ...(index < length - 1 ? { nextitem: list[index + 1]! } : {}),
  };
}

function makeItem(task: Task, scope: TaskScope): Item {
  const refused = task.keywords.when.find((condition) => !condition.test(scope));
  return {
    scope,
    args: refused ? undefined : argumentsOf(task, scope),
    ...(refused ? { result: skipped(`when: ${refused.source}`) } : {}),
    outcomes: [],
    awaited: 0,
    attempt: 1,
  };
}

function skipped(message: string): ItemResult {
  return {
    status: 'skipped',
    message,
    values: { changed: false, skipped: true, skip_reason: message },
    diff: [],
    controller: [],
  };
}

function argumentsOf(task: Task, scope: TaskScope): Values {
  const raw = task.args.render(scope);
  const constant = task.args.references.length === 0 && isMapping(raw) ? raw : undefined;
  const known = constant && checkedConstants.get(constant);
  if (known) return known;
  const { values, problems } = checkArguments(moduleNamed(task.module), without(raw));
  if (problems.length > 0) {
    const [first, ...more] = problems.map(({ name, message, hint }) => ({
      message,
      hint,
      place: task.argPlace(name.split(/[.[]/)[0]!),
    }));
    throw new TaskError(
      [first!, ...more].map(formatProblem).join('; '),
      'the arguments after their templates were rendered',
    );
  }
  if (constant) checkedConstants.set(constant, values);
  return values;
}

/** The arguments without those that are to be left out. */
function without(raw: Value): Value {
  if (!isMapping(raw)) return raw;
  const entries = Object.entries(raw).filter(([, value]) => value !== OMIT);
  return Object.fromEntries(entries.map(([name, value]) => [name, isMapping(value) ? without(value) : value]));
}

/** A job for a task that could not be rendered, so that it is reported like any other. */
export function brokenJob(task: Task, scope: TaskScope, cursor: Cursor, result: ItemResult): Job {
  const yes = (said: Compiled | undefined): boolean => {
    try {
      return said?.render(scope) === true;
    } catch {
      return false;
    }
  };
  const { ignoreErrors, ignoreUnreachable, noLog } = task.keywords;
  return {
    task,
    label: labelOf(task, scope, cursor.inHandlers),
    effective: {
      become: undefined,
      check: false,
      diff: false,
      noLog: yes(noLog),
      ignoreErrors: yes(ignoreErrors),
      ignoreUnreachable: yes(ignoreUnreachable),
      environment: {},
      timeout: undefined,
    },
    items: [{ scope, args: undefined, outcomes: [], awaited: 0, attempt: 1, result }],
    cursor,
    next: 1,
    looped: false,
    seconds: 0,
  };
}
