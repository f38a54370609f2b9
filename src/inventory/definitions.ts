import type { Place } from '../base/place.js';
import { isMapping, type Value, type Values } from '../base/value.js';
import type { YamlDocument } from '../base/yaml.js';
import type { Definition } from './inventory.js';

/** A definition in a YAML file, whose place is looked up when somebody asks. */
class YamlDefinition implements Definition {
  constructor(
    readonly value: Value,
    private readonly document: YamlDocument,
    private readonly container: Values,
    private readonly name: string,
  ) {}

  get place(): Place {
    return this.document.placeIn(this.container, this.name);
  }

  get isUnsafe(): Definition['isUnsafe'] {
    if (!this.document.hasUnsafe) return undefined;
    return (path) => {
      let container: Value = this.container;
      for (const name of [this.name, ...path]) {
        if (typeof container !== 'object' || container === null) return false;
        if (this.document.isUnsafeIn(container, name)) return true;
        container = (container as Values)[name] ?? null;
      }
      return false;
    };
  }
}

/** The definition of an entry of a mapping of a document. */
export function yamlDefinition(document: YamlDocument, container: Values, name: string): Definition {
  return new YamlDefinition(container[name]!, document, container, name);
}

/** All entries of a mapping of a document as definitions; the root where none is given. Undefined: no mapping. */
export function yamlDefinitions(
  document: YamlDocument,
  container = document.value(),
): Map<string, Definition> | undefined {
  if (container === null) return new Map();
  if (!isMapping(container)) return undefined;
  return new Map(Object.keys(container).map((name) => [name, yamlDefinition(document, container, name)]));
}
