import type { VariableFolder } from './files.js';
import type { Definition, InventoryHost, Rank, VariableLayer } from './inventory.js';
import { byCodePoint } from './sources.js';
import { ancestors, type GroupNode, type HostNode, type Tree } from './tree.js';

/** The group_vars and host_vars folders of one side: beside the inventories in their order, or beside the playbook. */
export interface Folders {
  readonly groups: readonly VariableFolder[];
  readonly hosts: readonly VariableFolder[];
}

function layer(rank: Rank, definitions: ReadonlyMap<string, Definition>, group?: string): VariableLayer {
  return { rank, group, definitions };
}

/** Builds the layers of hosts. Hosts in the same groups share one list of group layers. */
export class Layers {
  private readonly order = new Map<GroupNode, number>();
  private readonly files = new Map<VariableFolder, Map<string, VariableLayer[]>>();
  private readonly shared = new Map<string, { names: string[]; layers: VariableLayer[] }>();

  constructor(
    private readonly tree: Tree,
    private readonly inventory: Folders,
    private readonly playbook: Folders,
  ) {
    const sorted = [...tree.groups.values()].sort(
      (a, b) => a.depth - b.depth || a.priority - b.priority || byCodePoint(a.name, b.name),
    );
    for (const [index, group] of sorted.entries()) this.order.set(group, index);
  }

  /** Reads the files of every group; call it once, before the layers of hosts. */
  async readGroups(): Promise<void> {
    for (const [folders, side] of [
      [this.inventory, 'inventory'],
      [this.playbook, 'playbook'],
    ] as const) {
      for (const folder of folders.groups) {
        const found = new Map<string, VariableLayer[]>();
        for (const name of this.tree.groups.keys()) {
          const rank: Rank = name === 'all' ? `${side} group_vars/all` : `${side} group_vars/*`;
          const layers = (await folder.layers(name)).map((definitions) => layer(rank, definitions, name));
          if (layers.length > 0) found.set(name, layers);
        }
        this.files.set(folder, found);
      }
    }
  }

  /** A host with its groups and layers. */
  async host(node: HostNode, implicit = false): Promise<InventoryHost> {
    const { names, layers } = this.groupLayers(node);
    const own: VariableLayer[] = [];
    if (node.variables.size > 0) own.push(layer('inventory file or script host vars', node.variables));
    for (const folder of this.inventory.hosts) {
      for (const found of await folder.layers(node.name)) own.push(layer('inventory host_vars/*', found));
    }
    for (const folder of this.playbook.hosts) {
      for (const found of await folder.layers(node.name)) own.push(layer('playbook host_vars/*', found));
    }
    return {
      name: node.name,
      groups: names,
      layers: own.length > 0 ? [...layers, ...own] : layers,
      implicit,
      source: node.source.name || undefined,
      sourceFolder: node.source.folder,
    };
  }

  private groupLayers({ groups }: HostNode): { names: string[]; layers: VariableLayer[] } {
    const key = [...groups]
      .map((group) => this.order.get(group)!)
      .sort((a, b) => a - b)
      .join();
    let found = this.shared.get(key);
    if (!found) {
      const above = [...ancestors(groups)].filter((group) => group !== this.tree.all);
      above.sort((a, b) => this.order.get(a)! - this.order.get(b)!);
      found = { names: above.map(({ name }) => name).sort(byCodePoint), layers: this.combine(above) };
      this.shared.set(key, found);
    }
    return found;
  }

  /** Ansible's order: what inventories say, then files for `all`, then files of groups source by source. */
  private combine(groups: GroupNode[]): VariableLayer[] {
    const { all } = this.tree;
    const written = [all, ...groups].filter(({ variables }) => variables.size > 0);
    const names = groups.map(({ name }) => name);
    return [
      ...written.map((group) => this.written(group)),
      ...this.read(this.inventory, ['all']),
      ...this.read(this.playbook, ['all']),
      ...this.read(this.inventory, names),
      ...this.read(this.playbook, names),
    ];
  }

  private readonly writtenLayers = new Map<GroupNode, VariableLayer>();
  private written(group: GroupNode): VariableLayer {
    let found = this.writtenLayers.get(group);
    if (!found) {
      found = layer('inventory file or script group vars', group.variables, group.name);
      this.writtenLayers.set(group, found);
    }
    return found;
  }

  private read({ groups: folders }: Folders, names: readonly string[]): VariableLayer[] {
    return folders.flatMap((folder) => names.flatMap((name) => this.files.get(folder)?.get(name) ?? []));
  }
}
