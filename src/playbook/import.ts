import type { Context } from './context.js';
import { inherit } from './inherit.js';
import { IMPORT } from './keywords.js';
import { isConstant, type Named, named } from './named.js';
import { useRole } from './role.js';
import type { Spot } from './spot.js';
import { checkTaskKeywords, type Statement } from './statement.js';
import { lexicalWith } from './task.js';
import { findTaskFile, taskFile } from './task-file.js';
import type { Node, Variables } from './tree.js';

/** `import_tasks`: the nodes of the file stand in its place. */
export async function importTasks(context: Context, spot: Spot, statement: Statement): Promise<Node[]> {
  const inside = insideOf(context, spot, statement);
  const file = named(context, spot, statement);
  if (!file || !importable(context, file, statement)) return [];
  const path = findTaskFile(context, file.name, file.spot);
  return path === undefined ? [] : taskFile(inside, path, file.spot);
}

/** `import_role`: the nodes of the role stand in its place; its handlers join the play's. */
export async function importRole(context: Context, spot: Spot, statement: Statement): Promise<Node[]> {
  const inside = insideOf(context, spot, statement);
  const use = named(context, spot, statement);
  if (context.inHandlers) {
    context.checker.problem(statement.given.keyPlace, 'import_role cannot be a handler', 'import_tasks can');
    return [];
  }
  if (!use || !importable(context, use, statement)) return [];
  const used = await useRole(inside, {
    ...use,
    isStatic: true,
    public: use.public ?? true,
    ...givenVars(spot, inside.lexical.vars),
  });
  return used ? [...used.nodes] : [];
}

/** The context inside an import: its keywords and variables hold for everything that it brings in, as a block's do. */
function insideOf(context: Context, spot: Spot, statement: Statement): Context {
  const { checker } = context;
  const known = new Set([...IMPORT, ...spot.keys().filter((name) => name === 'loop' || name.startsWith('with_'))]);
  for (const name of known) {
    if (IMPORT.has(name)) continue;
    checker.problem(
      spot.placeOf([name], 'key'),
      'an import cannot loop: it is made before the run',
      `use ${dynamic(statement)}`,
    );
  }
  checkTaskKeywords(context, spot, statement, known, 'at an import');
  return { ...context, keywords: inherit(checker, context.keywords, spot), lexical: lexicalWith(context, spot) };
}

/** The variables that the import itself has, as the role gets them. */
export function givenVars(spot: Spot, layers: readonly Variables[]): { given?: Variables } {
  const given = spot.has('vars') ? layers.at(-1) : undefined;
  return given ? { given } : {};
}

function dynamic({ module }: Statement): string {
  return module.replace('import', 'include');
}

function importable({ checker }: Context, use: Named, statement: Statement): boolean {
  if (use.apply)
    checker.problem(use.apply.keyPlace, 'an import passes its own keywords on', 'write them beside it, not at apply');
  if (isConstant(use)) return true;
  const message = 'an import is made before the run, so what it names cannot be a template';
  checker.problem(use.spot.place, message, `use ${dynamic(statement)}`);
  return false;
}
