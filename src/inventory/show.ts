import { InputError } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import { emptyMapping, isMapping, type Value, type Values } from '../base/value.js';
import { type Definition, findHost, type Inventory, type InventoryHost } from './inventory.js';
import { byCodePoint } from './sources.js';

/** Names that the engine fills in: `ansible-inventory` never prints them. */
const INTERNAL = new Set([
  'ansible_diff_mode',
  'ansible_config_file',
  'ansible_facts',
  'ansible_forks',
  'ansible_inventory_sources',
  'ansible_limit',
  'ansible_playbook_python',
  'ansible_run_tags',
  'ansible_skip_tags',
  'ansible_verbosity',
  'ansible_version',
  'inventory_dir',
  'inventory_file',
  'inventory_hostname',
  'inventory_hostname_short',
  'groups',
  'group_names',
  'omit',
  'playbook_dir',
]);

/** The winning variables of a host as `ansible-inventory` shows them: unrendered, with extra vars. */
function hostVariables(inventory: Inventory, host: InventoryHost): Values {
  const values = emptyMapping();
  const layers = inventory.extraVars ? [...host.layers, inventory.extraVars] : host.layers;
  for (const { definitions } of layers) {
    for (const [name, definition] of definitions) if (!INTERNAL.has(name)) values[name] = marked(definition);
  }
  return values;
}

function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMapping(value)) return value;
  const values = emptyMapping();
  for (const name of Object.keys(value).sort(byCodePoint)) values[name] = sorted(value[name]!);
  return values;
}

/** A value with the texts that are marked `!unsafe` as Ansible's JSON shows them. */
function marked({ value, isUnsafe }: Definition): Value {
  if (!isUnsafe) return value;
  const walk = (inner: Value, path: (string | number)[]): Value => {
    if (typeof inner === 'string') return isUnsafe(path) ? mapping([['__ansible_unsafe', inner]]) : inner;
    if (Array.isArray(inner)) return inner.map((item, index) => walk(item, [...path, index]));
    return isMapping(inner)
      ? mapping(Object.keys(inner).map((name) => [name, walk(inner[name]!, [...path, name])]))
      : inner;
  };
  return walk(value, []);
}

function asJson(value: Value): string {
  return JSON.stringify(sorted(value), null, 4);
}

function mapping(entries: Iterable<readonly [string, Value]>): Values {
  const values = emptyMapping();
  for (const [name, value] of entries) values[name] = value;
  return values;
}

/** The text that `ansible-inventory --list` prints for the same files: JSON with sorted names. */
export function inventoryListJson(inventory: Inventory): string {
  const printed = emptyMapping();
  for (const { name, hosts, children } of inventory.tree.values()) {
    const group = emptyMapping();
    if (name !== 'all' && hosts.length > 0) group.hosts = [...hosts];
    if (children.length > 0) group.children = [...children];
    if (Object.keys(group).length > 0) printed[name] = group;
  }
  const variables = (inventory.groups.get('all') ?? []).map(
    (name) => [name, hostVariables(inventory, inventory.hosts.get(name)!)] as const,
  );
  printed._meta = mapping([['hostvars', mapping(variables.filter(([, values]) => Object.keys(values).length > 0))]]);
  return asJson(printed);
}

/** The text that `ansible-inventory --graph` prints, from a group down. Throws InputError for an unknown group. */
export function inventoryGraph(inventory: Inventory, start = 'all'): string {
  if (!inventory.tree.has(start)) {
    throw new InputError({ message: `there is no group "${start}"`, hint: didYouMean(start, inventory.tree.keys()) });
  }
  const lines: string[] = [];
  const add = (name: string, depth: number) => lines.push(depth === 0 ? name : `${'  |'.repeat(depth)}--${name}`);
  const walk = (name: string, depth: number) => {
    const group = inventory.tree.get(name)!;
    add(`@${name}:`, depth);
    for (const child of group.children) walk(child, depth + 1);
    if (name !== 'all') for (const host of group.hosts) add(host, depth + 1);
  };
  walk(start, 0);
  return lines.join('\n');
}

/** The text that `ansible-inventory --host NAME` prints: its variables as JSON. Throws InputError for an unknown host. */
export function inventoryHost(inventory: Inventory, name: string): string {
  const host = findHost(inventory, name);
  if (host) return asJson(hostVariables(inventory, host));
  throw new InputError({ message: `there is no host "${name}"`, hint: didYouMean(name, inventory.hosts.keys()) });
}
