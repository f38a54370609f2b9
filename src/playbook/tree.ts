import type { Place } from '../base/place.js';
import type { Value } from '../base/value.js';
import type { Compiled, Condition } from '../template/template.js';

/*
 * The words, each with one meaning everywhere:
 *   playbook  a list of plays, in a file
 *   play      tasks for a pattern of hosts
 *   role      a folder of tasks, handlers, defaults, vars, templates and files with a name
 *   block     tasks that share keywords and failure handling
 *   task      one use of a module
 *   handler   a task that runs only when another task that changed something notifies it
 * The tree is static: everything that can be known without a host has been checked when it exists.
 */

/** Variables with their values compiled, in the order they were written. */
export type Variables = ReadonlyMap<string, Compiled>;

/**
 * Keywords that a task has after inheritance (play → role → block → task, nearest wins;
 * `when` and `tags` add up). Absent means: not said anywhere.
 */
export interface Keywords {
  readonly when: readonly Condition[];
  readonly tags: readonly string[];
  readonly become?: Compiled;
  readonly becomeUser?: Compiled;
  readonly becomeMethod?: Compiled;
  readonly remoteUser?: Compiled;
  readonly connection?: string;
  readonly port?: Compiled;
  readonly environment: readonly Compiled[];
  readonly noLog?: Compiled;
  readonly ignoreErrors?: Compiled;
  readonly ignoreUnreachable?: Compiled;
  readonly checkMode?: Compiled;
  readonly diff?: Compiled;
  readonly anyErrorsFatal?: boolean;
  readonly throttle?: number;
  /** Seconds. */
  readonly timeout?: Compiled;
  readonly runOnce?: boolean;
  readonly delegateTo?: Compiled;
}

/** The role that a task was written in: where its files are looked for, and its variables. */
export interface Role {
  readonly name: string;
  /** Absolute path of the role's folder. */
  readonly folder: string;
  readonly place: Place;
  /** defaults/main.yml: the weakest variables there are. */
  readonly defaults: Variables;
  /** vars/main.yml: stronger than the inventory and the play. */
  readonly vars: Variables;
  /** Parameters given where the role is used: stronger than everything but extra vars. */
  readonly params: Variables;
  /** meta/argument_specs.yml, entry `main`, as a check of the role's variables; undefined: no spec. */
  readonly argumentSpec?: RoleArgumentSpec;
  /**
   * Uses of a role with equal values are the same use under different conditions or tags: where one of them
   * ran a task on a host, the later ones are left out there. Absent: it may run again.
   */
  readonly once?: string;
}

/** One option of meta/argument_specs.yml, in Ansible's form. */
export interface RoleOption {
  readonly type: 'str' | 'list' | 'dict' | 'bool' | 'int' | 'float' | 'path' | 'raw';
  readonly required: boolean;
  readonly description: string;
  readonly choices?: readonly Value[];
  readonly default?: Value;
  readonly elements?: RoleOption['type'];
  readonly options?: Readonly<Record<string, RoleOption>>;
}
export interface RoleArgumentSpec {
  readonly place: Place;
  readonly description: string;
  readonly options: Readonly<Record<string, RoleOption>>;
}

export interface Loop {
  readonly place: Place;
  /** A list; `with_dict` and friends are refused with the form to use. */
  readonly items: Compiled;
  readonly loopVar: string;
  readonly indexVar?: string;
  readonly label?: Compiled;
  /** Seconds between items. */
  readonly pause?: number;
  readonly extended: boolean;
}

/** What every node carries for variables: the layers of the blocks and roles around it, weakest first. */
export interface Lexical {
  readonly role?: Role;
  /** `vars:` of the enclosing blocks (outermost first), then of the task itself. */
  readonly vars: readonly Variables[];
  /** Parameters of the include or import that brought the node here. */
  readonly params: readonly Variables[];
}

export interface Task {
  readonly kind: 'task';
  readonly place: Place;
  /** Unique within the run: equal ids are the same task, on whatever host. */
  readonly id: number;
  /** `name:`, possibly a template; undefined: the module's name is shown. */
  readonly name?: Compiled;
  /** The name as written, templates and all, or else the module's name: for lists made without a host. */
  readonly label: string;
  /** Canonical module name (`ansible.builtin.` taken off). */
  readonly module: string;
  readonly args: Compiled;
  /** Conditions among the arguments (`that` of assert), compiled. */
  readonly assertions?: readonly Condition[];
  /** The place of an argument, e.g. `argPlace('mode')`; of the module's own line where the argument is absent. */
  argPlace(name: string): Place;
  readonly keywords: Keywords;
  readonly lexical: Lexical;
  readonly loop?: Loop;
  readonly register?: string;
  readonly changedWhen?: readonly Condition[];
  readonly failedWhen?: readonly Condition[];
  readonly until?: readonly Condition[];
  readonly retries?: Compiled;
  /** Seconds between retries. */
  readonly delay?: Compiled;
  /** Names (or `listen` topics) of handlers to notify. */
  readonly notify: readonly Compiled[];
}

export interface Block {
  readonly kind: 'block';
  readonly place: Place;
  readonly name?: string;
  readonly body: readonly Node[];
  readonly rescue: readonly Node[];
  readonly always: readonly Node[];
}

/** include_tasks and include_role: brought in when the run gets there, once per host and loop item. */
export interface Include {
  readonly kind: 'include';
  readonly what: 'tasks' | 'role';
  readonly place: Place;
  readonly id: number;
  readonly name?: Compiled;
  /** As for a task. */
  readonly label: string;
  /** Arguments of the module: `file`, or `name tasks_from vars_from ... public`; `apply` is in the nodes already. */
  readonly args: Compiled;
  readonly keywords: Keywords;
  readonly lexical: Lexical;
  readonly loop?: Loop;
  /** Loads what the rendered arguments name; the same arguments give the same nodes. Throws InputError. */
  load(args: Value): Promise<Included>;
  /** What `load` gives where the arguments are constant (and it is not an include of itself): for lint and lists. */
  readonly known?: Included;
}

/** What an include brings in. */
export interface Included {
  readonly nodes: readonly Node[];
  readonly handlers: readonly Handler[];
}

/** `meta:` tasks steer the engine and have no module. */
export interface Meta {
  readonly kind: 'meta';
  readonly place: Place;
  readonly id: number;
  readonly action:
    | 'flush_handlers'
    | 'end_play'
    | 'end_host'
    | 'end_batch'
    | 'end_role'
    | 'clear_facts'
    | 'clear_host_errors'
    | 'refresh_inventory'
    | 'reset_connection'
    | 'noop';
  /** As for a task. */
  readonly label: string;
  readonly keywords: Keywords;
  readonly lexical: Lexical;
}

export type Node = Task | Block | Include | Meta;

export interface Handler {
  /** Rendered once per host when it is looked for by name. */
  readonly task: Task | Include;
  readonly name?: Compiled;
  readonly listen: readonly string[];
}

/** A host counts or a percentage of the play's hosts, e.g. `[1, '30%']`. */
export type Serial = readonly (number | `${number}%`)[];

export interface VarsPrompt {
  readonly name: string;
  readonly prompt: string;
  readonly private: boolean;
  readonly default?: Value;
  readonly confirm: boolean;
}

export interface Play {
  readonly place: Place;
  readonly name?: string;
  /** A pattern (a list of them is joined by commas), possibly a template. */
  readonly hosts: Compiled;
  /** The pattern as written, for lists made without an inventory. */
  readonly hostsLabel: string;
  /** What the tasks inherit; it also holds for the gathering of facts. */
  readonly keywords: Keywords;
  readonly gatherFacts: boolean;
  /** `free` where the play does not say: hosts wait for each other only where it asks for it. */
  readonly strategy: 'linear' | 'free' | 'host_pinned';
  readonly serial: Serial;
  readonly order: 'inventory' | 'reverse_inventory' | 'sorted' | 'reverse_sorted' | 'shuffle';
  /** 0 to 100; undefined: as many hosts as there are may fail. */
  readonly maxFailPercentage?: number;
  readonly forceHandlers: boolean;
  readonly vars: Variables;
  readonly varsFiles: readonly Compiled[];
  readonly varsPrompt: readonly VarsPrompt[];
  /** Handlers are flushed after each section: pre_tasks, roles and tasks, post_tasks. */
  readonly sections: readonly (readonly Node[])[];
  readonly handlers: readonly Handler[];
  /** Every role the play uses statically, dependencies included, for `hostwright lint` and variable defaults. */
  readonly roles: readonly Role[];
}

export interface Playbook {
  readonly file: string;
  readonly plays: readonly Play[];
  /** Things worth saying that are not errors. */
  readonly warnings: readonly import('../base/error.js').Problem[];
}
