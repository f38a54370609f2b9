import { isMapping } from '../base/value.js';
import type { Checker } from './checker.js';
import type { Context, PlayContext } from './context.js';
import { HandlerNames } from './handler-names.js';
import { handlersOf, tellUnknownHandlers } from './handlers.js';
import { inherit } from './inherit.js';
import { checkKeywords, PLAY } from './keywords.js';
import type { Loader } from './loader.js';
import { nodes } from './nodes.js';
import { hostsOf, maxFailPercentage, serial, strategy, varsFiles, varsPrompt } from './play-keywords.js';
import { flag, oneOf, strictList, text } from './read.js';
import { roleAtList } from './role-list.js';
import type { Spot } from './spot.js';
import type { Handler, Keywords, Node, Play, Variables } from './tree.js';
import { merged, NO_VARIABLES, variables } from './variables.js';

const ORDERS = ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'] as const;

/** What an import_playbook around a play passes on to it. */
export interface AroundPlay {
  readonly keywords: Keywords;
  readonly vars: Variables;
}

/** A play; undefined where it is not even a mapping. `folder` is that of its file. */
export async function play(
  loader: Loader,
  checker: Checker,
  spot: Spot,
  folder: string,
  around: AroundPlay,
): Promise<Play> {
  checkKeywords(checker, spot, PLAY, 'in a play');
  const keywords = inherit(checker, around.keywords, spot);
  const plays: PlayContext = { folder, handlers: new HandlerNames(), roles: [], isComplete: false };
  const context: Context = {
    ...{ loader, checker, play: plays, keywords, folder },
    lexical: { vars: [], params: [] },
    ...{ notify: [], notified: [], handlers: [], uses: new Map(), listening: new Map() },
    ...{ imports: [], around: new Set<string>(), dependants: [], depth: 0, inHandlers: false },
  };
  const before = await nodes(context, spot.at('pre_tasks'), 'pre_tasks');
  const ofRoles: Node[] = [];
  for (const item of strictList(checker, spot.at('roles'), 'roles'))
    ofRoles.push(...((await roleAtList(context, item))?.nodes ?? []));
  const tasks = await nodes(context, spot.at('tasks'), 'tasks');
  const after = await nodes(context, spot.at('post_tasks'), 'post_tasks');
  const own = await handlersOf(context, spot.at('handlers'));
  const handlers = [...context.handlers, ...own];
  tellUnknownHandlers(context);
  tellDoubleHandlers(checker, own);
  tellEmpty(checker, spot, plays.roles.length + before.length + tasks.length + after.length);
  plays.isComplete = true;
  const name = spot.has('name') ? text(checker, spot.at('name'), 'name', false) : undefined;
  return {
    place: spot.place,
    ...(name !== undefined && { name }),
    ...hostsOf(checker, spot),
    keywords,
    gatherFacts: spot.has('gather_facts') ? (flag(checker, spot.at('gather_facts'), 'gather_facts') ?? true) : true,
    strategy: strategy(checker, spot),
    serial: serial(checker, spot),
    order: spot.has('order') ? (oneOf(checker, spot.at('order'), 'order', ORDERS) ?? 'inventory') : 'inventory',
    ...maxFailPercentage(checker, spot),
    forceHandlers: spot.has('force_handlers')
      ? (flag(checker, spot.at('force_handlers'), 'force_handlers') ?? false)
      : false,
    vars: merged(spot.has('vars') ? variables(checker, spot.at('vars'), 'vars') : NO_VARIABLES, around.vars),
    varsFiles: await varsFiles(context, spot),
    varsPrompt: varsPrompt(checker, spot),
    sections: [before, [...ofRoles, ...tasks], after],
    handlers,
    roles: plays.roles,
  };
}

function tellDoubleHandlers(checker: Checker, handlers: readonly Handler[]): void {
  const seen = new Set<string>();
  for (const { task } of handlers) {
    if (task.name && seen.has(task.label)) {
      checker.warning(task.name.place, `there are two handlers "${task.label}"`, 'only the last one is run');
    }
    seen.add(task.label);
  }
}

/** A play without anything to do is a mistake, unless it says that it gathers facts. */
function tellEmpty(checker: Checker, spot: Spot, count: number): void {
  const written = ['pre_tasks', 'roles', 'tasks', 'post_tasks'].some((name) => {
    const { value } = spot.at(name);
    return value !== null && (!Array.isArray(value) || value.length > 0);
  });
  if (count > 0 || written || spot.has('gather_facts') || !isMapping(spot.value)) return;
  checker.problem(
    spot.place,
    'this play has nothing to do',
    'give it tasks or roles, or "gather_facts: true" if that is all',
  );
}
