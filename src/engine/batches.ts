import type { Play, Serial } from '../playbook/tree.js';

/** The hosts of a play in the order that the play asks for. */
export function inOrder(hosts: readonly string[], order: Play['order']): string[] {
  const list = [...hosts];
  switch (order) {
    case 'reverse_inventory':
      return list.reverse();
    case 'sorted':
      return list.sort();
    case 'reverse_sorted':
      return list.sort().reverse();
    case 'shuffle':
      for (let i = list.length - 1; i > 0; i--) {
        const j = Math.floor(Math.random() * (i + 1));
        [list[i], list[j]] = [list[j]!, list[i]!];
      }
      return list;
    default:
      return list;
  }
}

/** The batches that `serial` makes of the hosts; its last entry repeats. Percentages are of all hosts, at least one. */
export function batches(hosts: readonly string[], serial: Serial): string[][] {
  if (serial.length === 0) return [[...hosts]];
  const made: string[][] = [];
  for (let from = 0; from < hosts.length; ) {
    const said = serial[Math.min(made.length, serial.length - 1)]!;
    const batch = hosts.slice(from, from + sizeOf(said, hosts.length));
    made.push(batch);
    from += batch.length;
  }
  return made;
}

/** Hosts of a batch; a number of 0 or less means all of them, as in Ansible. */
function sizeOf(said: Serial[number], all: number): number {
  if (typeof said === 'number') return said <= 0 ? all : said;
  return Math.max(1, Math.floor((Number.parseFloat(said) / 100) * all));
}
