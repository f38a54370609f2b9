import type { Place } from '../base/place.js';
import type { Value } from '../base/value.js';

/** One definition of a variable, still unrendered. */
export interface Definition {
  readonly value: Value;
  readonly place: Place;
}

/** A layer of variables, e.g. one group_vars file. Layers come weakest first. */
export interface VariableLayer {
  /** Ansible's name of the rank, e.g. `inventory group_vars/*`. */
  readonly rank: string;
  readonly definitions: ReadonlyMap<string, Definition>;
}

export interface InventoryHost {
  readonly name: string;
  /** Every group it is in, `all` excluded, sorted by name (as Ansible's group_names). */
  readonly groups: readonly string[];
  /** All layers that apply to this host from inventory and group_vars/host_vars, weakest first. */
  readonly layers: readonly VariableLayer[];
}

export interface Inventory {
  /** Hosts in the order of the inventory. */
  readonly hosts: ReadonlyMap<string, InventoryHost>;
  /** Group name → names of all its hosts (children included), in inventory order; has `all` and `ungrouped`. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly warnings: readonly import('../base/error.js').Problem[];
}
