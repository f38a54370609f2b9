import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { compiler, place, scopeOf } from './scope.js';

const loaded = (name: string): boolean =>
  Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes(`node_modules/${name}/`));

it('loads Handlebars and CEL only when a file needs them', () => {
  const shared = compiler();
  shared
    .value({ a: [1, 'text', 'b {{name}} c', '{{facts.os.name}}'] }, place)
    .render(scopeOf({ name: 1, facts: { os: { name: 'x' } } }));
  shared.conditionOrBoolean([true, false], place).test(scopeOf({}));
  expect([loaded('handlebars'), loaded('@marcbachmann/cel-js'), loaded('yaml')]).toEqual([false, false, false]);

  shared.value('{{upper name}}', place);
  expect([loaded('handlebars'), loaded('@marcbachmann/cel-js')]).toEqual([true, false]);
  shared.condition('true', place);
  expect(loaded('@marcbachmann/cel-js')).toBe(true);
});
