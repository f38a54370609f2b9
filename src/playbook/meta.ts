import { didYouMean } from '../base/nearest.js';
import { isMapping } from '../base/value.js';
import type { Context } from './context.js';
import { inherit } from './inherit.js';
import { META } from './keywords.js';
import { text } from './read.js';
import type { Spot } from './spot.js';
import { checkTaskKeywords, type Statement } from './statement.js';
import { lexicalWith, naming } from './task.js';
import type { Meta, Node } from './tree.js';

const ACTIONS: readonly Meta['action'][] = [
  ...(['flush_handlers', 'end_play', 'end_host', 'end_batch', 'end_role', 'clear_facts', 'clear_host_errors'] as const),
  ...(['refresh_inventory', 'reset_connection', 'noop'] as const),
];

/** `meta: flush_handlers` and its like. */
export function meta(context: Context, spot: Spot, statement: Statement): Node[] {
  const { checker } = context;
  checkTaskKeywords(context, spot, statement, META, 'at a meta task');
  const { given } = statement;
  if (context.inHandlers) {
    checker.problem(given.keyPlace, 'a meta task cannot be a handler');
    return [];
  }
  const said = isMapping(given.value) ? given.at('free_form') : given;
  const name = text(checker, said, 'meta')?.trim();
  if (name === undefined) return [];
  const action = ACTIONS.find((each) => each === name);
  if (!action) {
    checker.problem(
      said.place,
      `there is no meta task "${name}"`,
      didYouMean(name, ACTIONS) ?? `known: ${ACTIONS.join(', ')}`,
    );
    return [];
  }
  if (action === 'end_role' && !context.lexical.role) checker.problem(said.place, 'end_role outside a role');
  const { label } = naming(context, spot, `meta: ${action}`);
  const id = context.loader.nextId(spot);
  const keywords = inherit(checker, context.keywords, spot);
  return [{ kind: 'meta', place: spot.place, id, action, label, keywords, lexical: lexicalWith(context, spot) }];
}
