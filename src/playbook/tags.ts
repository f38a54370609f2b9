import type { Keywords, Playbook } from './tree.js';
import { everyNode } from './walk.js';

/** Tags with a meaning of their own; no task has `all`, `tagged` or `untagged` itself. */
export const SPECIAL_TAGS: ReadonlySet<string> = new Set(['always', 'never', 'all', 'tagged', 'untagged']);

/**
 * Says whether a task is to be run, as Ansible does: `always` is taken whatever is asked for, `never` only when
 * asked for by one of its tags; skipped tags win.
 * @param tags those asked for; none is `all`
 */
export function selectTags(
  { tags: own }: Pick<Keywords, 'tags'>,
  tags: readonly string[],
  skipTags: readonly string[],
): boolean {
  const isTagged = own.length > 0;
  const isNever = own.includes('never');
  const among = (list: readonly string[]) =>
    isTagged ? own.some((tag) => list.includes(tag)) : list.includes('untagged');
  const wanted = tags.length === 0 ? ['all'] : tags;
  const isWanted =
    own.includes('always') ||
    among(wanted) ||
    (wanted.includes('all') && !isNever) ||
    (wanted.includes('tagged') && isTagged && !isNever);
  if (!isWanted || skipTags.length === 0) return isWanted;
  if (skipTags.includes('all')) return own.includes('always') && !skipTags.includes('always');
  return !among(skipTags) && !(skipTags.includes('tagged') && isTagged);
}

/** Every tag in a playbook, sorted; of includes too, as far as what they bring in is known before the run. */
export function allTags(playbook: Playbook): string[] {
  const found = new Set<string>();
  for (const play of playbook.plays) {
    for (const tag of play.keywords.tags) found.add(tag);
    for (const node of everyNode(play)) if (node.kind !== 'block') for (const tag of node.keywords.tags) found.add(tag);
  }
  return [...found].sort();
}
