import type { Place } from '../base/place.js';
import type { Value, Values } from '../base/value.js';

/** How a task ended on a host. `unknown` exists in check mode only: it cannot be told without doing it. */
export type Status = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'unknown';

/** A change to show: a unified diff is made of the texts, or `note` says why there is none. */
export interface Diff {
  /** What differs, usually a path. */
  readonly subject: string;
  readonly before?: string;
  readonly after?: string;
  /** Shown in place of a text diff: "binary, 12 kB", "mode 0644 → 0640". */
  readonly note?: string;
}

/** The task as a person knows it. */
export interface TaskLabel {
  readonly id: number;
  /** Rendered name, or the module's name. */
  readonly name: string;
  readonly module: string;
  readonly place: Place;
  readonly role?: string;
  readonly handler: boolean;
}

export interface TaskResult {
  readonly status: Status;
  /** One line for a person: why it failed, was skipped, or what changed. */
  readonly message?: string;
  readonly hint?: string;
  /** What `register` gets, and `-v` shows. Empty where `no_log` hides it. */
  readonly values: Values;
  /** Empty where nobody asked (`--diff`, the task's `diff`) or `no_log` hides it: reporters show all that is here. */
  readonly diff: readonly Diff[];
  /** Seconds. */
  readonly duration: number;
  readonly ignored: boolean;
  readonly rescued: boolean;
  /** Label of the loop item, for item events. */
  readonly item?: string;
  readonly delegatedTo?: string;
}

/** Everything that happens in a run, in order. All reporters and the journal are fed from this stream. */
export type Event =
  | {
      readonly type: 'run-start';
      readonly run: string;
      readonly playbooks: readonly string[];
      readonly check: boolean;
      readonly diff: boolean;
    }
  | { readonly type: 'play-start'; readonly name: string; readonly place: Place; readonly hosts: readonly string[] }
  | { readonly type: 'batch-start'; readonly hosts: readonly string[] }
  | { readonly type: 'connected'; readonly host: string; readonly seconds: number }
  /** The task's actions go to the host now (never sent for tasks that have nothing to do). */
  | { readonly type: 'task-start'; readonly host: string; readonly task: TaskLabel }
  /** Live output of a running command, as it arrives; may split anywhere. */
  | {
      readonly type: 'task-output';
      readonly host: string;
      readonly task: TaskLabel;
      readonly stream: 'stdout' | 'stderr';
      readonly chunk: string;
    }
  | { readonly type: 'task-item'; readonly host: string; readonly task: TaskLabel; readonly result: TaskResult }
  | {
      readonly type: 'task-retry';
      readonly host: string;
      readonly task: TaskLabel;
      readonly attempt: number;
      readonly retries: number;
      readonly message: string;
    }
  | { readonly type: 'task-result'; readonly host: string; readonly task: TaskLabel; readonly result: TaskResult }
  | { readonly type: 'message'; readonly host?: string; readonly task?: TaskLabel; readonly text: Value }
  | {
      readonly type: 'warning';
      readonly host?: string;
      readonly text: string;
      readonly place?: Place;
      readonly hint?: string;
    }
  /** The host has nothing more to do in this play: it came to the end, failed or was left out. */
  | { readonly type: 'host-end'; readonly host: string }
  /** Handlers that were notified and did not run because the host failed before. */
  | { readonly type: 'handlers-pending'; readonly host: string; readonly handlers: readonly string[] }
  /** One exchange with a host: what was sent and asked. The journal counts these. */
  | {
      readonly type: 'round-trip';
      readonly host: string;
      readonly user: string;
      readonly probes: number;
      readonly actions: number;
      readonly bytesSent: number;
      readonly bytesReceived: number;
      readonly seconds: number;
    }
  | {
      readonly type: 'interrupted';
      readonly signal: string;
      readonly standing: readonly {
        readonly host: string;
        readonly task?: TaskLabel;
        readonly state: 'finished' | 'running' | 'waiting';
      }[];
    }
  | {
      readonly type: 'run-end';
      readonly recap: ReadonlyMap<string, Recap>;
      readonly seconds: number;
      readonly exitCode: number;
    };

/** Counts of tasks of one host, in Ansible's words. */
export interface Recap {
  ok: number;
  changed: number;
  unreachable: number;
  failed: number;
  skipped: number;
  rescued: number;
  ignored: number;
  /** Check mode only. */
  unknown: number;
  roundTrips: number;
}

/** Gets every event in order; must not throw, and must not block. */
export interface Reporter {
  on(event: Event): void;
  /** Writes what is left; called once, also after an interruption. */
  close(): Promise<void>;
}
