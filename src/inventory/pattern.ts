import { resolve } from 'node:path';
import { InputError, type Problem } from '../base/error.js';
import { readBytes } from '../base/file.js';
import { didYouMean } from '../base/nearest.js';
import { parseAddress } from './address.js';
import { globTest } from './glob.js';
import type { Inventory } from './inventory.js';

const SUBSCRIPT = /^(.+)\[(?:(-?[0-9]+)|([0-9]+)[:-]([0-9]*))\]$/;
const SPECIAL = /[.?*[]/;

export interface SelectOptions {
  /** What `@file` is relative to; the working folder where left out. */
  readonly cwd?: string;
  /** Told of each name in the pattern that matches nothing, as Ansible warns; where left out these are errors. */
  readonly warn?: (problem: Problem) => void;
}

type Names = readonly string[];

/** Single patterns of a text: separated by commas, or by colons that are neither ports nor in brackets. */
function split(pattern: string): string[] {
  if (!pattern.includes(',') && parseAddress(pattern)) return [pattern];
  const parts = pattern.includes(',') ? pattern.split(',') : (pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? []);
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** Replaces each `@file` by the patterns on the lines of the file. */
function withFiles(parts: Names, cwd: string): string[] {
  return parts.flatMap((part) => {
    if (!part.startsWith('@')) return [part];
    const lines = readBytes(resolve(cwd, part.slice(1)), part.slice(1))
      .toString('utf8')
      .split('\n');
    return lines.map((line) => line.trim()).filter((line) => line !== '');
  });
}

class Selector {
  readonly unknown: Problem[] = [];
  constructor(
    private readonly inventory: Inventory,
    private readonly what: string,
  ) {}

  /** Unions first, then intersections, then exclusions, wherever they stand; without a union, all hosts. */
  select(parts: Names): Set<string> {
    const unions = parts.filter((part) => !/^[&!]/.test(part));
    const chosen = new Set<string>();
    for (const part of unions.length > 0 ? unions : ['all']) for (const name of this.match(part)) chosen.add(name);
    for (const part of parts.filter((each) => each.startsWith('&'))) {
      const kept = new Set(this.match(part.slice(1)));
      for (const name of chosen) if (!kept.has(name)) chosen.delete(name);
    }
    for (const part of parts.filter((each) => each.startsWith('!'))) {
      for (const name of this.match(part.slice(1))) chosen.delete(name);
    }
    return chosen;
  }

  private match(part: string): Names {
    if (part === '') return [];
    if (this.inventory.hosts.has(part)) return [part];
    const found = part.startsWith('~') ? null : SUBSCRIPT.exec(part);
    if (!found) return this.named(part);
    const [, pattern, index, start, end] = found;
    const hosts = this.named(pattern!);
    if (hosts.length === 0) return hosts;
    return index === undefined ? this.range(hosts, start!, end!, part) : this.at(hosts, Number(index), part);
  }

  private at(hosts: Names, index: number, part: string): Names {
    const name = hosts.at(index);
    if (name !== undefined) return [name];
    this.unknown.push({ message: `${this.what} "${part}" is beyond the last host: there are ${hosts.length}` });
    return [];
  }

  /** Both ends count. An end of 0 means the first alone, as in Ansible. */
  private range(hosts: Names, start: string, end: string, part: string): Names {
    if (end !== '' && Number(end) === 0) return this.at(hosts, Number(start), part);
    return hosts.slice(Number(start), end === '' ? undefined : Number(end) + 1);
  }

  private named(pattern: string): Names {
    const { groups, hosts, implicit } = this.inventory;
    const isPlain = !pattern.startsWith('~') && !/[?*[]/.test(pattern);
    const test = isPlain ? undefined : this.test(pattern);
    const matching = isPlain ? (groups.has(pattern) ? [pattern] : []) : [...groups.keys()].filter(test!);
    const found = new Set(matching.flatMap((group) => groups.get(group)!));
    if (matching.length === 0 || pattern.startsWith('~') || SPECIAL.test(pattern)) {
      if (!isPlain) for (const name of hosts.keys()) if (test!(name)) found.add(name);
      if (isPlain && hosts.has(pattern)) found.add(pattern);
    }
    const local = found.size === 0 ? implicit.get(pattern) : undefined;
    if (local) found.add(local.name);
    if (found.size === 0 && matching.length === 0) this.unmatched(pattern);
    return [...found];
  }

  private test(pattern: string): (name: string) => boolean {
    if (!pattern.startsWith('~')) return globTest(pattern);
    try {
      // From the beginning, but not to the end, as Python's re.match.
      const expression = new RegExp(`^(?:${pattern.slice(1)})`);
      return (name) => expression.test(name);
    } catch (error) {
      throw new InputError({
        message: `${this.what} "${pattern}" is no regular expression: ${(error as Error).message}`,
      });
    }
  }

  private unmatched(pattern: string): void {
    const names = [...this.inventory.groups.keys(), ...this.inventory.hosts.keys()];
    const hint = SPECIAL.test(pattern) ? undefined : didYouMean(pattern, names);
    this.unknown.push({ message: `${this.what} "${pattern}" matches no host or group`, hint });
  }
}

/**
 * The hosts of a pattern in Ansible's order: `web:db`, `web,db`, `web:&prod`, `all:!db`, `web*`, `~web\d+`,
 * `web[0]`, `web[0:2]`, `@file`. With a limit, only those that the limit has too. Names in the pattern that
 * match nothing are told to `warn`, or else are errors; in the limit they are always errors, as is a limit
 * that leaves no host at all. Throws InputError.
 */
export function selectHosts(
  inventory: Inventory,
  pattern: string,
  limit?: string,
  options: SelectOptions = {},
): string[] {
  const cwd = options.cwd ?? process.cwd();
  const selector = new Selector(inventory, 'the pattern');
  const chosen = selector.select(withFiles(split(pattern), cwd));
  if (selector.unknown.length > 0 && !options.warn) throw new InputError(selector.unknown);
  for (const problem of selector.unknown) options.warn?.(problem);
  if (limit === undefined || limit.trim() === '') return [...chosen];

  const limiter = new Selector(inventory, 'the limit');
  const allowed = limiter.select(withFiles(split(limit), cwd));
  if (limiter.unknown.length > 0) throw new InputError(limiter.unknown);
  if (allowed.size === 0) throw new InputError({ message: `the limit "${limit}" leaves no host` });
  return [...chosen].filter((name) => allowed.has(name));
}
