import type { Place } from '../base/place.js';
import type { Value } from '../base/value.js';
import type { Definition } from './inventory.js';

export interface GroupNode {
  readonly name: string;
  readonly hosts: Map<string, HostNode>;
  readonly children: Map<string, GroupNode>;
  readonly parents: Map<string, GroupNode>;
  readonly variables: Map<string, Definition>;
  priority: number;
  depth: number;
}

export interface HostNode {
  readonly name: string;
  /** Groups that name it directly. */
  readonly groups: Set<GroupNode>;
  readonly variables: Map<string, Definition>;
  readonly source: Source;
}

/** Where hosts come from: a file, a script or a host list. */
export interface Source {
  /** Path, or the text of a host list. */
  readonly name: string;
  readonly folder: string | undefined;
}

/** Tells a mistake in a source: message, place, hint. */
export type Report = (message: string, place: Place, hint?: string) => void;

/** What the sources say, one after the other. Groups and hosts stay in the order they were first named. */
export class Tree {
  readonly groups = new Map<string, GroupNode>();
  readonly hosts = new Map<string, HostNode>();
  readonly all = this.group('all');
  readonly ungrouped = this.group('ungrouped');
  /** Set before each source is read. */
  source: Source = { name: '', folder: undefined };

  constructor(private readonly report: Report) {
    this.link(this.all, this.ungrouped);
  }

  /** The group of a name, made where it is new. */
  group(name: string): GroupNode {
    let group = this.groups.get(name);
    if (!group) {
      group = {
        name,
        hosts: new Map(),
        children: new Map(),
        parents: new Map(),
        variables: new Map(),
        priority: 1,
        depth: 0,
      };
      this.groups.set(name, group);
    }
    return group;
  }

  /** Adds a host to a group; the port counts only where the host is new, as in Ansible. */
  host(name: string, group: GroupNode | undefined, port: number | undefined, place: Place): HostNode {
    let host = this.hosts.get(name);
    if (!host) {
      host = { name, groups: new Set(), variables: new Map(), source: this.source };
      if (port !== undefined) host.variables.set('ansible_port', { value: port, place });
      this.hosts.set(name, host);
    }
    if (group) {
      group.hosts.set(name, host);
      host.groups.add(group);
    }
    return host;
  }

  /** Makes one group the child of another; reports a loop instead of closing it. */
  child(parent: GroupNode, child: GroupNode, place: Place): void {
    if (parent === child) {
      this.report(`the group "${parent.name}" is its own child`, place);
      return;
    }
    if (parent.children.has(child.name)) return;
    const way = wayDown(child, parent);
    if (way) {
      const names = [parent, ...way].map(({ name }) => name).join(' > ');
      this.report(`the groups stand in a loop: ${names}`, place, 'take one of these children out');
      return;
    }
    this.link(parent, child);
  }

  /** Sets a variable of a group; `ansible_group_priority` orders groups instead of being a variable. */
  groupVariable(group: GroupNode, name: string, definition: Definition): void {
    if (name !== 'ansible_group_priority') {
      group.variables.set(name, definition);
      return;
    }
    const priority = toInteger(definition.value);
    if (priority === undefined) this.report('ansible_group_priority must be an integer', definition.place);
    else group.priority = priority;
  }

  /** Sets a variable of a host. A group of the same name gets it instead, as in Ansible. */
  hostVariable(host: HostNode, name: string, definition: Definition): void {
    const group = this.groups.get(host.name);
    if (group) this.groupVariable(group, name, definition);
    else host.variables.set(name, definition);
  }

  /** Ansible's rules for when all sources are read: every group under `all`, lonely hosts in `ungrouped`. */
  reconcile(): void {
    for (const group of this.groups.values()) {
      if (group !== this.all && group.parents.size === 0) {
        this.child(this.all, group, { file: this.source.name, line: 0, col: 0 });
      }
    }
    for (const host of this.hosts.values()) {
      const grouped = [...host.groups].some((group) => group !== this.all && group !== this.ungrouped);
      if (grouped && host.groups.delete(this.ungrouped)) this.ungrouped.hosts.delete(host.name);
      if (!grouped && !host.groups.has(this.ungrouped)) {
        this.ungrouped.hosts.set(host.name, host);
        host.groups.add(this.ungrouped);
      }
    }
    setDepths(this.all);
  }

  private link(parent: GroupNode, child: GroupNode): void {
    parent.children.set(child.name, child);
    child.parents.set(parent.name, parent);
  }
}

function toInteger(value: Value): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : undefined;
  return typeof value === 'string' && /^\s*[-+]?\d{1,15}\s*$/.test(value) ? Number(value) : undefined;
}

/** Groups on a way from one group down to another, both included; undefined: there is none. */
function wayDown(from: GroupNode, to: GroupNode): GroupNode[] | undefined {
  const cameFrom = new Map<GroupNode, GroupNode | undefined>([[from, undefined]]);
  for (const group of cameFrom.keys()) {
    if (group === to) {
      const way: GroupNode[] = [];
      for (let at: GroupNode | undefined = to; at; at = cameFrom.get(at)) way.unshift(at);
      return way;
    }
    for (const child of group.children.values()) if (!cameFrom.has(child)) cameFrom.set(child, group);
  }
  return undefined;
}

/** Sets the depth of each group: the longest way down from `all`. */
function setDepths(all: GroupNode): void {
  const waiting = new Map<GroupNode, number>();
  const reached = descendants(all);
  for (const group of reached) {
    for (const child of group.children.values()) waiting.set(child, (waiting.get(child) ?? 0) + 1);
  }
  const ready = [all];
  for (const group of ready) {
    for (const child of group.children.values()) {
      child.depth = Math.max(child.depth, group.depth + 1);
      const left = waiting.get(child)! - 1;
      waiting.set(child, left);
      if (left === 0) ready.push(child);
    }
  }
}

/** A group and all groups below it, level by level. */
export function descendants(group: GroupNode): Set<GroupNode> {
  const found = new Set([group]);
  for (const each of found) for (const child of each.children.values()) found.add(child);
  return found;
}

/** All groups above some groups, and these groups themselves. */
export function ancestors(groups: Iterable<GroupNode>): Set<GroupNode> {
  const found = new Set(groups);
  for (const each of found) for (const parent of each.parents.values()) found.add(parent);
  return found;
}
