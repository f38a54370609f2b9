import type { Place } from '../base/place.js';
import { isMapping } from '../base/value.js';
import type { Compiled, Condition } from '../template/template.js';
import { type TaskArguments, taskArguments } from './arguments.js';
import { condition, conditions } from './conditions.js';
import type { Context } from './context.js';
import { listenTo } from './handlers.js';
import { inherit } from './inherit.js';
import { HANDLER, TASK } from './keywords.js';
import { loop } from './loop.js';
import { compiledNumber, isTemplate, list, text } from './read.js';
import type { Spot } from './spot.js';
import { checkTaskKeywords, type Statement } from './statement.js';
import type { Lexical, Task } from './tree.js';
import { variableName, variables } from './variables.js';

/** Arguments that are conditions, by module: they are checked as such. */
const CONDITIONS: ReadonlyMap<string, string> = new Map([['assert', 'that']]);

/** The names at `notify`, compiled; constant ones are noted, to be looked for later. */
export function notified(context: Context, spot: Spot): Compiled[] {
  const found: Compiled[] = [];
  for (const item of list(spot)) {
    if (isTemplate(item.value)) {
      found.push(context.checker.compile(item));
      continue;
    }
    const name = text(context.checker, item, 'notify');
    if (name === undefined) continue;
    context.notified.push({ name, place: item.place });
    found.push(context.checker.compile(item, name));
  }
  return found;
}

/** The name of a task as a template, and as it is shown in lists. */
export function naming(context: Context, spot: Spot, otherwise: string): { name?: Compiled; label: string } {
  if (!spot.has('name')) return { label: otherwise };
  const name = spot.at('name');
  const label = text(context.checker, name, 'name', false);
  return label === undefined ? { label: otherwise } : { name: context.checker.compile(name, label), label };
}

/** The variables around a task, with its own `vars` innermost. The very object around where it has none. */
export function lexicalWith(context: Context, spot: Spot): Lexical {
  if (!spot.has('vars')) return context.lexical;
  const own = variables(context.checker, spot.at('vars'), 'vars');
  return { ...context.lexical, vars: [...context.lexical.vars, own] };
}

/** The keywords that only a task has. */
function ownKeywords(context: Context, spot: Spot): Partial<Task> {
  const { checker } = context;
  const own: { -readonly [K in keyof Task]?: Task[K] } = {};
  if (spot.has('register')) own.register = variableName(checker, spot.at('register'), 'register');
  if (spot.has('changed_when')) own.changedWhen = conditions(checker, spot.at('changed_when'), 'changed_when');
  if (spot.has('failed_when')) own.failedWhen = conditions(checker, spot.at('failed_when'), 'failed_when');
  if (spot.has('until')) own.until = conditions(checker, spot.at('until'), 'until');
  if (spot.has('retries')) own.retries = compiledNumber(checker, spot.at('retries'), 'retries');
  if (spot.has('delay')) own.delay = compiledNumber(checker, spot.at('delay'), 'delay');
  const repeated = loop(checker, spot);
  if (repeated) own.loop = repeated;
  return own;
}

/** A task: one use of a module. */
export function task(context: Context, spot: Spot, statement: Statement): Task {
  const { checker } = context;
  const { module, given, local } = statement;
  checkTaskKeywords(context, spot, statement, context.inHandlers ? HANDLER : TASK, 'in a task');
  const args = taskArguments(checker, spot, given, module, checker.modules.freeForm(module));
  const assertions = checkArguments(context, module, args);
  const id = context.loader.nextId(spot);
  if (context.inHandlers) listenTo(context, spot, id);
  const keywords = inherit(checker, context.keywords, spot);
  const { notify } = context;
  return {
    kind: 'task',
    place: spot.place,
    id,
    ...naming(context, spot, module),
    module,
    args: checker.compile(given, args.value, args.placeOf),
    argPlace: (name) => argumentPlace(args, name),
    keywords: local ? { ...keywords, delegateTo: checker.compile(given, 'localhost') } : keywords,
    lexical: lexicalWith(context, spot),
    notify: spot.has('notify') ? [...notify, ...notified(context, spot.at('notify'))] : notify,
    ...ownKeywords(context, spot),
    ...(assertions.length > 0 && { assertions }),
  };
}

/** Has the catalogue check the arguments; those that are conditions are compiled here. */
function checkArguments({ checker }: Context, module: string, { value, placeOf }: TaskArguments): Condition[] {
  if (!isMapping(value)) return [];
  checker.problems.push(...checker.modules.check(module, value, placeOf));
  const name = CONDITIONS.get(module);
  const given = name === undefined ? null : (value[name] ?? null);
  if (given === null) return [];
  const each = Array.isArray(given) ? given : [given];
  const placeAt = (index: number) => placeOf(Array.isArray(given) ? [name!, index] : [name!]);
  return each.flatMap((one, index) => condition(checker, one, placeAt(index), name!) ?? []);
}

function argumentPlace({ value, place, placeOf }: TaskArguments, name: string): Place {
  return typeof value === 'object' && value !== null && name in value ? placeOf([name]) : place;
}
