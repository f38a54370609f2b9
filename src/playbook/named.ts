import { emptyMapping, isMapping, type Values } from '../base/value.js';
import { taskArguments } from './arguments.js';
import type { Context } from './context.js';
import { asBoolean, isTemplate, text, wrongType } from './read.js';
import type { Spot } from './spot.js';
import type { Statement } from './statement.js';

/** Which files of a role are used in place of `main`. */
export interface RoleFrom {
  readonly tasks: string;
  readonly vars: string;
  readonly defaults: string;
  readonly handlers: string;
}
export const MAIN: RoleFrom = { tasks: 'main', vars: 'main', defaults: 'main', handlers: 'main' };

/** What the arguments of an include or import name. */
export interface Named {
  /** The file or the role, possibly a template. */
  readonly name: string;
  /** Where the name stands. */
  readonly spot: Spot;
  /** All arguments but `apply`. */
  readonly args: Values;
  /** Keywords for everything that is brought in. */
  readonly apply?: Spot;
  /** Of a role; some may be templates. */
  readonly from: RoleFrom;
  /** Whether a role's variables are there for the rest of the play. */
  readonly public?: boolean;
  readonly validate: boolean;
}

const OF_TASKS = ['file', 'apply'];
const OF_ROLES = [
  ...['name', 'role', 'tasks_from', 'vars_from', 'defaults_from', 'handlers_from', 'apply', 'public'],
  ...['allow_duplicates', 'rolespec_validate'],
];

/** The arguments of include_tasks, import_tasks, include_role and import_role; undefined where no name is given. */
export function named(context: Context, task: Spot, { module, given }: Statement): Named | undefined {
  const { checker } = context;
  const isRole = module.endsWith('_role');
  const { value, placeOf } = taskArguments(checker, task, given, module, isRole ? undefined : 'file');
  if (!isMapping(value)) {
    checker.problem(given.place, `the arguments of ${module} cannot be one template`, 'name them one by one');
    return undefined;
  }
  const known = isRole ? OF_ROLES : OF_TASKS;
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) checker.unknown(placeOf([name], 'key'), 'argument', name, known, ` of ${module}`);
  }
  const inMapping = isMapping(given.value);
  const holder = task.has('args') && !inMapping ? task.at('args') : given;
  const spotOf = (name: string) =>
    holder.has(name) ? holder.at(name) : task.at('args').has(name) ? task.at('args').at(name) : given;
  const key = isRole ? (value.name === undefined && value.role !== undefined ? 'role' : 'name') : 'file';
  if (value[key] === undefined || value[key] === null) {
    checker.problem(
      given.keyPlace,
      `${module} needs ${isRole ? 'the name of a role' : 'a file'}`,
      isRole ? `write ${module}: {name: ROLE}` : undefined,
    );
    return undefined;
  }
  const spot = spotOf(key);
  const name = text(checker, spot.holding(value[key]!), key, false);
  if (name === undefined) return undefined;
  const { apply, ...rest } = value;
  const args = Object.assign(emptyMapping(), rest);
  const said = (option: string) => (value[option] === undefined ? undefined : asBoolean(value[option]!));
  for (const option of ['public', 'rolespec_validate', 'allow_duplicates']) {
    if (value[option] !== undefined && said(option) === undefined)
      wrongType(checker, spotOf(option), option, 'true or false');
  }
  return {
    name: name.trim(),
    spot,
    args,
    ...(apply !== undefined && { apply: spotOf('apply') }),
    from: isRole ? fromOf(context, value, spotOf) : MAIN,
    public: said('public'),
    validate: said('rolespec_validate') ?? true,
  };
}

function fromOf(context: Context, value: Values, spotOf: (name: string) => Spot): RoleFrom {
  const read = (name: string) => {
    if (value[name] === undefined) return 'main';
    return text(context.checker, spotOf(name).holding(value[name]!), name, false)?.trim() ?? 'main';
  };
  return {
    tasks: read('tasks_from'),
    vars: read('vars_from'),
    defaults: read('defaults_from'),
    handlers: read('handlers_from'),
  };
}

/** Says whether everything that is named is known before the run. */
export function isConstant({ name, from }: Named): boolean {
  return ![name, ...Object.values(from)].some(isTemplate);
}
