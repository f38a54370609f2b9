import type { Problem } from '../base/error.js';
import type { Place } from '../base/place.js';
import type { Value } from '../base/value.js';

/** The place of a part of a value, by keys and indexes from that value down: of its name, with `key`. */
export type PlaceOf = (path: readonly (string | number)[], part?: 'key' | 'value') => Place;

/** What a playbook has to know of the modules. Given by the caller: this room imports no module. */
export interface ModuleCatalogue {
  /** Says whether a module of this canonical name exists. */
  has(name: string): boolean;
  /** All canonical names, for suggestions. */
  names(): Iterable<string>;
  /** Takes `ansible.builtin.`, `ansible.posix.` and `community.*.` off. */
  canonical(name: string): string;
  /** Called with canonical names before `freeForm` and `check` are asked about them, for catalogues that load lazily. */
  load?(names: readonly string[]): Promise<void>;
  /** The argument that a bare string is for (`command: ls` → `cmd`); undefined: the string is `key=value` words. */
  freeForm(name: string): string | undefined;
  /**
   * Checks the names of the arguments, and the values that have no template. Empty: all is well.
   * `placeOf([])` is the place of the module's name; `placeOf(['mode'], 'key')` that of an argument's name.
   */
  check(name: string, args: Value, placeOf: PlaceOf): readonly Problem[];
}
