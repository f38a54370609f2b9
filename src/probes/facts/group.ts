import type { Values } from '../../base/value.js';

/**
 * Facts that are asked for together, because the same files or programs tell them.
 * Names are Ansible's, without `ansible_`.
 */
export interface FactGroup {
  readonly names: readonly string[];
  /** Files to read, as paths or shell patterns; what is missing or unreadable has no lines. */
  readonly files?: readonly string[];
  /** More shell, where files do not tell. Must not read stdin. */
  readonly text?: string;
  parse(source: FactSource): Values;
}

/** What the host said for a group. */
export interface FactSource {
  /** Lines of a file; none where it cannot be read. */
  lines(path: string): readonly string[];
  /** The first line of a file, without blanks around it; undefined where it cannot be read or is empty. */
  line(path: string): string | undefined;
  /** The paths of this form that were read, each with its match. */
  matching(pattern: RegExp): readonly RegExpExecArray[];
  /** What `text` printed. */
  readonly text: string;
}

/** `NAME=value` lines with shell quoting, as in os-release(5). */
export function assignments(lines: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of lines) {
    const match = /^([A-Za-z_]\w*)=(.*)$/.exec(line.trim());
    if (match) found.set(match[1]!, unquoted(match[2]!));
  }
  return found;
}

function unquoted(text: string): string {
  const first = text[0];
  if (text.length < 2 || (first !== '"' && first !== "'") || !text.endsWith(first)) return text;
  const inner = text.slice(1, -1);
  return first === '"' ? inner.replace(/\\(["\\$`])/g, '$1') : inner;
}

/** `name: value` lines, as in /proc/meminfo; of equal names the first. */
export function fields(lines: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim();
    if (colon > 0 && !found.has(name)) found.set(name, line.slice(colon + 1).trim());
  }
  return found;
}
