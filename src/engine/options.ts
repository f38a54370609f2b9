import type { VariableLayer } from '../inventory/inventory.js';
import type { Reporter } from '../report/event.js';
import type { ConnectionFlags } from './connect.js';
import type { Flags } from './effective.js';

/** Everything that a run can be told. */
export interface RunOptions {
  readonly playbooks: readonly string[];
  /** Playbooks given as texts, by their names in `playbooks`. */
  readonly texts?: ReadonlyMap<string, string>;
  readonly inventory: readonly string[];
  /** The project's folder; absolute. */
  readonly cwd: string;
  readonly limit?: string;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly extraVars?: VariableLayer;
  /** Hosts that are worked on at once. */
  readonly forks: number;
  /** Connections that are being opened at once: sshd and bastions drop the rest of a flood. */
  readonly connectionStarts: number;
  readonly flags: Flags;
  readonly connection: ConnectionFlags;
  readonly failOnChange: boolean;
  readonly forceHandlers: boolean;
  readonly startAtTask?: string;
  readonly verbosity: number;
  readonly roleFolders?: readonly string[];
  readonly reporter: Reporter;
  /** Aborted when the person wants the run to end: running actions end, nothing new begins. */
  readonly signal?: AbortSignal;
  /** Told of every secret that comes up (passwords in variables, secret arguments), before anything is reported. */
  readonly keepSecret?: (secret: string) => void;
  /** Asks the person; undefined: there is no terminal. */
  readonly ask?: (prompt: string, options: { readonly echo: boolean; readonly seconds?: number }) => Promise<string>;
}

/** What a run came to. */
export interface RunResult {
  readonly exitCode: number;
  readonly run: string;
}
