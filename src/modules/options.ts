import type { Value, Values } from '../base/value.js';

/*
 * A module's arguments, in the form of Ansible's argument specs: one description gives the check, the
 * TypeScript type, the JSON schema and the documentation. See docs/decisions/ for why it is not JSON
 * Schema itself.
 */

export type OptionType = 'str' | 'path' | 'bool' | 'int' | 'float' | 'list' | 'dict' | 'raw' | 'mode';

/** A value that is written in a module and never changed. */
export type Constant = null | boolean | number | string | readonly Constant[] | { readonly [name: string]: Constant };

export interface Option {
  readonly type: OptionType;
  readonly description: string;
  readonly required?: boolean;
  readonly default?: Constant;
  readonly choices?: readonly (string | number)[];
  readonly aliases?: readonly string[];
  /** Type of a list's elements; left out: anything. */
  readonly elements?: OptionType;
  /** Names in a dict, or in the dicts of a list; left out: any. */
  readonly options?: Options;
  /** Its value is a secret: it is redacted wherever it would be shown. */
  readonly secret?: boolean;
}

export type Options = Readonly<Record<string, Option>>;

interface TypeMap {
  str: string;
  path: string;
  bool: boolean;
  int: number;
  float: number;
  dict: Values;
  raw: Value;
  /** As written: `0644` is '0644', symbolic modes stay symbolic. */
  mode: string;
  list: Value[];
}

type ElementOf<O> = O extends { readonly options: infer S extends Options }
  ? Arguments<S>
  : O extends { readonly choices: readonly (infer C)[] }
    ? C
    : O extends { readonly elements: infer E extends OptionType }
      ? TypeMap[E]
      : Value;

type OptionValue<O extends Option> = O['type'] extends 'list'
  ? readonly ElementOf<O>[]
  : O extends { readonly options: infer S extends Options }
    ? Arguments<S>
    : O extends { readonly choices: readonly (infer C)[] }
      ? C
      : TypeMap[O['type']];

/** The checked arguments of a set of options: required ones and those with a default are always there. */
export type Arguments<S extends Options> = {
  readonly [K in keyof S]: S[K] extends { readonly required: true } | { readonly default: Constant }
    ? OptionValue<S[K]>
    : OptionValue<S[K]> | undefined;
};

/** Rules between options. */
export interface OptionRules {
  readonly mutuallyExclusive?: readonly (readonly string[])[];
  readonly requiredOneOf?: readonly (readonly string[])[];
  readonly requiredTogether?: readonly (readonly string[])[];
  /** When the first option has this value, all the others are required. */
  readonly requiredIf?: readonly (readonly [option: string, value: Value, required: readonly string[]])[];
}
