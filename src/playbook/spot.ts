import type { Place } from '../base/place.js';
import { emptyMapping, isMapping, type Value, type Values } from '../base/value.js';
import type { YamlDocument, YamlPath } from '../base/yaml.js';
import type { PlaceOf } from './catalogue.js';

/** A value in a user's file, together with where it stands. */
export class Spot {
  constructor(
    readonly document: YamlDocument,
    readonly value: Value,
    protected readonly above?: Spot,
    readonly name: string | number = '',
  ) {}

  /** An entry of this mapping or list; null where there is none. */
  at(name: string | number): Spot {
    const value = (this.value as Values)[name as string];
    return new Spot(this.document, value === undefined ? null : value, this, name);
  }

  /** The same place with another value: for values that stand for what is written. */
  holding(value: Value): Spot {
    return new Spot(this.document, value, this.above, this.name);
  }

  /** This mapping without one of its names; its places stay. */
  without(name: string): Spot {
    const value = Object.assign(emptyMapping(), this.value);
    delete value[name];
    return new Narrowed(this, value);
  }

  /** The entries of a list. */
  items(): Spot[] {
    return (this.value as Value[]).map((value, index) => new Spot(this.document, value, this, index));
  }

  /** The names of a mapping. */
  keys(): string[] {
    return Object.keys(this.value as Values);
  }

  has(name: string): boolean {
    return isMapping(this.value) && this.value[name] !== undefined;
  }

  get place(): Place {
    return this.above ? this.document.placeIn(this.above.value as Values, this.name) : this.document.placeOf([]);
  }

  /** The place of the name, where this is an entry of a mapping. */
  get keyPlace(): Place {
    return this.above ? this.document.placeIn(this.above.value as Values, this.name, 'key') : this.place;
  }

  /** A plain scalar as written, e.g. `0644` or `no`; undefined for quoted text. */
  get written(): string | undefined {
    return this.above ? this.document.sourceIn(this.above.value as Values, this.name) : undefined;
  }

  /** Keys and indexes from the root of the file. */
  get path(): YamlPath {
    return this.above ? [...this.above.path, this.name] : [];
  }

  /** Says whether this was marked `!unsafe`, itself or with what holds it. */
  isUnsafe(): boolean {
    return this.document.isUnsafe(this.path);
  }

  /** Says whether anything in this value was marked `!unsafe`. */
  hasUnsafe(): boolean {
    if (typeof this.value !== 'object' || this.value === null) return this.isUnsafe();
    const names = Array.isArray(this.value) ? this.value.keys() : this.keys();
    return [...names].some((name) => this.at(name).hasUnsafe());
  }

  /** The place of a part of this value: of the nearest part above it where it does not exist. */
  readonly placeOf: PlaceOf = (path, part) => {
    let spot: Spot = this;
    for (const name of path) {
      if (typeof spot.value !== 'object' || spot.value === null) break;
      if ((spot.value as Values)[name as string] === undefined) break;
      spot = spot.at(name);
    }
    return part === 'key' ? spot.keyPlace : spot.place;
  };
}

/** A mapping with fewer names than stand in the file. */
class Narrowed extends Spot {
  constructor(
    private readonly whole: Spot,
    value: Values,
  ) {
    super(whole.document, value);
  }
  override at(name: string | number): Spot {
    return this.has(String(name)) ? this.whole.at(name) : super.at(name);
  }
  override get place(): Place {
    return this.whole.place;
  }
  override get keyPlace(): Place {
    return this.whole.keyPlace;
  }
}
