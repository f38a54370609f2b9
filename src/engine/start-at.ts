import { InputError } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import type { Node, Play, Playbook } from '../playbook/tree.js';

const NOTHING = { has: () => false, get: () => null };

/** The name of a task or include as `--start-at-task` knows it: written without a template. */
function nameOf(node: Node): string | undefined {
  if (node.kind !== 'task' && node.kind !== 'include') return undefined;
  return node.name?.references.length === 0 ? String(node.name.render(NOTHING)) : undefined;
}

/** The nodes from the first task of that name on, blocks that hold it beginning there; empty where there is none. */
export function startingAt(nodes: readonly Node[], name: string): readonly Node[] {
  for (const [i, node] of nodes.entries()) {
    if (nameOf(node) === name) return nodes.slice(i);
    if (node.kind !== 'block') continue;
    const rest = nodes.slice(i + 1);
    const body = startingAt(node.body, name);
    if (body.length > 0) return [{ ...node, body }, ...rest];
    const always = startingAt(node.always, name);
    if (always.length > 0) return [{ ...node, body: [], rescue: [], always }, ...rest];
  }
  return [];
}

/** Whether the play holds the task to start at. */
export function holdsStart({ sections }: Play, name: string): boolean {
  return sections.some((section) => startingAt(section, name).length > 0);
}

/** Throws InputError where no play holds the task to start at: otherwise nothing at all would be run. */
export function requireStart(playbooks: readonly Playbook[], name: string): void {
  const plays = playbooks.flatMap((playbook) => playbook.plays);
  if (plays.some((play) => holdsStart(play, name))) return;
  const names = plays.flatMap(({ sections }) => sections.flatMap((section) => [...named(section)]));
  const hint = didYouMean(name, names) ?? 'tasks that an include brings in while running cannot be started at';
  throw new InputError({ message: `--start-at-task: no task is called "${name}"`, hint });
}

function* named(nodes: readonly Node[]): Generator<string> {
  for (const node of nodes) {
    const name = nameOf(node);
    if (name !== undefined) yield name;
    if (node.kind === 'block') yield* named([...node.body, ...node.always]);
  }
}
