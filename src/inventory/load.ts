import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { InputError, type Problem } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import type { Place } from '../base/place.js';
import { VariableFiles, VariableFolder } from './files.js';
import type { Inventory, InventoryGroup, InventoryHost, VariableLayer } from './inventory.js';
import { type Folders, Layers } from './layers.js';
import { isHostList, readSource } from './sources.js';
import { descendants, type GroupNode, type Report, Tree } from './tree.js';

const LOCAL_NAMES = ['127.0.0.1', 'localhost', '::1'];
const MOST_HINTS = 20;

export interface InventoryOptions {
  /** The `-i` arguments in their order: paths, or host lists such as `web1,`. */
  readonly sources: readonly string[];
  /** What relative sources are relative to. */
  readonly cwd: string;
  /** Folder of the playbook, for its group_vars and host_vars. */
  readonly playbookFolder?: string;
  readonly extraVars?: VariableLayer;
}

/** Lists the folders of variables beside each source, and opens them. */
function inventoryFolders(sources: readonly string[], cwd: string, files: VariableFiles): Folders {
  const places = new Map<string, string>();
  for (const source of sources) {
    if (isHostList(source, cwd)) continue;
    const path = resolve(cwd, source);
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    const folder = isFolder ? path : dirname(path);
    // The last of several mentions counts, because later sources are stronger.
    places.delete(folder);
    places.set(folder, isFolder ? source : dirname(source));
  }
  return openFolders(places, files);
}

function openFolders(places: ReadonlyMap<string, string>, files: VariableFiles): Folders {
  const open = (kind: string) =>
    [...places].map(([path, shown]) => new VariableFolder(join(path, kind), join(shown, kind), files));
  return { groups: open('group_vars'), hosts: open('host_vars') };
}

/** The hosts of a group and of the groups below it, in Ansible's order. */
function hostsOf(group: GroupNode): string[] {
  if (group.children.size === 0) return [...group.hosts.keys()];
  const names = new Set<string>();
  for (const each of descendants(group)) for (const name of each.hosts.keys()) names.add(name);
  return [...names];
}

function toGroup({ name, hosts, children, depth, priority }: GroupNode): InventoryGroup {
  return { name, hosts: [...hosts.keys()], children: [...children.keys()], depth, priority };
}

function warnOfUnused(
  kind: 'group' | 'host',
  folders: readonly Folders[],
  names: ReadonlyMap<string, unknown>,
  warn: Report,
) {
  const unused = folders.flatMap((each) =>
    (kind === 'group' ? each.groups : each.hosts).flatMap((folder) => folder.unused()),
  );
  let hints = 0;
  for (const { name, shown } of unused) {
    if (kind === 'host' && LOCAL_NAMES.includes(name)) continue;
    const message = names.has(name)
      ? `not read: another file for the ${kind} "${name}" comes first`
      : `not read: the inventory has no ${kind} "${name}"`;
    const hint = names.has(name) || hints++ >= MOST_HINTS ? undefined : didYouMean(name, names.keys());
    warn(message, { file: shown, line: 0, col: 0 }, hint);
  }
}

/** Hosts for the names of this machine that stand in no inventory. */
async function implicitHosts(hosts: ReadonlyMap<string, InventoryHost>, layers: Layers) {
  const implicit = new Map<string, InventoryHost>();
  const named = [...hosts.values()].find(({ name }) => LOCAL_NAMES.includes(name));
  const place = { file: 'implicit localhost', line: 0, col: 0 };
  for (const name of LOCAL_NAMES) {
    if (hosts.has(name)) continue;
    const variables = new Map([['ansible_connection', { value: 'local', place }]]);
    const source = { name: '', folder: undefined };
    implicit.set(name, named ?? (await layers.host({ name, groups: new Set(), variables, source }, true)));
  }
  return implicit;
}

/**
 * Reads inventories as Ansible does: sources in their order, group_vars and host_vars beside them and beside
 * the playbook. Throws an InputError with the problems of all files.
 */
export async function loadInventory(options: InventoryOptions): Promise<Inventory> {
  const { sources, cwd, playbookFolder, extraVars } = options;
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const report: Report = (message, place: Place, hint) => void problems.push({ message, place, hint });
  const warn: Report = (message, place: Place, hint) => void warnings.push({ message, place, hint });

  const tree = new Tree(report);
  for (const source of sources) if (source !== '') await readSource(source, { tree, cwd, report, warn, problems });
  tree.reconcile();
  for (const name of tree.hosts.keys()) {
    if (tree.groups.has(name)) warnings.push({ message: `"${name}" is the name of both a group and a host` });
  }

  const files = new VariableFiles(problems);
  const beside = inventoryFolders(sources, cwd, files);
  const shown = playbookFolder ?? '';
  const byPlay = openFolders(new Map(playbookFolder === undefined ? [] : [[resolve(cwd, shown), shown]]), files);
  const layers = new Layers(tree, beside, byPlay);
  await layers.readGroups();
  const hosts = new Map<string, InventoryHost>();
  for (const node of tree.hosts.values()) hosts.set(node.name, await layers.host(node));
  const implicit = await implicitHosts(hosts, layers);
  warnOfUnused('group', [beside, byPlay], tree.groups, warn);
  warnOfUnused('host', [beside, byPlay], hosts, warn);
  if (problems.length > 0) throw new InputError(problems);
  return {
    hosts,
    groups: new Map([...tree.groups.values()].map((group) => [group.name, hostsOf(group)])),
    tree: new Map([...tree.groups.values()].map((group) => [group.name, toGroup(group)])),
    implicit,
    extraVars,
    warnings,
  };
}
