import type { Values } from '../base/value.js';
import type { FactSource } from './facts/group.js';
import { factGroup } from './facts/groups.js';
import { probeKind } from './probe.js';

/** Lines of /proc/cpuinfo that nobody asks for, and that are most of it. */
const DULL =
  '^(flags|bugs|vmx flags|Features|power management|bogomips|address sizes|microcode|clflush size|cache_alignment)[[:blank:]]*:';

/** Groups whose text may hold any bytes go last. */
const ANYTHING = ['env', 'local'];
const ordered = (names: readonly string[]): string[] =>
  [...names].sort((a, b) => ANYTHING.indexOf(a) - ANYTHING.indexOf(b));

const mark = (name: string): string => `\0\x1e${name}\n`;

/**
 * Facts of one group (subject: its name, see facts/groups.ts), by Ansible's names without `ansible_`.
 * The files of all groups are read by one grep, which writes the path before each line; then comes
 * what each group asks beyond files.
 */
export const fact = probeKind<Values>({
  library: new Map(),
  most: 100,
  keep: 16 * 1024 * 1024,
  ask: (names) => {
    const files = new Set(names.flatMap((name) => factGroup(name).files ?? []));
    const parts = files.size === 0 ? [] : [`grep -sHvE '${DULL}' ${[...files].join(' ')} </dev/null`];
    for (const name of ordered(names)) {
      const { text } = factGroup(name);
      if (text !== undefined) parts.push(`printf '\\000\\036${name}\\n'`, text);
    }
    return parts.join('\n');
  },
  parse: ({ stdout }, names) => {
    let rest = stdout.toString('utf8');
    const texts = new Map<string, string>();
    for (const name of ordered(names).reverse()) {
      if (factGroup(name).text === undefined) continue;
      const at = rest.lastIndexOf(mark(name));
      if (at < 0) throw new Error(`the facts of ${name} are missing`);
      texts.set(name, rest.slice(at + mark(name).length));
      rest = rest.slice(0, at);
    }
    const files = filesOf(rest);
    return names.map((name) => factGroup(name).parse(source(files, texts.get(name) ?? '')));
  },
});

/** Lines by the path that grep wrote before them; no path of ours holds a colon. */
function filesOf(text: string): ReadonlyMap<string, string[]> {
  const files = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const path = line.slice(0, colon);
    const lines = files.get(path);
    if (lines) lines.push(line.slice(colon + 1));
    else files.set(path, [line.slice(colon + 1)]);
  }
  return files;
}

function source(files: ReadonlyMap<string, readonly string[]>, text: string): FactSource {
  return {
    lines: (path) => files.get(path) ?? [],
    line: (path) => files.get(path)?.[0]?.trim() || undefined,
    matching: (pattern) => [...files.keys()].map((path) => pattern.exec(path)).filter((match) => match !== null),
    text,
  };
}
