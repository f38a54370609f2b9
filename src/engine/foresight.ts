import type { Reference } from '../base/scope.js';
import { Unanswered } from '../modules/module.js';
import { moduleNamed } from '../modules/registry.js';
import type { Task } from '../playbook/tree.js';
import { factGroupOf, factGroups } from '../probes/facts/groups.js';
import { ask, type Probe, probeKey } from '../probes/registry.js';
import type { Become } from '../transport/become.js';
import type { Beliefs } from './beliefs.js';
import type { Company } from './company.js';
import type { Cursor } from './cursor.js';
import { type Item, type Job, makeJob } from './job.js';
import { planContext } from './plan-context.js';
import { taskReferences } from './task-references.js';
import type { TaskScope } from './variables.js';

/** Coming tasks that are looked at, at the most. */
const TASKS = 300;

export interface Foresight {
  readonly cursor: Cursor;
  readonly current: Job | undefined;
  readonly company: Company;
  readonly beliefs: Beliefs;
  readonly user: Become | undefined;
  /** Jobs made ahead, by task id, for the engine to use when it gets there. */
  readonly jobs: Map<number, { readonly epoch: number; readonly job: Job }>;
  readonly epoch: number;
  scope(task: Task): TaskScope;
  /** True for tasks that read what is not certain yet. */
  skip(task: Task): boolean;
  /** Probes to ask: what is found is added. */
  readonly probes: Map<string, Probe>;
}

/**
 * What coming tasks will ask, as far as they can be rendered now: asked in the same round trip. A task
 * that cannot be rendered yet is passed over, and asks when its time comes.
 */
export function probesAhead(look: Foresight): void {
  const { current, cursor, company, user, probes } = look;
  if (current) current.items.slice(current.next).forEach((item) => addItem(look, current, item));
  let left = TASKS;
  for (const leaf of cursor.ahead()) {
    if (left-- === 0) return;
    if (leaf.kind !== 'task' || leaf.id === current?.task.id || leaf.keywords.delegateTo || !company.wanted(leaf))
      continue;
    addFacts(look, leaf);
    if (look.skip(leaf)) continue;
    const job = jobAhead(look, leaf, probes);
    if (job && job.effective.become?.user === user?.user) job.items.forEach((item) => addItem(look, job, item));
  }
}

function jobAhead(look: Foresight, task: Task, probes: Map<string, Probe>): Job | undefined {
  const known = look.jobs.get(task.id);
  if (known && known.epoch === look.epoch) return known.job;
  try {
    const job = makeJob(task, look.scope(task), look.company.flags, look.cursor);
    look.jobs.set(task.id, { epoch: look.epoch, job });
    return job;
  } catch (error) {
    if (error instanceof Unanswered) for (const probe of error.probes) probes.set(probeKey(probe), probe);
    // Whatever is wrong is said when the task's time comes: an earlier task may put it right.
    return undefined;
  }
}

function addItem(look: Foresight, job: Job, item: Item): void {
  if (item.args === undefined) return;
  try {
    const wanted = moduleNamed(job.task.module).probes(item.args as never, planContext(job, item, look.company));
    for (const probe of wanted) if (!look.beliefs.has(probe)) look.probes.set(probeKey(probe), probe);
  } catch {
    // As above: said when the task's time comes.
  }
}

const factsRead = new WeakMap<Task, readonly Probe[]>();

/** The groups of facts that a task's expressions name. */
function addFacts(look: Foresight, task: Task): void {
  let read = factsRead.get(task);
  if (!read) factsRead.set(task, (read = factProbes(task)));
  for (const probe of read) if (!look.beliefs.has(probe)) look.probes.set(probeKey(probe), probe);
}

function factProbes(task: Task): readonly Probe[] {
  return taskReferences(task).flatMap(probesOf);
}

function probesOf([root, name]: Reference): Probe[] {
  const flat = root!.startsWith('ansible_') ? factGroupOf(root!.slice('ansible_'.length)) : undefined;
  if (flat !== undefined) return [ask('fact', flat)];
  if (root !== 'facts' && root !== 'ansible_facts') return [];
  if (name === undefined) return factGroups.map((group) => ask('fact', group));
  const group = factGroupOf(name);
  return group === undefined ? [] : [ask('fact', group)];
}
