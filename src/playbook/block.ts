import type { Context } from './context.js';
import { inherit } from './inherit.js';
import { BLOCK, checkKeywords } from './keywords.js';
import { nodes } from './nodes.js';
import { text } from './read.js';
import type { Spot } from './spot.js';
import { lexicalWith, notified } from './task.js';
import type { Node } from './tree.js';

/** A block: its keywords go down to its tasks. */
export async function block(context: Context, spot: Spot): Promise<Node[]> {
  const { checker } = context;
  checkKeywords(checker, spot, BLOCK, 'in a block');
  if (context.inHandlers)
    checker.problem(spot.place, 'a block cannot be a handler', 'let several handlers listen to one topic');
  const inside: Context = {
    ...context,
    keywords: inherit(checker, context.keywords, spot),
    lexical: lexicalWith(context, spot),
    notify: spot.has('notify') ? [...context.notify, ...notified(context, spot.at('notify'))] : context.notify,
  };
  const body = await nodes(inside, spot.at('block'), 'block');
  const rescue = await nodes(inside, spot.at('rescue'), 'rescue');
  const always = await nodes(inside, spot.at('always'), 'always');
  const name = spot.has('name') ? text(checker, spot.at('name'), 'name', false) : undefined;
  const isEmpty =
    spot.value !== null && (spot.at('block').value === null || (spot.at('block').value as unknown[]).length === 0);
  if (isEmpty) checker.problem(spot.placeOf(['block'], 'key'), 'this block has no tasks');
  return [{ kind: 'block', place: spot.place, ...(name !== undefined && { name }), body, rescue, always }];
}
