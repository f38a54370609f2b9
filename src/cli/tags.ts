import { InputError, type Problem } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import { loadAll } from '../engine/run.js';
import { allTags, everyNode, type Playbook, SPECIAL_TAGS } from '../playbook/index.js';
import { TemplateCompiler } from '../template/index.js';
import type { RunValues } from './flags/task.js';

/** Refuses tags that no task has: a misspelt one would do nothing, or skip nothing. Throws InputError. */
export async function checkTags(playbooks: readonly string[], { tags, skipTags, rolesPath }: RunValues): Promise<void> {
  const loaded = await loadAll(
    { playbooks, cwd: process.cwd(), roleFolders: rolesPath },
    new TemplateCompiler({ now: new Date() }),
  );
  const problems = unknownTags(loaded, { '--tags': tags, '--skip-tags': skipTags });
  if (problems.length > 0) throw new InputError(problems);
}

/** The tags asked for that no task has; none where an include may bring in tasks that are not known yet. */
export function unknownTags(
  playbooks: readonly Playbook[],
  asked: Readonly<Record<string, readonly string[] | undefined>>,
): Problem[] {
  if (playbooks.some(hasUnknownTasks)) return [];
  const known = new Set(playbooks.flatMap(allTags));
  return Object.entries(asked).flatMap(([flag, tags = []]) =>
    tags
      .filter((tag) => !known.has(tag) && !SPECIAL_TAGS.has(tag))
      .map((tag) => ({
        message: `${flag}: no task has the tag "${tag}"`,
        hint:
          didYouMean(tag, known) ??
          (known.size === 0 ? 'there are no tags' : `there are: ${[...known].sort().join(', ')}`),
      })),
  );
}

function hasUnknownTasks(playbook: Playbook): boolean {
  return playbook.plays.some((play) =>
    [...everyNode(play)].some((node) => node.kind === 'include' && node.known === undefined),
  );
}
