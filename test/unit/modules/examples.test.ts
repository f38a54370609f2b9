import { beforeAll, describe, expect, it } from 'vitest';
import { isMapping, type Value } from '../../../src/base/value.js';
import { readYaml } from '../../../src/base/yaml.js';
import { checkArguments } from '../../../src/modules/check-arguments.js';
import { canonicalName, loadModules, moduleNamed, moduleNames } from '../../../src/modules/registry.js';

beforeAll(() => loadModules(moduleNames()));

/** The module of a task and its arguments as a person wrote them. */
function moduleOf(task: Value): { name: string; args: Value } {
  if (!isMapping(task)) throw new Error('a task is a mapping');
  const names = Object.keys(task).filter((key) => canonicalName(key) !== undefined);
  if (names.length !== 1) throw new Error(`a task with ${names.length} modules: ${JSON.stringify(task)}`);
  return { name: names[0]!, args: task[names[0]!]! };
}

describe.each(moduleNames())('%s', (name) => {
  it('is known by its name', () => {
    expect(canonicalName(moduleNamed(name).name)).toBe(name);
  });

  it('has examples that pass its own check, each of this module at least once', async () => {
    const module = moduleNamed(name);
    const tasks = (await readYaml(module.examples, `${name} examples`)).value();
    expect(Array.isArray(tasks) ? tasks.length : 0).toBeGreaterThan(0);
    const own = (tasks as Value[]).map(moduleOf).filter((task) => canonicalName(task.name) === name);
    expect(own.length).toBeGreaterThan(0);
    for (const { name: used, args } of (tasks as Value[]).map(moduleOf)) {
      const other = moduleNamed(canonicalName(used)!);
      const given = typeof args === 'string' && other.freeForm !== undefined ? { [other.freeForm]: args } : args;
      expect(checkArguments(other, given, true).problems, `${used}: ${JSON.stringify(args)}`).toEqual([]);
    }
  });

  it('describes itself and every option in a sentence', () => {
    const module = moduleNamed(name);
    expect(module.description).toMatch(/^[A-Z].*\.$/s);
    for (const [option, { description }] of Object.entries(module.options as Record<string, { description: string }>)) {
      expect(description, option).toMatch(/\S.*[.)]$/s);
    }
  });
});
