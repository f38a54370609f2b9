import { isMapping, type Value } from '../base/value.js';
import type { Compiled } from '../template/template.js';
import type { Checker } from './checker.js';
import { unknownKeyword } from './keywords.js';
import { compiledText, flag, isTemplate, kindOf, number, wrongType } from './read.js';
import type { Spot } from './spot.js';
import type { Loop } from './tree.js';
import { variableName } from './variables.js';

/** What to write in place of Ansible's older loops. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['dict', 'loop over a list of mappings, [{key: a, value: b}], or over the keys: loop: "{{keys users}}"'],
  ['fileglob', 'list the files: loop: [a.conf, b.conf], or find them with the module find and loop over the result'],
  ['first_found', 'use the helper: "{{lookup \'first_found\' ...}}" where the file is named'],
  ['sequence', 'write the numbers: loop: [1, 2, 3]'],
  ['nested', 'write the combinations as a list of mappings, or loop over an include_tasks that loops itself'],
  ['together', 'write the pairs as a list of mappings'],
  ['subelements', 'loop over the outer list with include_tasks, and over the inner one in that file'],
  ['indexed_items', 'use loop with loop_control: {index_var: index}'],
  ['lines', 'register the output of a command task and loop over result.stdout_lines'],
  ['flattened', 'use loop with one list; the helper concat joins lists'],
  ['inventory_hostnames', 'use loop: "{{groups.NAME}}"'],
  ['random_choice', 'loop over a list; a random choice would differ at each run'],
]);
const CONTROL = ['loop_var', 'index_var', 'label', 'pause', 'extended', 'extended_allitems'];

/** The loop of a task, at `loop`, `with_items` or `with_list`. */
export function loop(checker: Checker, task: Spot): Loop | undefined {
  const key = loopKey(checker, task);
  if (key === undefined) {
    if (task.has('loop_control')) checker.problem(task.placeOf(['loop_control'], 'key'), 'loop_control without a loop');
    return undefined;
  }
  const spot = task.at(key);
  const items = loopItems(checker, spot, key);
  return { place: spot.place, items, loopVar: 'item', extended: false, ...control(checker, task) };
}

function loopKey(checker: Checker, task: Spot): string | undefined {
  const found: string[] = [];
  for (const key of task.keys()) {
    if (key === 'loop' || key === 'with_items' || key === 'with_list') found.push(key);
    else if (key.startsWith('with_')) {
      const hint = INSTEAD.get(key.slice(5)) ?? 'use loop with a list';
      checker.problem(task.placeOf([key], 'key'), `${key} is not available`, hint);
    }
  }
  if (found.length > 1)
    checker.problem(task.placeOf([found[1]!], 'key'), `${found.join(' and ')} cannot be used together`);
  return found[0];
}

function loopItems(checker: Checker, spot: Spot, key: string): Compiled {
  const { value } = spot;
  if (isTemplate(value)) return checker.compile(spot);
  if (key === 'with_items') return checker.compile(spot, asWithItems(value));
  if (!Array.isArray(value)) {
    const hint = isMapping(value)
      ? INSTEAD.get('dict')
      : typeof value === 'string'
        ? `a variable is written "{{${value}}}"`
        : undefined;
    checker.problem(spot.place, `${key} takes a list, not ${kindOf(value)}`, hint);
  }
  return checker.compile(spot);
}

/** `with_items` flattens one level, and takes a single item; one template alone is the list itself. */
function asWithItems(value: Value): Value {
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 1 && isTemplate(list[0]!)) return list[0]!;
  return list.some(Array.isArray) || !Array.isArray(value) ? list.flat() : value;
}

function control(checker: Checker, task: Spot): Partial<Loop> {
  if (!task.has('loop_control')) return {};
  const spot = task.at('loop_control');
  if (!isMapping(spot.value)) return wrongType(checker, spot, 'loop_control', 'a mapping') ?? {};
  for (const name of spot.keys()) {
    if (name === 'break_when') {
      checker.problem(
        spot.placeOf([name], 'key'),
        '"break_when" is not available',
        'put the condition at when: of the task',
      );
    } else if (!CONTROL.includes(name)) unknownKeyword(checker, spot, name, CONTROL, 'in loop_control');
  }
  return {
    ...(spot.has('loop_var') && { loopVar: variableName(checker, spot.at('loop_var'), 'loop_var') ?? 'item' }),
    ...(spot.has('index_var') && { indexVar: variableName(checker, spot.at('index_var'), 'index_var') }),
    ...(spot.has('label') && {
      label: isMapping(spot.value.label)
        ? checker.compile(spot.at('label'))
        : compiledText(checker, spot.at('label'), 'label'),
    }),
    ...(spot.has('pause') && { pause: number(checker, spot.at('pause'), 'pause', 0, false) }),
    ...(spot.has('extended') && { extended: flag(checker, spot.at('extended'), 'extended') ?? false }),
  };
}
