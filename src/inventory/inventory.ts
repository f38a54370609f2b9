import type { Problem } from '../base/error.js';
import type { Place } from '../base/place.js';
import type { Value } from '../base/value.js';

/** One definition of a variable, still unrendered. */
export interface Definition {
  readonly value: Value;
  /** Where the value stands. */
  readonly place: Place;
  /**
   * Says whether the text at a path inside the value (`[]`: the value itself) is marked `!unsafe`, so that it
   * holds no templates. Undefined: nothing inside is.
   */
  readonly isUnsafe?: (path: readonly (string | number)[]) => boolean;
}

/** A layer of variables, e.g. one group_vars file. Layers come weakest first. */
export interface VariableLayer {
  /** Ansible's name of the rank, e.g. `inventory group_vars/*`. */
  readonly rank: Rank;
  /** The group it belongs to; undefined: a layer of the host itself, or of no host. */
  readonly group?: string;
  readonly definitions: ReadonlyMap<string, Definition>;
}

/** The ranks that inventories and the command line fill, weakest first, by Ansible's names. */
export const RANKS = [
  'inventory file or script group vars',
  'inventory group_vars/all',
  'playbook group_vars/all',
  'inventory group_vars/*',
  'playbook group_vars/*',
  'inventory file or script host vars',
  'inventory host_vars/*',
  'playbook host_vars/*',
  'play vars_prompt',
  'play vars_files',
  'extra vars',
] as const;
export type Rank = (typeof RANKS)[number];

export interface InventoryHost {
  readonly name: string;
  /** Every group it is in, `all` excluded, sorted by name (as Ansible's group_names). */
  readonly groups: readonly string[];
  /** All layers that apply to this host from inventory and group_vars/host_vars, weakest first. */
  readonly layers: readonly VariableLayer[];
  /** True: it stands in no inventory (localhost). */
  readonly implicit: boolean;
  /** `inventory_file`: the source that named it first (a path, or the text of a host list). */
  readonly source: string | undefined;
  /** `inventory_dir`: the folder of that source; undefined for a host list. */
  readonly sourceFolder: string | undefined;
}

export interface InventoryGroup {
  readonly name: string;
  /** Hosts that are in it directly, in inventory order. */
  readonly hosts: readonly string[];
  readonly children: readonly string[];
  /** Longest way down from `all`: deeper groups win. */
  readonly depth: number;
  /** `ansible_group_priority`, 1 where nothing is said: breaks ties of depth. */
  readonly priority: number;
}

export interface Inventory {
  /** Hosts in the order of the inventory. */
  readonly hosts: ReadonlyMap<string, InventoryHost>;
  /** Group name → names of all its hosts (children included), in inventory order; has `all` and `ungrouped`. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** The groups as they were written, in the order they were first named; `all` and `ungrouped` first. */
  readonly tree: ReadonlyMap<string, InventoryGroup>;
  /** Hosts that a pattern may ask for though no inventory has them: `localhost`, `127.0.0.1` and `::1`. */
  readonly implicit: ReadonlyMap<string, InventoryHost>;
  /** `-e`, stronger than every layer of a host. */
  readonly extraVars: VariableLayer | undefined;
  readonly warnings: readonly Problem[];
}

/** A host that a pattern may have selected, implicit ones included. */
export function findHost(inventory: Inventory, name: string): InventoryHost | undefined {
  return inventory.hosts.get(name) ?? inventory.implicit.get(name);
}
