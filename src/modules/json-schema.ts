import type { ArgumentSpec } from './check-arguments.js';
import type { Constant, Option, OptionRules, Options, OptionType } from './options.js';

/** A JSON Schema, or a part of one. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/** Octal digits as text, or chmod's form; the module tells more when it reads it. */
const TYPES: Readonly<Record<OptionType, { readonly [keyword: string]: unknown }>> = {
  str: { type: 'string' },
  path: { type: 'string' },
  bool: { type: 'boolean' },
  int: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
  float: { type: 'number' },
  list: { type: 'array' },
  dict: { type: 'object' },
  // Null means "not given", and is no value of an argument.
  raw: { not: { type: 'null' } },
  mode: { type: 'string' },
};

/**
 * The JSON Schema (2020-12) of a module's arguments, under their canonical names and without the
 * conversions that checkArguments makes for people (`yes` for true, text for lists).
 */
export function jsonSchema(spec: ArgumentSpec, title?: string): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...(title === undefined ? {} : { title }),
    ...mappingSchema(spec.options, spec.anyNames ?? false),
    ...rulesSchema(spec.options, spec.rules ?? {}),
  };
}

function mappingSchema(options: Options, anyNames: boolean): { readonly [keyword: string]: unknown } {
  const required = Object.keys(options).filter((name) => options[name]!.required);
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(options).map(([name, option]) => [name, described(option)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: anyNames,
  };
}

function described(option: Option): JsonSchema {
  return {
    description: option.description,
    ...valueSchema(option),
    ...(option.default === undefined ? {} : { default: option.default }),
    ...(option.secret ? { writeOnly: true } : {}),
  };
}

function valueSchema(option: Option): { readonly [keyword: string]: unknown } {
  const { type, options, choices, elements } = option;
  if (type === 'list') {
    if (options) return { ...TYPES.list, items: mappingSchema(options, false) };
    const items = {
      ...(elements === undefined || elements === 'raw' ? {} : TYPES[elements]),
      ...(choices ? { enum: choices } : {}),
    };
    return { ...TYPES.list, items };
  }
  if (type === 'dict' && options) return mappingSchema(options, false);
  return { ...TYPES[type], ...(choices ? { enum: choices } : {}) };
}

/** Names with the schema that asks for all of them; `properties` says that they are known. */
const given = (names: readonly string[]): { readonly [keyword: string]: unknown } => ({
  properties: Object.fromEntries(names.map((name) => [name, true])),
  required: names,
});

function rulesSchema(options: Options, rules: OptionRules): { readonly [keyword: string]: unknown } {
  const all: JsonSchema[] = [];
  for (const names of rules.mutuallyExclusive ?? []) for (const pair of pairs(names)) all.push({ not: given(pair) });
  for (const names of rules.requiredOneOf ?? []) all.push({ anyOf: names.map((name) => given([name])) });
  for (const names of rules.requiredTogether ?? [])
    all.push({ anyOf: [given(names), { not: { anyOf: names.map((name) => given([name])) } }] });
  for (const [name, value, names] of rules.requiredIf ?? []) {
    const equals = { properties: { [name]: { const: value } } };
    // An argument that is left out has its default.
    const byDefault = (options[name]?.default as Constant | undefined) === value;
    const asked = byDefault ? equals : { ...equals, required: [name] };
    all.push({ anyOf: [{ not: asked }, given(names)] });
  }
  return all.length === 0 ? {} : { allOf: all };
}

function pairs(names: readonly string[]): [string, string][] {
  return names.flatMap((first, i) => names.slice(i + 1).map((second): [string, string] => [first, second]));
}
