import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/base/value.js';
import { readYaml } from '../../../src/base/yaml.js';
import { checkArguments } from '../../../src/modules/check-arguments.js';
import { documentModule } from '../../../src/modules/document.js';
import { jsonSchema } from '../../../src/modules/json-schema.js';
import type { Module } from '../../../src/modules/module.js';
import type { Option, Options } from '../../../src/modules/options.js';
import { loadModules, moduleNamed, moduleNames } from '../../../src/modules/registry.js';

/** Values of the option's own type, without the conversions that people are given. */
function valueOf(option: Option): fc.Arbitrary<Value> {
  const elements = (): fc.Arbitrary<Value> =>
    option.options
      ? argumentsOf(option.options)
      : valueOf({
          type: option.elements ?? 'raw',
          description: '',
          ...(option.choices ? { choices: option.choices } : {}),
        });
  if (option.type !== 'list' && option.choices) return fc.constantFrom(...option.choices);
  switch (option.type) {
    case 'str':
    case 'path':
      return fc.string({ maxLength: 5 }).filter((text) => !text.includes('{{'));
    case 'mode':
      return fc.constantFrom('0644', 'u=rw', '0o755');
    case 'bool':
      return fc.boolean();
    case 'int':
      return fc.integer();
    case 'float':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'list':
      return fc.array(elements(), { maxLength: 2 });
    case 'dict':
      return option.options
        ? argumentsOf(option.options)
        : fc.dictionary(fc.string({ maxLength: 3 }), fc.integer(), { maxKeys: 2 });
    default:
      return fc.oneof(
        fc.string({ maxLength: 3 }),
        fc.integer(),
        fc.boolean(),
        fc.constant([null, 'x']),
        fc.constant({ a: 1 }),
      );
  }
}

/** Something that no option but raw takes in place of its own type. */
function wrongFor(option: Option): fc.Arbitrary<Value> {
  if (option.type === 'list') return fc.constant({ a: 1 });
  if (option.type === 'dict') return fc.constantFrom<Value>('text', 3, []);
  return option.choices ? fc.constantFrom<Value>('no such choice', []) : fc.constant([]);
}

function argumentsOf(options: Options, wrong = false): fc.Arbitrary<Record<string, Value>> {
  const entries = Object.entries(options).map(([name, option]) => {
    const mine =
      wrong && option.type !== 'raw'
        ? fc.oneof({ weight: 9, arbitrary: valueOf(option) }, { weight: 1, arbitrary: wrongFor(option) })
        : valueOf(option);
    const present = option.required ? 0.9 : 0.4;
    return fc.tuple(fc.constant(name), fc.double({ min: 0, max: 1, noNaN: true }), mine, fc.constant(present));
  });
  const extra = fc.option(fc.constant('no_such_argument'), { freq: 10, nil: undefined });
  return fc.tuple(fc.tuple(...entries), extra).map(([all, name]) => ({
    ...Object.fromEntries(
      all.filter(([, chance, , present]) => chance < present).map(([key, , value]) => [key, value]),
    ),
    ...(wrong && name !== undefined ? { [name]: 1 } : {}),
  }));
}

describe.each(moduleNames())('%s', (name) => {
  const load = async (): Promise<Module> => {
    await loadModules([name]);
    return moduleNamed(name);
  };

  it('has a schema that agrees with the check of its arguments', async () => {
    const module = await load();
    const valid = new Ajv2020({ strict: true, allErrors: true }).compile(jsonSchema(module, name) as object);
    fc.assert(
      fc.property(argumentsOf(module.options, true), (args) => {
        const { problems } = checkArguments(module, args as Value);
        expect({ args, says: problems.length === 0 }).toEqual({ args, says: valid(args) });
      }),
      { numRuns: 100 },
    );
  });

  it('has defaults that its own schema takes', async () => {
    const module = await load();
    for (const [option, { default: value, ...rest }] of Object.entries(module.options)) {
      if (value === undefined) continue;
      const { problems } = checkArguments({ options: { [option]: rest } }, { [option]: value as Value });
      expect(problems, `${option}: ${JSON.stringify(value)}`).toEqual([]);
    }
  });

  it('has examples that it takes', async () => {
    const module = await load();
    const tasks = (await readYaml(module.examples, `${name}.yml`)).value() as Record<string, Value>[];
    expect(tasks.length).toBeGreaterThan(0);
    for (const task of tasks) {
      const value = task[name];
      const bare = typeof value === 'string' ? { [module.freeForm ?? 'not a free form']: value } : (value ?? {});
      const more = (task['args'] as Record<string, Value> | undefined) ?? {};
      const { problems } = checkArguments(module, Object.assign(Object.create(null), bare, more) as Value, true);
      expect(problems, JSON.stringify(task)).toEqual([]);
      expect(Object.keys(task), 'the example is of this module').toContain(name);
    }
  });

  it('is documented: every argument and every other name of it', async () => {
    const module = await load();
    const text = documentModule(module);
    for (const [option, { aliases = [], description }] of Object.entries(module.options)) {
      for (const each of [option, ...aliases]) expect(text).toContain(`\`${each}\``);
      expect(description.trim(), `${option} has a sentence`).toMatch(/\S.*\S/);
    }
    expect(text.startsWith(`# ${name}\n\n${module.description}`)).toBe(true);
  });
});
