import { posix } from 'node:path';
import type { FileStat } from '../probes/stat.js';

/** Folders that are links on every Debian since the merge of /usr, and the runtime folders. */
const USUAL: readonly (readonly [link: string, target: string])[] = [
  ['/bin', '/usr/bin'],
  ['/sbin', '/usr/sbin'],
  ['/lib', '/usr/lib'],
  ['/lib64', '/usr/lib64'],
  ['/var/run', '/run'],
  ['/var/lock', '/run/lock'],
];

/** Other names under which a host's paths are known: symlinks that have been seen. */
export class Aliases {
  readonly #links = new Map<string, string>(USUAL);

  /** Takes note of what a path turned out to be. */
  see(path: string, stat: FileStat | null): void {
    if (stat?.type === 'symlink' && stat.target !== undefined)
      this.#links.set(path, posix.resolve(posix.dirname(path), stat.target));
    else this.#links.delete(path);
  }

  /** Says whether the path itself is a link. */
  isLink(path: string): boolean {
    return this.#links.has(path);
  }

  /** Every other name of a path that is known: what changes under one name changes under all. */
  of(path: string): string[] {
    const found = new Set<string>();
    const open = [path];
    for (let each = open.pop(); each !== undefined && found.size < 50; each = open.pop()) {
      for (const [link, target] of this.#links) {
        for (const other of [moved(each, link, target), moved(each, target, link)]) {
          if (other === undefined || other === path || found.has(other)) continue;
          found.add(other);
          open.push(other);
        }
      }
    }
    return [...found];
  }
}

/** The path with `from` at its beginning replaced; undefined where it does not begin so. */
function moved(path: string, from: string, to: string): string | undefined {
  if (path === from) return to;
  return path.startsWith(`${from}/`) ? to + path.slice(from.length) : undefined;
}
