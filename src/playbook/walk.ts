import type { Node, Play } from './tree.js';

/** Every node below a list, blocks with their three parts, and what includes are known to bring in. */
export function* below(nodes: readonly Node[], intoIncludes = true): Generator<Node> {
  for (const node of nodes) {
    yield node;
    if (node.kind === 'block') {
      for (const part of [node.body, node.rescue, node.always]) yield* below(part, intoIncludes);
    } else if (node.kind === 'include' && intoIncludes && node.known) {
      yield* below(node.known.nodes);
      yield* below(node.known.handlers.map(({ task }) => task));
    }
  }
}

/** Every node of a play, handlers included. */
export function* everyNode(play: Play): Generator<Node> {
  for (const section of play.sections) yield* below(section);
  yield* below(play.handlers.map(({ task }) => task));
}
