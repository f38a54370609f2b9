import { InputError } from '../base/error.js';
import { isMapping, type Value } from '../base/value.js';
import type { Context } from './context.js';
import { listenTo, tellUnknownHandlers } from './handlers.js';
import { givenVars } from './import.js';
import { inherit } from './inherit.js';
import { checkKeywords, IMPORT, INCLUDE } from './keywords.js';
import { loop } from './loop.js';
import { isConstant, type Named, named, type RoleFrom } from './named.js';
import { wrongType } from './read.js';
import { findRole, useRole } from './role.js';
import type { Spot } from './spot.js';
import { checkTaskKeywords, type Statement } from './statement.js';
import { lexicalWith, naming } from './task.js';
import { findTaskFile, taskFile } from './task-file.js';
import type { Include, Included, Lexical, Node } from './tree.js';

/** Deeper than includes nest in earnest: an include of itself without an end stops here. */
const DEEPEST = 100;

/** `include_tasks`. */
export function includeTasks(context: Context, spot: Spot, statement: Statement): Promise<Node[]> {
  return include(context, spot, statement, 'tasks', async (inside, { name, spot: at }) => {
    const path = findTaskFile(inside, name, at);
    return path === undefined ? [] : taskFile(inside, path, at);
  });
}

/** `include_role`. */
export async function includeRole(context: Context, spot: Spot, statement: Statement): Promise<Node[]> {
  if (context.inHandlers) {
    context.checker.problem(statement.given.keyPlace, 'include_role cannot be a handler', 'include_tasks can');
    return [];
  }
  return include(context, spot, statement, 'role', async (inside, use) => {
    const used = await useRole(inside, {
      ...use,
      isStatic: false,
      public: use.public ?? false,
      ...givenVars(spot, inside.lexical.params),
    });
    return used ? [...used.nodes] : [];
  });
}

type Bring = (inside: Context, use: Named) => Promise<Node[]>;

async function include(
  context: Context,
  spot: Spot,
  statement: Statement,
  what: Include['what'],
  bring: Bring,
): Promise<Node[]> {
  const { checker, loader } = context;
  checkTaskKeywords(
    context,
    spot,
    statement,
    context.inHandlers ? new Set([...INCLUDE, 'listen']) : INCLUDE,
    'at an include',
  );
  const use = named(context, spot, statement);
  if (!use) return [];
  const id = loader.nextId(spot);
  if (context.inHandlers) listenTo(context, spot, id);
  const keywords = inherit(checker, context.keywords, spot);
  const lexical = lexicalWith(context, spot);
  const around = insideOf(context, lexical, use);
  const load = (args: Named) => loadOnce(around, args, bring);
  const known = isConstant(use) ? await ahead(context, around, use, what, load) : undefined;
  if (!known && what === 'role') context.play.handlers.open = true;
  const loaded = new Map<string, Promise<Included>>();
  if (known) loaded.set(keyOf(use), Promise.resolve(known));
  const repeated = loop(checker, spot);
  const node: Include = {
    kind: 'include',
    what,
    place: spot.place,
    id,
    ...naming(context, spot, statement.module),
    args: checker.compile(statement.given, use.args, (path, part) =>
      path.length > 0 ? statement.given.placeOf(path, part) : use.spot.place,
    ),
    keywords,
    lexical,
    ...(repeated && { loop: repeated }),
    ...(known && { known }),
    load: async (args) => {
      const rendered = renderedUse(use, args, what);
      const key = keyOf(rendered);
      const loading = loaded.get(key) ?? load(rendered);
      loaded.set(key, loading);
      return loading;
    },
  };
  return [node];
}

/**
 * The context of what is brought in: keywords from around the include and from `apply`, and the include's own
 * variables as parameters.
 */
function insideOf(context: Context, own: Lexical, { apply }: Named): Context {
  const { checker } = context;
  const inside = { ...context, depth: context.depth + 1, imports: [], dependants: [], inHandlers: false };
  if (apply && isMapping(apply.value)) {
    checkKeywords(checker, apply, IMPORT, 'at apply');
    inside.keywords = inherit(checker, context.keywords, apply);
    inside.lexical = lexicalWith(context, apply);
  } else if (apply) wrongType(checker, apply, 'apply', 'a mapping of keywords');
  if (own !== context.lexical)
    inside.lexical = { ...inside.lexical, params: [...inside.lexical.params, own.vars.at(-1)!] };
  return inside;
}

/** Loads what is constant before the run, unless it is already around: an include may come back to its own file. */
async function ahead(
  context: Context,
  around: Context,
  use: Named,
  what: Include['what'],
  load: (use: Named) => Promise<Included>,
): Promise<Included | undefined> {
  const { checker } = context;
  const path = what === 'tasks' ? findTaskFile(context, use.name, use.spot) : (await findRole(around, use))?.tasks;
  if (path === undefined && what === 'tasks') return undefined;
  if (path !== undefined && context.around.has(path)) return undefined;
  try {
    return await load(use);
  } catch (error) {
    checker.keep(error);
    return undefined;
  }
}

/** Builds the nodes, with all that is wrong in them as an InputError. */
async function loadOnce(around: Context, use: Named, bring: Bring): Promise<Included> {
  if (around.depth > DEEPEST) {
    throw new InputError({
      message: `includes nest more than ${DEEPEST} deep`,
      place: use.spot.place,
      hint: 'does a file include itself without a condition that ends it?',
    });
  }
  const checker = around.loader.checker();
  const inside: Context = { ...around, checker, handlers: [], notified: [], uses: new Map() };
  const nodes = await bring(inside, use);
  const running = around.play.isComplete;
  if (running) tellUnknownHandlers(inside);
  else around.notified.push(...inside.notified);
  around.checker.warnings.push(...checker.warnings);
  checker.done();
  return { nodes, handlers: inside.handlers };
}

/** The use with its rendered arguments in place of the written ones. */
function renderedUse(use: Named, args: Value, what: Include['what']): Named {
  const values = isMapping(args) ? args : {};
  const name = what === 'tasks' ? values.file : (values.name ?? values.role);
  const problem = (message: string) => new InputError({ message, place: use.spot.place });
  if (typeof name !== 'string' || name.trim() === '')
    throw problem(`an include needs the name of a ${what === 'tasks' ? 'file' : 'role'}, as text`);
  const from = (key: keyof RoleFrom): string => {
    const value = values[`${key}_from`];
    if (value === undefined) return 'main';
    if (typeof value !== 'string') throw problem(`${key}_from must be text`);
    return value;
  };
  return {
    ...use,
    name: name.trim(),
    from: { tasks: from('tasks'), vars: from('vars'), defaults: from('defaults'), handlers: from('handlers') },
  };
}

function keyOf({ name, from }: Named): string {
  return JSON.stringify([name, from.tasks, from.vars, from.defaults, from.handlers]);
}
