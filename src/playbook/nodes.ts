import { isMapping } from '../base/value.js';
import { block } from './block.js';
import type { Context } from './context.js';
import { importRole, importTasks } from './import.js';
import { includeRole, includeTasks } from './include.js';
import { meta } from './meta.js';
import { strictList, wrongType } from './read.js';
import type { Spot } from './spot.js';
import { modulesIn, statementOf } from './statement.js';
import { task } from './task.js';
import type { Node } from './tree.js';

/** The nodes of a list of tasks and blocks; what is imported stands in place of the import. */
export async function nodes(context: Context, spot: Spot, what: string): Promise<Node[]> {
  const items = strictList(context.checker, spot, what);
  await context.loader.loadModules(modulesIn(context, items));
  const found: Node[] = [];
  for (const item of items) {
    const made = node(context, item);
    found.push(...(Array.isArray(made) ? made : await made));
  }
  return found;
}

/** One item of a list of tasks. Only what may read further files is waited for. */
function node(context: Context, spot: Spot): Node[] | Promise<Node[]> {
  const { checker } = context;
  if (!isMapping(spot.value)) {
    const hint = typeof spot.value === 'string' ? 'write "name:" before the text, and a module below it' : undefined;
    wrongType(checker, spot, 'a list of tasks', 'mappings', hint);
    return [];
  }
  if (spot.keys().length === 0) {
    checker.problem(spot.place, 'this task is empty');
    return [];
  }
  if (spot.has('block') || 'block' in spot.value) return block(context, spot);
  const statement = statementOf(context, spot);
  if (!statement) return [];
  switch (statement.module) {
    case 'include_tasks':
      return includeTasks(context, spot, statement);
    case 'include_role':
      return includeRole(context, spot, statement);
    case 'import_tasks':
      return importTasks(context, spot, statement);
    case 'import_role':
      return importRole(context, spot, statement);
    case 'meta':
      return meta(context, spot, statement);
    default:
      return [task(context, spot, statement)];
  }
}
