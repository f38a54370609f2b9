import { didYouMean } from '../base/nearest.js';
import { isMapping, type Value, type Values } from '../base/value.js';
import type { YamlDocument } from '../base/yaml.js';
import { expandHosts, RangeMistake } from './address.js';
import { yamlDefinition } from './definitions.js';
import type { GroupNode, Report, Tree } from './tree.js';

const SECTIONS = ['vars', 'children', 'hosts'];

/** Reads a YAML inventory: groups with `hosts`, `vars` and `children`, nested. */
class YamlSource {
  constructor(
    private readonly document: YamlDocument,
    private readonly tree: Tree,
    private readonly report: Report,
    private readonly warn: Report,
  ) {}

  read(root: Values): void {
    for (const name in root) this.group(name, root[name]!, root);
  }

  private group(name: string, data: Value, container: Values): GroupNode | undefined {
    const place = this.document.placeIn(container, name, 'key');
    if (data !== null && !isMapping(data)) {
      this.report(`the group "${name}" must be a mapping`, place, `of ${SECTIONS.join(', ')}`);
      return undefined;
    }
    if (name === '') {
      this.report('a group needs a name', place);
      return undefined;
    }
    const group = this.tree.group(name);
    for (const section in data) this.section(group, section, data);
    return group;
  }

  private section(group: GroupNode, section: string, data: Values): void {
    const place = this.document.placeIn(data, section, 'key');
    if (!SECTIONS.includes(section)) {
      const hint = didYouMean(section, SECTIONS) ?? 'groups inside a group stand under "children"';
      this.warn(`"${section}" in the group "${group.name}" is skipped: only ${SECTIONS.join(', ')} count`, place, hint);
      return;
    }
    const value = data[section]!;
    if (value === null) return;
    const entries = isMapping(value) ? value : undefined;
    if (entries) {
      for (const name in entries) this.entry(group, section, name, entries[name]!, entries);
    } else if (typeof value === 'string') this.entry(group, section, value, null, data);
    else
      this.report(`"${section}" of the group "${group.name}" must be a mapping`, place, 'end each name with a colon');
  }

  private entry(group: GroupNode, section: string, name: string, value: Value, container: Values): void {
    if (section === 'hosts') {
      this.hosts(group, name, value, container);
      return;
    }
    const place = this.document.placeIn(container, name, 'key');
    if (section === 'vars') {
      const definition = name in container ? yamlDefinition(this.document, container, name) : { value, place };
      this.tree.groupVariable(group, name, definition);
      return;
    }
    const child = this.group(name, value, container);
    if (child) this.tree.child(group, child, place);
  }

  private hosts(group: GroupNode, pattern: string, value: Value, container: Values): void {
    const place = this.document.placeIn(container, pattern, 'key');
    const variables = value === null || value === '' || value === false || value === 0 ? undefined : value;
    if (variables !== undefined && !isMapping(variables)) {
      const hint = 'put its variables below it, as name: value';
      this.report(`the host "${pattern}" must be a mapping of variables, or empty`, place, hint);
      return;
    }
    try {
      const { names, port } = expandHosts(pattern);
      const definitions = Object.keys(variables ?? {}).map(
        (name) => [name, yamlDefinition(this.document, variables!, name)] as const,
      );
      for (const name of names) {
        const host = this.tree.host(name, group, port, place);
        for (const [variable, definition] of definitions) this.tree.hostVariable(host, variable, definition);
      }
    } catch (error) {
      if (!(error instanceof RangeMistake)) throw error;
      this.report(`${pattern}: ${error.message}`, place);
    }
  }
}

/** Reads a YAML inventory into the tree; `root` is the document's value. */
export function readYamlSource(document: YamlDocument, root: Values, tree: Tree, report: Report, warn: Report): void {
  if (root.plugin) {
    const place = document.placeIn(root, 'plugin', 'key');
    report(
      `inventory plugins are not supported (${String(root.plugin)})`,
      place,
      'an executable script can print the hosts',
    );
    return;
  }
  new YamlSource(document, tree, report, warn).read(root);
}
