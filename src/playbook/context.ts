import type { Place } from '../base/place.js';
import type { Compiled } from '../template/template.js';
import type { Checker } from './checker.js';
import type { HandlerNames } from './handler-names.js';
import type { Loader } from './loader.js';
import type { Handler, Keywords, Lexical, Role } from './tree.js';

/** A handler's name at `notify`, to be looked for once all handlers are known. */
export interface Notified {
  readonly name: string;
  readonly place: Place;
}

/** What holds for a play while it is built, and afterwards for what its includes bring in. */
export interface PlayContext {
  /** Absolute path of the folder of the play's file. */
  readonly folder: string;
  readonly handlers: HandlerNames;
  /** Every role that is used statically. */
  readonly roles: Role[];
  /** True once the whole play is built: all handlers but those of later includes are known. */
  isComplete: boolean;
}

/** What holds at one place in the tree. */
export interface Context {
  readonly loader: Loader;
  readonly checker: Checker;
  readonly play: PlayContext;
  readonly keywords: Keywords;
  readonly lexical: Lexical;
  /** `notify` of the blocks around. */
  readonly notify: readonly Compiled[];
  /** Names notified so far in this load. */
  readonly notified: Notified[];
  /** Handlers that roles brought in this load. */
  readonly handlers: Handler[];
  /** Uses of roles so far, and under which inherited conditions and tags, so that the same use comes once. */
  readonly uses: Map<string, Set<string>>;
  /** Absolute path of the folder of the file that is being read. */
  readonly folder: string;
  /** The files of tasks around this place that import one another, outermost first: none may come twice. */
  readonly imports: readonly string[];
  /** The files of tasks around this place, includes among them: these are not loaded ahead of the run. */
  readonly around: ReadonlySet<string>;
  /** Folders of the roles whose dependencies are being loaded. */
  readonly dependants: readonly string[];
  /** How many includes are around. */
  readonly depth: number;
  /** True in a list of handlers. */
  readonly inHandlers: boolean;
  /** The topics that the handlers of this list listen to, by the task's id. */
  readonly listening: Map<number, readonly string[]>;
}
