import type { Value, Values } from '../base/value.js';
import type { Handler, Node, Play } from '../playbook/tree.js';
import type { Event } from '../report/event.js';
import type { TemplateCompiler } from '../template/index.js';
import type { Flags } from './effective.js';
import type { ItemResult } from './job.js';
import type { Lane } from './lane.js';
import type { LocalFolders } from './local-files.js';
import type { HostMemory, HostVariables, TaskScope } from './variables.js';

/** What a host needs of the play it takes part in, and of the other hosts in it. */
export interface Company {
  readonly play: Play;
  /** The play's sections with a flush of handlers after each. */
  readonly nodes: readonly Node[];
  readonly flags: Flags;
  readonly local: LocalFolders;
  readonly compiler: TemplateCompiler;
  /** The user that a task without become runs as. */
  loginUser(scope: TaskScope): string;
  /** Seconds since 1970 at the start of the run. */
  readonly now: number;
  /** How many -v were given. */
  readonly verbosity: number;
  /** Tags asked for: false where a task is not to be run. */
  wanted(node: Node): boolean;
  emit(event: Event): void;
  /** A secret came up: it is shown nowhere from here on. */
  keepSecret(secret: string): void;
  memory(host: string): HostMemory;
  variables(host: string): HostVariables;
  /** A lane of its own to any host, for a task delegated there. */
  laneTo(host: string): Lane;
  /** The host was changed by another host's task. */
  disturb(host: string): void;
  /** Waits until the hosts of the batch are together; gives its place in the forks to others meanwhile. */
  meet(host: string, point: number): Promise<readonly string[]>;
  /** The result of a run_once task: made by the first host, shared by all that met for it. */
  once(company: readonly string[]): Shared;
  /** Waits for one of the places of a task with `throttle`. */
  throttle<T>(point: number, places: number, work: () => Promise<T>): Promise<T>;
  /** Takes in a host's failure; undefined: the others go on. */
  failed(host: string, fatal: boolean): void;
  /** Why no host of the play shall begin another task; undefined: they may. */
  readonly stopped: string | undefined;
  stop(reason: string): void;
  addHost(name: string, groups: readonly string[], values: Values): void;
  groupBy(host: string, key: string, parents: readonly string[]): void;
  /** Asks the person at the terminal, or only waits. */
  pause(seconds: number | undefined, prompt: string | undefined, echo: boolean): Promise<string | undefined>;
  /** True once the run was interrupted: no host begins another task. */
  readonly interrupted: boolean;
  refreshInventory(): Promise<void>;
  /** Handlers of included roles, added while the play runs. */
  readonly moreHandlers: Handler[];
}

/** What a run_once task came to, for the hosts that did not do it. */
export interface Shared {
  readonly result: Promise<{ readonly result: ItemResult; readonly registered: Value }>;
  settle(result: ItemResult, registered: Value): void;
}
