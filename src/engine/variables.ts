import { basename } from 'node:path';
import type { Scope } from '../base/scope.js';
import { emptyMapping, isMapping, type Value, type Values } from '../base/value.js';
import type { Definition, VariableLayer } from '../inventory/inventory.js';
import { Unknowable } from '../modules/module.js';
import type { Lexical, Play, Variables } from '../playbook/tree.js';
import type { Compiled, TemplateCompiler } from '../template/index.js';
import { TemplateError } from '../template/index.js';

const NOWHERE = { file: '', line: 0, col: 0 };

/** What stands for an argument that should be as if it had not been written (`{{default x omit}}`). */
export const OMIT = '__omit_place_holder__b3a1';

/** What a host knows beside files: what tasks made of it. */
export class HostMemory {
  readonly facts = new Map<string, Value>();
  readonly registers = new Map<string, Value>();
  /** Of include_vars. */
  readonly included = new Map<string, Definition>();
  /** Registers of tasks whose outcome only a run can tell. */
  readonly unknowable = new Set<string>();
  /** Grows with every change: what was rendered before may be different now. */
  epoch = 0;

  register(name: string, value: Value): void {
    this.registers.set(name, value);
    this.unknowable.delete(name);
    this.epoch++;
  }

  setFacts(values: Values): void {
    for (const [name, value] of Object.entries(values)) {
      this.facts.set(name, value);
      this.unknowable.delete(name);
    }
    this.epoch++;
  }

  /** Takes in a file's variables; with a name, as parts of one mapping of that name. */
  include(definitions: ReadonlyMap<string, Definition>, name?: string): void {
    if (name === undefined) for (const [each, definition] of definitions) this.included.set(each, definition);
    else {
      const before = this.included.get(name)?.value;
      const value: Values = Object.assign(emptyMapping(), isMapping(before ?? null) ? before : {});
      for (const [each, definition] of definitions) value[each] = definition.value;
      const place = definitions.values().next().value?.place ?? NOWHERE;
      this.included.set(name, { value, place });
    }
    this.epoch++;
  }

  cannotKnow(name: string): void {
    this.unknowable.add(name);
    this.epoch++;
  }
}

/** Where one host's variables come from, in a play. */
export interface VariableSources {
  readonly host: string;
  readonly layers: readonly VariableLayer[];
  readonly extra: VariableLayer;
  readonly play: Play;
  /** vars_files and vars_prompt, weakest first; stronger than the play's own vars. */
  readonly playValues: readonly VariableLayer[];
  readonly memory: HostMemory;
  readonly compiler: TemplateCompiler;
  /** Names that nothing can override: inventory_hostname, groups, hostvars, facts... */
  magic(name: string): Value | undefined;
  readonly magicNames: ReadonlySet<string>;
}

const NOTHING: Lexical = { vars: [], params: [] };
const compiledDefinitions = new WeakMap<Definition, Compiled>();

/** A host's variables in a play; scopes for tasks are made of it. */
export class HostVariables {
  readonly #sources: VariableSources;
  #epoch = -1;
  #scopes = new Map<Lexical, TaskScope>();

  constructor(sources: VariableSources) {
    this.#sources = sources;
  }

  /** The scope of a task; the same object until something on the host changes. */
  scope(lexical: Lexical = NOTHING): TaskScope {
    const { memory } = this.#sources;
    if (this.#epoch !== memory.epoch) {
      this.#epoch = memory.epoch;
      this.#scopes = new Map();
    }
    const key = lexical.role || lexical.vars.length > 0 || lexical.params.length > 0 ? lexical : NOTHING;
    let scope = this.#scopes.get(key);
    if (!scope) {
      scope = new TaskScope(this.#sources, key);
      this.#scopes.set(key, scope);
    }
    return scope;
  }
}

/** The names that a task sees, strongest definition first, each rendered when first used. */
export class TaskScope implements Scope {
  readonly #sources: VariableSources;
  readonly #lexical: Lexical;
  readonly #locals: ReadonlyMap<string, Value>;
  readonly #values = new Map<string, Value>();
  readonly #rendering: Set<string>;

  constructor(sources: VariableSources, lexical: Lexical, locals: ReadonlyMap<string, Value> = new Map()) {
    this.#sources = sources;
    this.#lexical = lexical;
    this.#locals = locals;
    this.#rendering = new Set();
  }

  /** The same scope with more names: a loop's item, or a task's own result. */
  with(locals: ReadonlyMap<string, Value>): TaskScope {
    return new TaskScope(this.#sources, this.#lexical, new Map([...this.#locals, ...locals]));
  }

  has(name: string): boolean {
    return (
      this.#locals.has(name) ||
      this.#sources.magicNames.has(name) ||
      this.#sources.memory.unknowable.has(name) ||
      this.#find(name) !== undefined
    );
  }

  get(name: string): Value {
    const local = this.#locals.get(name);
    if (local !== undefined) return local;
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const magic = this.#sources.magicNames.has(name) ? this.#sources.magic(name) : this.#roleMagic(name);
    if (magic !== undefined) return magic;
    if (this.#sources.memory.unknowable.has(name))
      throw new Unknowable(`${name} comes from a task that only a run can do`);
    const found = this.#find(name);
    if (found === undefined) throw new TypeError(`scope.get of an undefined name: ${name}`);
    if (this.#rendering.has(name)) {
      throw new TemplateError(
        found.place,
        `the variable ${name} refers to itself`,
        `through ${[...this.#rendering].join(', ')}`,
        name,
      );
    }
    this.#rendering.add(name);
    try {
      const value = found.render(this);
      this.#values.set(name, value);
      return value;
    } finally {
      this.#rendering.delete(name);
    }
  }

  /** True where the name's value cannot depend on what tasks do: a constant of a file, or a name of the engine's. */
  isPlain(name: string): boolean {
    if (this.#sources.magicNames.has(name) || this.#locals.has(name)) return true;
    const found = this.#find(name);
    return found === undefined || found.references.length === 0;
  }

  *names(): Iterable<string> {
    yield* this.#locals.keys();
    yield* this.#sources.magicNames;
    const { memory, layers, extra, play, playValues } = this.#sources;
    yield* memory.facts.keys();
    yield* memory.registers.keys();
    for (const layer of [extra, ...layers, ...playValues]) yield* layer.definitions.keys();
    for (const variables of [play.vars, ...this.#lexical.vars, ...this.#lexical.params]) yield* variables.keys();
    for (const role of play.roles) for (const variables of [role.defaults, role.vars]) yield* variables.keys();
    const { role } = this.#lexical;
    if (role) for (const variables of [role.defaults, role.vars, role.params]) yield* variables.keys();
  }

  #roleMagic(name: string): Value | undefined {
    if (name !== 'role_name' && name !== 'role_path') return undefined;
    const { role } = this.#lexical;
    return role === undefined ? undefined : name === 'role_name' ? basename(role.name) : role.folder;
  }

  /** The strongest definition, in Ansible's order of precedence. */
  #find(name: string): Compiled | undefined {
    const { extra, memory, play, playValues, layers } = this.#sources;
    const { role, vars, params } = this.#lexical;
    return (
      this.#defined(extra, name) ??
      last(params, name) ??
      role?.params.get(name) ??
      constant(memory.registers.get(name)) ??
      constant(memory.facts.get(name)) ??
      this.#definition(memory.included.get(name)) ??
      last(vars, name) ??
      role?.vars.get(name) ??
      this.#ofRoles(name, 'vars') ??
      this.#definedLast(playValues, name) ??
      play.vars.get(name) ??
      this.#definedLast(layers, name) ??
      role?.defaults.get(name) ??
      this.#ofRoles(name, 'defaults')
    );
  }

  /** What the play's roles define is seen by all of it; the last role wins. */
  #ofRoles(name: string, kind: 'vars' | 'defaults'): Compiled | undefined {
    return this.#sources.play.roles.findLast((role) => role[kind].has(name))?.[kind].get(name);
  }

  #definedLast(layers: readonly VariableLayer[], name: string): Compiled | undefined {
    const layer = layers.findLast(({ definitions }) => definitions.has(name));
    return layer && this.#defined(layer, name);
  }

  #defined(layer: VariableLayer, name: string): Compiled | undefined {
    return this.#definition(layer.definitions.get(name));
  }

  #definition(definition: Definition | undefined): Compiled | undefined {
    if (!definition) return undefined;
    let compiled = compiledDefinitions.get(definition);
    if (!compiled) {
      compiled = this.#sources.compiler.value(definition.value, definition.place);
      compiledDefinitions.set(definition, compiled);
    }
    return compiled;
  }
}

function last(layers: readonly Variables[], name: string): Compiled | undefined {
  return layers.findLast((variables) => variables.has(name))?.get(name);
}

function constant(value: Value | undefined): Compiled | undefined {
  return value === undefined ? undefined : { place: NOWHERE, references: [], render: () => value };
}

/** `web1` of `web1.example.org`. */
export function shortName(host: string): string {
  return host.split('.')[0]!;
}
