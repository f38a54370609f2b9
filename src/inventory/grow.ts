import type { Values } from '../base/value.js';
import type { Definition, Inventory, InventoryHost, VariableLayer } from './inventory.js';

/** The inventory with a host more, or with a host in more groups: what add_host and group_by make of it. */
export function withHost(inventory: Inventory, name: string, groups: readonly string[], values: Values): Inventory {
  const before = inventory.hosts.get(name);
  const all = inventory.hosts.values().next().value;
  const place = { file: 'add_host', line: 0, col: 0 };
  const definitions = new Map<string, Definition>(
    Object.entries(values).map(([key, value]) => [key, { value, place }]),
  );
  const added: VariableLayer = { rank: 'inventory host_vars/*', definitions };
  const shared = before?.layers ?? all?.layers.filter(({ group }) => group === 'all') ?? [];
  const host: InventoryHost = {
    name,
    groups: [...new Set([...(before?.groups ?? []), ...groups])].sort(),
    layers: definitions.size > 0 ? [...shared, added] : shared,
    implicit: false,
    source: before?.source,
    sourceFolder: before?.sourceFolder,
  };
  const members = new Map(inventory.groups);
  for (const group of ['all', ...groups]) members.set(group, [...new Set([...(members.get(group) ?? []), name])]);
  const tree = new Map(inventory.tree);
  for (const group of groups)
    if (!tree.has(group)) tree.set(group, { ...inventory.tree.get('ungrouped')!, name: group } as never);
  return { ...inventory, hosts: new Map(inventory.hosts).set(name, host), groups: members, tree };
}
