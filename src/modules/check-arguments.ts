import { didYouMean } from '../base/nearest.js';
import { emptyMapping, isMapping, type Value, type Values } from '../base/value.js';
import type { Option, OptionRules, Options, OptionType } from './options.js';

/** One thing that is wrong with the arguments; `name` is the argument's path, e.g. `ports[0].protocol`. */
export interface ArgumentProblem {
  readonly name: string;
  readonly message: string;
  readonly hint?: string;
}

export interface CheckedArguments {
  /** Canonical names, converted values, defaults filled in; meaningless where there are problems. */
  readonly values: Values;
  readonly problems: readonly ArgumentProblem[];
}

export interface ArgumentSpec {
  readonly options: Options;
  readonly rules?: OptionRules;
  readonly anyNames?: boolean;
}

const TRUE = new Set(['y', 'yes', 'on', '1', 'true', 't']);
const FALSE = new Set(['n', 'no', 'off', '0', 'false', 'f']);

/** What a value of the wrong type is told it should be. */
const EXPECTED: Readonly<Record<OptionType, string>> = {
  str: 'text',
  path: 'a path',
  bool: 'true or false',
  int: 'a whole number',
  float: 'a number',
  list: 'a list',
  dict: 'a mapping',
  raw: 'a value',
  mode: `octal digits in quotes, e.g. '0644', or chmod's form, e.g. 'u=rw,g=r'`,
};

/**
 * Checks arguments against a spec and converts them as Ansible does: numbers to text and back where
 * the spec asks for it, `yes`/`no`, comma-separated text to lists, aliases to their options.
 * @param partly passes over values that hold a template still to be rendered
 */
export function checkArguments(spec: ArgumentSpec, raw: Value, partly = false): CheckedArguments {
  const problems: ArgumentProblem[] = [];
  const values = checkMapping(spec, raw ?? emptyMapping(), '', partly, problems);
  return { values, problems };
}

function checkMapping(
  spec: ArgumentSpec,
  raw: Value,
  prefix: string,
  partly: boolean,
  problems: ArgumentProblem[],
): Values {
  const values = emptyMapping();
  if (!isMapping(raw)) {
    problems.push({ name: prefix, message: `${prefix || 'the arguments'} must be a mapping` });
    return values;
  }
  const canonical = canonicalNames(spec.options);
  for (const [name, value] of Object.entries(raw)) {
    const option = canonical.get(name);
    if (option === undefined) {
      if (spec.anyNames) values[name] = value;
      else {
        const hint = didYouMean(name, canonical.keys()) ?? `known: ${Object.keys(spec.options).sort().join(', ')}`;
        problems.push({ name: prefix + name, message: `unknown argument "${prefix}${name}"`, hint });
      }
    } else if (value !== null) {
      if (option in values)
        problems.push({ name: prefix + name, message: `"${name}" is another name of "${option}", which is given too` });
      values[option] = checkValue(spec.options[option]!, value, prefix + name, partly, problems);
    }
  }
  checkRules(spec, values, prefix, problems);
  for (const [name, option] of Object.entries(spec.options)) {
    if (!(name in values) && option.default !== undefined) values[name] = option.default as Value;
  }
  return values;
}

const nameCache = new WeakMap<Options, Map<string, string>>();
function canonicalNames(options: Options): Map<string, string> {
  let names = nameCache.get(options);
  if (!names) {
    names = new Map();
    for (const [name, { aliases = [] }] of Object.entries(options))
      for (const each of [name, ...aliases]) names.set(each, name);
    nameCache.set(options, names);
  }
  return names;
}

function checkValue(option: Option, value: Value, name: string, partly: boolean, problems: ArgumentProblem[]): Value {
  if (partly && typeof value === 'string' && value.includes('{{')) return value;
  if (option.type === 'list') return checkList(option, value, name, partly, problems);
  const converted = convert(option.type, value);
  if (converted === undefined) {
    problems.push({ name, message: `"${name}" must be ${EXPECTED[option.type]}${octalTrap(option.type, value)}` });
    return value;
  }
  if (option.choices && !option.choices.includes(converted as string | number))
    problems.push(notAChoice(option, converted, name));
  if (option.options && option.type === 'dict')
    return checkMapping({ options: option.options }, converted, `${name}.`, partly, problems);
  return converted;
}

function checkList(option: Option, value: Value, name: string, partly: boolean, problems: ArgumentProblem[]): Value[] {
  const list = Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? splitList(value)
      : isMapping(value) && !option.options
        ? undefined
        : [value];
  if (list === undefined) {
    problems.push({ name, message: `"${name}" must be a list` });
    return [];
  }
  return list.map((element, i) => {
    const at = `${name}[${i}]`;
    if (option.options) return checkMapping({ options: option.options }, element, `${at}.`, partly, problems);
    const inner: Option = {
      type: option.elements ?? 'raw',
      description: '',
      ...(option.choices ? { choices: option.choices } : {}),
    };
    return checkValue(inner, element, at, partly, problems);
  });
}

const splitList = (text: string): string[] => (text.trim() === '' ? [] : text.split(',').map((part) => part.trim()));

function notAChoice(option: Option, value: Value, name: string): ArgumentProblem {
  const choices = option.choices!.map(String);
  return {
    name,
    message: `"${name}" must be one of ${choices.join(', ')}`,
    hint: typeof value === 'string' ? didYouMean(value, choices) : undefined,
  };
}

/** `mode: 644` is 644 in base ten: almost never meant, and harmful. */
function octalTrap(type: OptionType, value: Value): string {
  if (type !== 'mode' || typeof value !== 'number') return '';
  return `: ${value} without quotes is a number in base ten, did you mean '0${value}'?`;
}

function convert(type: OptionType, value: Value): Value | undefined {
  switch (type) {
    case 'raw':
      return value;
    case 'str':
    case 'path':
      if (typeof value === 'string') return value;
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
    case 'bool':
      if (typeof value === 'boolean') return value;
      if (typeof value === 'string' || value === 0 || value === 1) {
        const text = String(value).toLowerCase();
        return TRUE.has(text) ? true : FALSE.has(text) ? false : undefined;
      }
      return undefined;
    case 'int':
      if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
      return typeof value === 'string' && /^[-+]?\d{1,15}$/.test(value.trim()) ? Number(value) : undefined;
    case 'float':
      if (typeof value === 'number') return value;
      return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
        ? Number(value)
        : undefined;
    case 'dict':
      return isMapping(value) ? value : undefined;
    case 'mode':
      // YAML 1.1 reads 0644 as octal: as a number it has no bits that the digits 644 in base ten would set.
      if (typeof value === 'number') return isOctalNumber(value) ? value.toString(8).padStart(4, '0') : undefined;
      return typeof value === 'string' ? value : undefined;
    default:
      return undefined;
  }
}

/** True for numbers that octal digits of three permission triples give, false for 644, 755 and their like in base ten. */
function isOctalNumber(value: number): boolean {
  if (!Number.isInteger(value) || value < 0 || value > 0o7777) return false;
  const asDecimal = /^[0-7]{3}$/.test(String(value)) || /^[0-7]{4}$/.test(String(value));
  return value <= 0o777 || !asDecimal;
}

function checkRules(
  { options, rules = {} }: ArgumentSpec,
  values: Values,
  prefix: string,
  problems: ArgumentProblem[],
): void {
  const has = (name: string): boolean => name in values;
  for (const [name, option] of Object.entries(options)) {
    if (option.required && !has(name)) {
      problems.push({ name: prefix, message: `"${prefix}${name}" is required`, hint: option.description });
    }
  }
  for (const set of rules.mutuallyExclusive ?? []) {
    const given = set.filter(has);
    if (given.length > 1)
      problems.push({ name: given[1]!, message: `${given.join(' and ')} cannot be given together` });
  }
  for (const set of rules.requiredOneOf ?? []) {
    if (!set.some(has)) problems.push({ name: prefix, message: `one of ${set.join(', ')} is required` });
  }
  for (const set of rules.requiredTogether ?? []) {
    const missing = set.filter((name) => !has(name));
    if (missing.length > 0 && missing.length < set.length) {
      problems.push({ name: prefix, message: `${set.join(' and ')} must be given together` });
    }
  }
  for (const [name, value, required] of rules.requiredIf ?? []) {
    const missing = required.filter((other) => !has(other));
    if ((values[name] ?? options[name]?.default) === value && missing.length > 0) {
      problems.push({ name: prefix, message: `${missing.join(', ')} required when ${name} is ${String(value)}` });
    }
  }
}
