import type { Bytes } from '../actions/action.js';
import type { Action } from '../actions/registry.js';
import { NotYet } from '../base/scope.js';
import type { Value, Values } from '../base/value.js';
import type { Answers, Probe, ProbeName } from '../probes/registry.js';
import type { Diff } from '../report/event.js';
import type { Arguments, OptionRules, Options } from './options.js';

/** Thrown by `State.read` for a probe that has not been asked yet: the engine asks, and plans again. */
export class Unanswered extends NotYet {
  readonly probes: readonly Probe[];
  constructor(probes: readonly Probe[]) {
    super(`not asked yet: ${probes.map((probe) => `${probe.kind} ${probe.subject}`).join(', ')}`);
    this.probes = probes;
  }
}

/** Thrown in check mode for what only a real run can tell: the task is reported as *unknown*. */
export class Unknowable extends NotYet {}

/** What is known of the host. */
export interface State {
  /** The answer of a probe. Throws Unanswered, Unknowable, or TaskError where the host refused the answer. */
  read<K extends ProbeName>(probe: Probe<K>): Answers[K];
  /**
   * A field of an answer that a prediction may leave open: asks the host where it is undefined.
   * Use it for every field of a stat, passwd entry, package or unit that decides something.
   */
  field<K extends ProbeName, V>(probe: Probe<K>, value: V | undefined): V;
}

/** Files of the controller, looked for where Ansible looks: the role's folder, then the playbook's. */
export interface LocalFiles {
  /**
   * @param kind the folder to look in first: `files/`, `templates/`, ...
   * @throws TaskError naming every place that was looked at
   */
  find(name: string, kind: 'files' | 'templates' | 'vars'): string;
  /** The file's bytes, read at most once a run; large files stay on disk. */
  bytes(path: string): Bytes;
  /** Permission bits of the file. */
  mode(path: string): number;
  /** Every file below a folder, as paths relative to it, sorted; folders end in `/`. */
  list(path: string): readonly string[];
  isDirectory(path: string): boolean;
}

/** What a plan may know besides arguments and state. */
export interface PlanContext {
  readonly check: boolean;
  /** True where the difference will be shown: only then is the old content worth reading. */
  readonly diff: boolean;
  /** The user whose session the actions run in. */
  readonly user: string;
  readonly local: LocalFiles;
  /** Variables exported to programs that the task runs (`environment:`). */
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds the task may take (`timeout:`). */
  readonly timeout: number | undefined;
  /** Renders a template's text with the task's variables. */
  render(text: string, name: string): string;
  /** Whether a condition (in the language of `when`) holds with the task's variables. Throws where it has an error. */
  test(condition: string): boolean;
  /** The value of an expression as it stands between `{{` and `}}`; undefined where nothing defines it. */
  value(expression: string): Value | undefined;
  /** How many -v were given. */
  readonly verbosity: number;
  /** Seconds since 1970 at the start of the run. */
  readonly now: number;
}

/** What happens on the controller when the task is done. */
export type ControllerEffect =
  | { readonly type: 'set-facts'; readonly values: Values }
  /** Facts of the host, by Ansible's names without `ansible_`. */
  | { readonly type: 'host-facts'; readonly values: Values }
  /** Variables from files of the controller, later files winning; with `name` as one mapping of that name. */
  | { readonly type: 'include-vars'; readonly paths: readonly string[]; readonly name?: string }
  | { readonly type: 'message'; readonly text: Value }
  | { readonly type: 'add-host'; readonly name: string; readonly groups: readonly string[]; readonly values: Values }
  | { readonly type: 'group-by'; readonly key: string; readonly parents: readonly string[] }
  | { readonly type: 'pause'; readonly seconds?: number; readonly prompt?: string; readonly echo: boolean }
  | { readonly type: 'save'; readonly path: string; readonly content: Buffer }
  /** Waits for the host to come back over a new connection; everything known of it is stale then. */
  | {
      readonly type: 'reconnect';
      /** Seconds before the first try, between tries, and in all. */
      readonly delay: number;
      readonly sleep: number;
      readonly timeout: number;
      /** The host must have booted since: its boot id must differ from this one. */
      readonly bootId?: string;
      /** Must succeed on the new connection. */
      readonly testCommand?: string;
      /** Seconds for one try. */
      readonly connectTimeout?: number;
    };

/** A plan: everything the task would do, and what it would tell. */
export interface Change {
  readonly actions: readonly Action[];
  /** Left out: true exactly where there are actions. */
  readonly changed?: boolean;
  readonly diff?: readonly Diff[];
  /** One line for a person. */
  readonly message?: string;
  /** What `register` gets beside changed, failed, skipped. */
  readonly result?: Values;
  /** Nothing was to be done, for this reason (`creates` exists, for instance): the task counts as skipped or ok. */
  readonly skipped?: string;
  /** Why only a run can tell whether this changes anything: *unknown* in check mode. */
  readonly unknown?: string;
  readonly controller?: readonly ControllerEffect[];
}

/** What an action of the plan came to. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
  /** Seconds. */
  readonly duration: number;
}

/** What the outcomes of the actions say; left out: success exactly where the last status is 0. */
export interface Conclusion {
  readonly failed?: boolean;
  readonly changed?: boolean;
  readonly message?: string;
  readonly hint?: string;
  readonly result?: Values;
  readonly controller?: readonly ControllerEffect[];
}

/** One use of Ansible's vocabulary: arguments in, plan out; it never touches a host. */
export interface Module<S extends Options = Options> {
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  readonly options: S;
  readonly rules?: OptionRules;
  /** The option that a bare string gives (`command: ls -l`). */
  readonly freeForm?: string;
  /** Any names beside the options are taken (set_fact). */
  readonly anyNames?: boolean;
  /** Kinds of answers that must not be older than the task (setup asks facts anew). */
  readonly fresh?: readonly ProbeName[];
  /** Does its work once for all hosts of the batch (add_host, pause). */
  readonly once?: boolean;
  /** YAML of tasks, run by a test. */
  readonly examples: string;
  /** What the plan will surely read: asked ahead, together with the probes of other tasks. */
  probes(args: Arguments<S>, context: PlanContext): readonly Probe[];
  /** Pure. May read further probes: they are asked, and it is called again. Throws TaskError, Unanswered, Unknowable. */
  plan(args: Arguments<S>, state: State, context: PlanContext): Change;
  /** Called with the outcomes of all actions that ran, the last one possibly failed. */
  conclude?(args: Arguments<S>, outcomes: readonly Outcome[], change: Change): Conclusion;
}

/** Keeps the options' types while a module is being defined. */
export function defineModule<const S extends Options>(module: Module<S>): Module<S> {
  return module;
}
