import type { Place } from '../base/place.js';
import { selectTags } from './tags.js';
import type { Play, Playbook } from './tree.js';
import { below } from './walk.js';

export interface ListedTask {
  /** As Ansible shows it: `role : name`. */
  readonly label: string;
  /** Sorted. */
  readonly tags: readonly string[];
  readonly place: Place;
  readonly id: number;
}

export interface ListedPlay {
  /** From 1. */
  readonly number: number;
  readonly hosts: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly tasks: readonly ListedTask[];
}

/** The tasks of a playbook, play by play; includes as themselves, handlers not, as in Ansible. */
export function listTasks(
  playbook: Playbook,
  tags: readonly string[] = [],
  skipTags: readonly string[] = [],
): ListedPlay[] {
  return playbook.plays.map((play, index) => ({ ...heading(play, index), tasks: tasksOf(play, tags, skipTags) }));
}

export interface ListedTags extends Omit<ListedPlay, 'tasks'> {
  /** Tags of the play's tasks, sorted. */
  readonly taskTags: readonly string[];
}

/** The tags of a playbook, play by play. */
export function listTags(
  playbook: Playbook,
  tags: readonly string[] = [],
  skipTags: readonly string[] = [],
): ListedTags[] {
  return playbook.plays.map((play, index) => {
    const found = tasksOf(play, tags, skipTags).flatMap((task) => task.tags);
    return { ...heading(play, index), taskTags: [...new Set([...play.keywords.tags, ...found])].sort() };
  });
}

function heading(play: Play, index: number): Omit<ListedPlay, 'tasks'> {
  return { number: index + 1, hosts: play.hostsLabel, name: play.name ?? play.hostsLabel, tags: play.keywords.tags };
}

function tasksOf(play: Play, tags: readonly string[], skipTags: readonly string[]): ListedTask[] {
  const found: ListedTask[] = [];
  for (const section of play.sections) {
    for (const node of below(section, false)) {
      if (node.kind === 'block' || !selectTags(node.keywords, tags, skipTags)) continue;
      const { role } = node.lexical;
      const label = role ? `${role.name} : ${node.label}` : node.label;
      found.push({ label, tags: [...node.keywords.tags].sort(), place: node.place, id: node.id });
    }
  }
  return found;
}
