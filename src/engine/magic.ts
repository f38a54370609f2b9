import { dirname, resolve } from 'node:path';
import type { Scope } from '../base/scope.js';
import { emptyMapping, type Value, type Values } from '../base/value.js';
import type { Inventory, InventoryHost } from '../inventory/inventory.js';
import { factGroupOf, factNames } from '../probes/facts/groups.js';
import { ask } from '../probes/registry.js';
import type { Beliefs } from './beliefs.js';
import { OMIT, shortName } from './variables.js';

/** What names of the engine's are made of, for one host in one play. */
export interface MagicSources {
  readonly host: InventoryHost;
  readonly inventory: Inventory;
  readonly playHosts: readonly string[];
  readonly batchHosts: readonly string[];
  readonly check: boolean;
  readonly diff: boolean;
  readonly forks: number;
  readonly verbosity: number;
  readonly playbook: string;
  readonly cwd: string;
  beliefs(): Beliefs;
  /** The variables of another host, for `hostvars`. */
  scopeOf(host: string): Scope;
  groupsOf(host: string): readonly string[];
}

/** Names that nothing can override, with what they give. */
const names: Readonly<Record<string, (sources: MagicSources) => Value>> = {
  inventory_hostname: ({ host }) => host.name,
  inventory_hostname_short: ({ host }) => shortName(host.name),
  group_names: ({ host, groupsOf }) => [...groupsOf(host.name)],
  groups: ({ inventory }) =>
    Object.assign(emptyMapping(), Object.fromEntries([...inventory.groups].map(([name, hosts]) => [name, [...hosts]]))),
  hostvars: (sources) => hostvars(sources),
  facts: (sources) => facts(sources),
  ansible_facts: (sources) => facts(sources),
  play_hosts: ({ batchHosts }) => [...batchHosts],
  ansible_play_hosts: ({ playHosts }) => [...playHosts],
  ansible_play_hosts_all: ({ playHosts }) => [...playHosts],
  ansible_play_batch: ({ batchHosts }) => [...batchHosts],
  ansible_check_mode: ({ check }) => check,
  ansible_diff_mode: ({ diff }) => diff,
  ansible_forks: ({ forks }) => forks,
  ansible_verbosity: ({ verbosity }) => verbosity,
  playbook_dir: ({ playbook, cwd }) => dirname(resolve(cwd, playbook)),
  inventory_dir: ({ host, cwd }) => (host.sourceFolder === undefined ? cwd : resolve(cwd, host.sourceFolder)),
  inventory_file: ({ host }) => host.source ?? '',
  omit: () => OMIT,
};

/** Ansible's flat names of facts: `ansible_distribution` is `facts.distribution`. */
const FLAT = 'ansible_';

export const magicNames: ReadonlySet<string> = new Set([
  ...Object.keys(names),
  ...factNames().map((name) => FLAT + name),
]);

export function magic(name: string, sources: MagicSources): Value | undefined {
  if (Object.hasOwn(names, name)) return names[name]!(sources);
  return name.startsWith(FLAT) ? fact(name.slice(FLAT.length), sources) : undefined;
}

/** A mapping whose values are made when they are read: rendering them all would ask the host for everything. */
function lazily(keys: Iterable<string>, value: (key: string) => Value | undefined): Values {
  const view = emptyMapping();
  for (const key of keys) Object.defineProperty(view, key, { enumerable: true, get: () => value(key) });
  return view;
}

function fact(name: string, { beliefs }: MagicSources): Value | undefined {
  const group = factGroupOf(name);
  return group === undefined ? undefined : beliefs().read(ask('fact', group))[name];
}

/** Every fact by name; names of network interfaces are known only by asking for them. */
function facts(sources: MagicSources): Values {
  const view = lazily(factNames(), (name) => fact(name, sources));
  return new Proxy(view, {
    has: (target, name) => name in target || (typeof name === 'string' && factGroupOf(name) !== undefined),
    get: (target, name) =>
      typeof name === 'string' && !(name in target) ? fact(name, sources) : Reflect.get(target, name),
    getOwnPropertyDescriptor: (target, name) =>
      Reflect.getOwnPropertyDescriptor(target, name) ??
      (typeof name === 'string' && factGroupOf(name) !== undefined
        ? { configurable: true, enumerable: false, get: () => fact(name, sources) }
        : undefined),
  });
}

function hostvars({ inventory, scopeOf }: MagicSources): Values {
  return lazily(inventory.hosts.keys(), (host) => {
    const scope = scopeOf(host);
    return lazily(new Set(scope.names?.()), (name) => scope.get(name));
  });
}
