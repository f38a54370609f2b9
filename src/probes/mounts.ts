import { lines, probeKind } from './probe.js';

/** A line of proc(5) mountinfo. */
export interface MountEntry {
  /** Undefined in a prediction: the host resolves labels and UUIDs. */
  readonly source: string | undefined;
  readonly type: string | undefined;
  /** Of the mount and of its file system together, e.g. ro, nosuid, size=65536k. */
  readonly options: readonly string[] | undefined;
}

/** Blanks and backslashes are written as \ and three octal digits there, as in fstab. */
export function unescapeField(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** What is mounted at a path, the topmost; null where the path is no mount point. */
export const mount = probeKind<MountEntry | null>({
  library: new Map(),
  most: 500,
  ask: () => 'cat /proc/self/mountinfo',
  parse: ({ stdout }, paths) => {
    const found = new Map<string, MountEntry>();
    for (const line of lines(stdout)) {
      const [before = '', after = ''] = line.split(' - ');
      const [, , , , point = '', options = ''] = before.split(' ');
      const [type = '', source = '', superOptions = ''] = after.split(' ');
      const all = new Set([...options.split(','), ...superOptions.split(',')]);
      found.set(unescapeField(point), { source: unescapeField(source), type, options: [...all] });
    }
    return paths.map((path) => found.get(path) ?? null);
  },
});
