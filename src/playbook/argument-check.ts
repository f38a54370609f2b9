import type { Problem } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import type { Place } from '../base/place.js';
import { isMapping, type Value } from '../base/value.js';
import { asBoolean, kindOf } from './read.js';
import type { RoleArgumentSpec, RoleOption } from './tree.js';

type Type = RoleOption['type'];

const EXPECTED: Readonly<Record<Type, string>> = {
  str: 'text',
  path: 'a path',
  bool: 'true or false',
  int: 'a whole number',
  float: 'a number',
  list: 'a list',
  dict: 'a mapping',
  raw: 'anything',
};

function fits(type: Type, value: Value): boolean {
  switch (type) {
    case 'str':
      return typeof value !== 'object';
    case 'path':
      return typeof value === 'string';
    case 'bool':
      return asBoolean(value) !== undefined || value === 0 || value === 1;
    case 'int':
      return Number.isInteger(value) || (typeof value === 'string' && /^[-+]?\d{1,15}$/.test(value.trim()));
    case 'float':
      return (
        typeof value === 'number' ||
        (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
      );
    case 'list':
      return Array.isArray(value);
    case 'dict':
      return isMapping(value);
    case 'raw':
      return true;
  }
}

/**
 * Checks the values that a role is started with against its specification: what is required, types (a number in
 * text counts as a number, as in Ansible), choices, and the insides of lists and mappings. Messages name the
 * argument and kinds of values, never the values themselves.
 * @param values the role's arguments by name, rendered; names that the specification lacks are passed over
 * @param placeOf where an argument was given; left out: the place of the specification
 */
export function checkRoleArguments(
  spec: RoleArgumentSpec,
  values: ReadonlyMap<string, Value>,
  placeOf: (name: string) => Place = () => spec.place,
): Problem[] {
  return Object.entries(spec.options).flatMap(([name, option]) =>
    checkOption(option, values.get(name) ?? null, name, () => placeOf(name)),
  );
}

/** Checks one value; null counts as not given. */
export function checkOption(option: RoleOption, value: Value, path: string, placeOf: () => Place): Problem[] {
  if (value === null) {
    if (!option.required) return [];
    return [{ message: `the argument "${path}" is required`, place: placeOf(), hint: option.description || undefined }];
  }
  if (!fits(option.type, value)) {
    return [
      { message: `the argument "${path}" must be ${EXPECTED[option.type]}, not ${kindOf(value)}`, place: placeOf() },
    ];
  }
  const problems: Problem[] = [];
  if (option.choices && option.type !== 'list') problems.push(...checkChoice(option.choices, value, path, placeOf));
  if (option.type === 'list') {
    const element: RoleOption = {
      type: option.elements ?? (option.options ? 'dict' : 'raw'),
      required: true,
      description: '',
      ...(option.options && { options: option.options }),
      ...(option.choices && { choices: option.choices }),
    };
    for (const [index, each] of (value as Value[]).entries())
      problems.push(...checkOption(element, each, `${path}[${index}]`, placeOf));
  } else if (option.options && isMapping(value)) {
    for (const name of Object.keys(value)) {
      if (option.options[name]) continue;
      problems.push({
        message: `"${path}" has no "${name}"`,
        place: placeOf(),
        hint: didYouMean(name, Object.keys(option.options)),
      });
    }
    for (const [name, inner] of Object.entries(option.options)) {
      problems.push(...checkOption(inner, value[name] ?? null, `${path}.${name}`, placeOf));
    }
  }
  return problems;
}

function checkChoice(choices: readonly Value[], value: Value, path: string, placeOf: () => Place): Problem[] {
  if (choices.some((choice) => String(choice) === String(value))) return [];
  const words = choices.map(String);
  return [
    {
      message: `the argument "${path}" must be one of ${words.join(', ')}`,
      place: placeOf(),
      hint: typeof value === 'string' ? didYouMean(value, words) : undefined,
    },
  ];
}
