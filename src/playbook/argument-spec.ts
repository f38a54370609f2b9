import { join } from 'node:path';
import { didYouMean } from '../base/nearest.js';
import type { Place } from '../base/place.js';
import { isMapping, type Value } from '../base/value.js';
import { checkOption } from './argument-check.js';
import type { Context } from './context.js';
import { roleFiles } from './loader.js';
import { flag, oneOf, wrongType } from './read.js';
import type { RoleMeta } from './role-meta.js';
import type { Spot } from './spot.js';
import type { RoleArgumentSpec, RoleOption, Variables } from './tree.js';

const TYPES = ['str', 'list', 'dict', 'bool', 'int', 'float', 'path', 'raw'] as const;
/** Names of an option in Ansible's form; those without a meaning here are for readers. */
const OF_OPTIONS = [
  ...[
    'type',
    'required',
    'description',
    'choices',
    'default',
    'elements',
    'options',
    'no_log',
    'version_added',
    'aliases',
  ],
  ...['mutually_exclusive', 'required_together', 'required_one_of', 'required_if', 'required_by', 'apply_defaults'],
];
const OF_ENTRIES = [
  'short_description',
  'description',
  'author',
  'options',
  'version_added',
  'seealso',
  'deprecated',
  'examples',
  'attributes',
];
const RELATIONS = ['mutually_exclusive', 'required_together', 'required_one_of', 'required_if', 'required_by'];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The specification of a role's arguments for one of its files of tasks, from meta/argument_specs.yml or from
 * `argument_specs` in meta/main.yml. Undefined where the role says nothing.
 */
export async function readArgumentSpec(
  { checker, loader }: Context,
  folder: string,
  entry: string,
  meta: RoleMeta,
): Promise<RoleArgumentSpec | undefined> {
  const [file] = roleFiles(join(folder, 'meta'), 'argument_specs');
  let specs = meta.argumentSpecs;
  if (file !== undefined) {
    const top = await loader.read(checker, file);
    if (!top) return undefined;
    if (!isMapping(top.value) || !top.has('argument_specs')) {
      checker.problem(top.place, 'this file has no "argument_specs"', 'write argument_specs: {main: {options: ...}}');
      return undefined;
    }
    specs = top.at('argument_specs');
  }
  if (!specs) return undefined;
  if (!isMapping(specs.value))
    return wrongType(checker, specs, 'argument_specs', 'a mapping of files of tasks, such as main');
  const name = entry.replace(/\.ya?ml$/, '');
  if (!specs.has(name)) return undefined;
  const spot = specs.at(name);
  if (!isMapping(spot.value)) return wrongType(checker, spot, name, 'a mapping with "options"');
  for (const each of spot.keys()) {
    if (RELATIONS.includes(each)) checker.warning(spot.placeOf([each], 'key'), `"${each}" is not checked for roles`);
    else if (!OF_ENTRIES.includes(each))
      checker.unknown(spot.placeOf([each], 'key'), 'name', each, OF_ENTRIES, ' in argument_specs');
  }
  return {
    place: spot.place,
    description: describe(spot.at(spot.has('short_description') ? 'short_description' : 'description')),
    options: options(checker, spot.at('options')),
  };
}

/** A description is text, or a list of paragraphs. */
function describe({ value }: Spot): string {
  return Array.isArray(value) ? value.join(' ') : typeof value === 'string' ? value : '';
}

function options(checker: Context['checker'], spot: Spot): Record<string, RoleOption> {
  const found = Object.create(null) as Record<string, RoleOption>;
  if (spot.value === null) return found;
  if (!isMapping(spot.value)) return wrongType(checker, spot, 'options', 'a mapping of names to options') ?? found;
  for (const name of spot.keys()) {
    const one = spot.at(name);
    if (isMapping(one.value)) found[name] = option(checker, one);
    else if (one.value === null) found[name] = { type: 'str', required: false, description: '' };
    else wrongType(checker, one, `the option ${name}`, 'a mapping');
  }
  return found;
}

function option(checker: Context['checker'], spot: Spot): RoleOption {
  for (const each of spot.keys()) {
    if (RELATIONS.includes(each)) checker.warning(spot.placeOf([each], 'key'), `"${each}" is not checked for roles`);
    else if (!OF_OPTIONS.includes(each))
      checker.unknown(spot.placeOf([each], 'key'), 'name', each, OF_OPTIONS, ' of an option');
  }
  const made: Mutable<RoleOption> = {
    type: (spot.has('type') && oneOf(checker, spot.at('type'), 'type', TYPES)) || 'str',
    required: spot.has('required') ? (flag(checker, spot.at('required'), 'required') ?? false) : false,
    description: describe(spot.at('description')),
  };
  if (spot.has('choices')) {
    const choices = spot.at('choices');
    if (Array.isArray(choices.value)) made.choices = choices.value;
    else wrongType(checker, choices, 'choices', 'a list');
  }
  if (spot.has('elements')) made.elements = oneOf(checker, spot.at('elements'), 'elements', TYPES);
  if (spot.has('options')) made.options = options(checker, spot.at('options'));
  if (spot.has('default')) {
    made.default = spot.at('default').value;
    const problems = checkOption({ ...made, required: false }, made.default, 'default', () => spot.at('default').place);
    checker.problems.push(...problems);
  }
  return made;
}

/**
 * Checks what is given where a role is used against its specification: values that are constant, and names that it
 * lacks. A variable may be meant for a dependency, so its name is a warning, and only where it is near a known one.
 * What is missing can only be told on a host.
 */
export function checkParameters(
  { checker }: Context,
  role: string,
  spec: RoleArgumentSpec,
  params: Variables,
  vars: Variables,
  keyPlace: (name: string) => Place | undefined,
): void {
  for (const layer of [params, vars]) {
    for (const [name, value] of layer) {
      const known = spec.options[name];
      const message = `the role "${role}" has no argument "${name}"`;
      const near = didYouMean(name, Object.keys(spec.options));
      if (known && value.references.length === 0) {
        checker.problems.push(...checkOption(known, value.render(NO_SCOPE), name, () => value.place));
      } else if (!known && layer === params) {
        checker.problem(
          keyPlace(name) ?? value.place,
          message,
          near ?? `its arguments are described in ${spec.place.file}`,
        );
      } else if (!known && near !== undefined) checker.warning(value.place, message, near);
    }
  }
}

const NO_SCOPE = { has: () => false, get: (): Value => null };
