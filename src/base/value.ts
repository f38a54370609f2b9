/** A value of a user's file or of a host: what YAML and JSON can say. */
export type Value = null | boolean | number | string | Value[] | Values;

/** A mapping of names to values, always without a prototype that a user's key could reach. */
export interface Values {
  [name: string]: Value;
}

/** Says whether a value is a mapping (not null, not a list). */
export function isMapping(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An empty mapping without a prototype, so that `constructor` is an ordinary name in it. */
export function emptyMapping(): Values {
  return Object.create(null) as Values;
}

/** A mapping without a prototype that has these entries; those that are undefined are left out. */
export function mapping(entries: Readonly<Record<string, Value | undefined>>): Values {
  const values = emptyMapping();
  for (const [name, value] of Object.entries(entries)) if (value !== undefined) values[name] = value;
  return values;
}
