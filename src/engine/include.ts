import { emptyMapping, type Value } from '../base/value.js';
import type { Block, Handler, Include, Lexical, Node, Task, Variables } from '../playbook/tree.js';
import type { TaskResult } from '../report/event.js';
import type { Compiled } from '../template/index.js';
import { loopList } from './job.js';
import type { TaskScope } from './variables.js';

/** What an include brings on a host: the nodes of every item it is done for. */
export interface Included {
  readonly nodes: readonly Node[];
  readonly handlers: readonly Handler[];
  /** Shown where nothing is included. */
  readonly shown?: TaskResult;
}

/**
 * Does an include_tasks or include_role: once, or once per item of its loop, which the tasks then see.
 * @throws InputError, TaskError, TemplateError
 */
export async function include(node: Include, scope: TaskScope): Promise<Included> {
  const loops = node.loop === undefined ? [undefined] : loopList(node.loop.items.render(scope));
  const nodes: Node[] = [];
  const handlers: Handler[] = [];
  let skipped: string | undefined;
  for (const [index, value] of loops.entries()) {
    const locals = new Map<string, Value>();
    if (node.loop) {
      locals.set(node.loop.loopVar, value as Value);
      if (node.loop.indexVar !== undefined) locals.set(node.loop.indexVar, index);
    }
    const inner = locals.size > 0 ? scope.with(locals) : scope;
    const refused = node.keywords.when.find((condition) => !condition.test(inner));
    if (refused) {
      skipped = `when: ${refused.source}`;
      continue;
    }
    const loaded = await node.load(node.args.render(inner));
    const wrapped = locals.size > 0 ? loaded.nodes.map((each) => withLocals(each, locals)) : loaded.nodes;
    nodes.push(...wrapped);
    handlers.push(...loaded.handlers);
  }
  const shown: TaskResult | undefined =
    nodes.length === 0 && skipped !== undefined
      ? {
          status: 'skipped',
          message: skipped,
          values: emptyMapping(),
          diff: [],
          duration: 0,
          ignored: false,
          rescued: false,
        }
      : undefined;
  return { nodes, handlers, ...(shown ? { shown } : {}) };
}

/** A node whose tasks see more names: the item of the include's loop. */
function withLocals(node: Node, locals: ReadonlyMap<string, Value>): Node {
  if (node.kind === 'block') {
    const all = (nodes: readonly Node[]): Node[] => nodes.map((each) => withLocals(each, locals));
    return { ...node, body: all(node.body), rescue: all(node.rescue), always: all(node.always) } satisfies Block;
  }
  const layer: Variables = new Map([...locals].map(([name, value]) => [name, constant(value, node.place)]));
  const lexical: Lexical = { ...node.lexical, params: [...node.lexical.params, layer] };
  return { ...(node as Task), lexical } as Node;
}

function constant(value: Value, place: Compiled['place']): Compiled {
  return { place, references: [], render: () => value };
}
