import { didYouMean } from '../base/nearest.js';
import { isMapping } from '../base/value.js';
import type { Context } from './context.js';
import { nodes } from './nodes.js';
import { list, names } from './read.js';
import type { Spot } from './spot.js';
import type { Handler } from './tree.js';

/** The handlers of a list, imports included; their names join those that can be notified. */
export async function handlersOf(context: Context, spot: Spot): Promise<Handler[]> {
  const found: Handler[] = [];
  const inside: Context = { ...context, inHandlers: true, listening: new Map() };
  for (const node of await nodes(inside, spot, 'handlers')) {
    if (node.kind !== 'task' && node.kind !== 'include') continue;
    found.push({ task: node, name: node.name, listen: inside.listening.get(node.id) ?? [] });
  }
  return found;
}

/** Notes what a handler answers to: its name and the topics it listens to. */
export function listenTo(context: Context, spot: Spot, id: number): void {
  const { checker, play, lexical } = context;
  const topics = spot.has('listen') ? list(spot.at('listen')).flatMap((item) => names(checker, item, 'listen')) : [];
  context.listening.set(id, topics);
  for (const topic of topics) play.handlers.add(topic);
  const name = spot.at('name').value;
  if (typeof name === 'string') play.handlers.add(name, lexical.role?.name);
  else if (isMapping(spot.value) && topics.length === 0) {
    checker.warning(
      spot.place,
      'this handler can never run: it has no name to notify it by',
      'give it a name, or "listen: TOPIC"',
    );
  }
}

/** Tells of names that were notified and that no handler has. */
export function tellUnknownHandlers({ checker, notified, play }: Pick<Context, 'checker' | 'notified' | 'play'>): void {
  for (const { name, place } of notified) {
    if (play.handlers.has(name)) continue;
    const known = [...play.handlers.names()].filter((each) => !each.includes(' : '));
    const hint = didYouMean(name, known) ?? (known.length > 0 ? undefined : 'this play has no handlers');
    checker.problem(place, `there is no handler "${name}"`, hint);
  }
}
