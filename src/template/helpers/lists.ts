import { emptyMapping, isMapping, type Value, type Values } from '../../base/value.js';
import { flag, type Helper, HelperError, list, mapping, nameOfType, text } from './helper.js';
import { order } from './logic.js';

/** The value under a dotted name in each item, for sort and unique. */
function attribute(item: Value, path: Value | undefined): Value {
  if (path === undefined) return item;
  let value: Value | undefined = item;
  for (const name of text([path], 0).split('.')) {
    value = isMapping(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    if (value === undefined) throw new HelperError(`an item has no ${text([path], 0)}`);
  }
  return value;
}

/** A text that is the same for the same value, whatever the order of its keys. */
function fingerprint(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(fingerprint).join()}]`;
  if (!isMapping(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${fingerprint(value[key]!)}`).join()}}`;
}

function end(name: string, which: string, take: (value: readonly Value[] | string) => Value | undefined): Helper {
  return {
    name,
    usage: `${name} LIST`,
    does: `The ${which} item of a list, or character of a text; undefined where it is empty.`,
    takes: [1, 1],
    undefined: 'asked',
    absent: 'the list is empty',
    call(args) {
      if (args[0] === undefined) return undefined;
      return take(typeof args[0] === 'string' ? args[0] : list(args, 0));
    },
  };
}

export const lists: readonly Helper[] = [
  end('first', 'first', (value) => value[0]),
  end('last', 'last', (value) => value.at(-1)),
  {
    name: 'join',
    usage: 'join LIST [SEPARATOR]',
    does: 'The items of a list as one text with SEPARATOR (nothing) between them.',
    takes: [1, 2],
    call: (args) =>
      list(args, 0)
        .map((item) => text([item], 0))
        .join(text(args, 1, '')),
  },
  {
    name: 'length',
    usage: 'length VALUE',
    does: 'How many items a list, keys a mapping or characters a text has.',
    takes: [1, 1],
    call([value]) {
      if (typeof value === 'string') return [...value].length;
      if (Array.isArray(value)) return value.length;
      if (isMapping(value)) return Object.keys(value).length;
      throw new HelperError(`${nameOfType(value)} has no length`);
    },
  },
  {
    name: 'unique',
    usage: 'unique LIST [attribute="a.b"]',
    does: 'A list without repeated items (or items with a repeated attribute), in the same order.',
    takes: [1, 1],
    options: ['attribute'],
    call(args, options) {
      const seen = new Map<string, Value>();
      for (const item of list(args, 0)) {
        const key = fingerprint(attribute(item, options.attribute));
        if (!seen.has(key)) seen.set(key, item);
      }
      return [...seen.values()];
    },
  },
  {
    name: 'sort',
    usage: 'sort LIST [attribute="a.b"] [reverse=true]',
    does: 'A list of numbers or of texts in order, or of mappings by an attribute.',
    takes: [1, 1],
    options: ['attribute', 'reverse'],
    call(args, options) {
      const keyed = list(args, 0).map((item) => ({ item, key: attribute(item, options.attribute) }));
      const sign = flag(options, 'reverse') ? -1 : 1;
      return keyed.sort((one, other) => sign * order(one.key, other.key)).map(({ item }) => item);
    },
  },
  {
    name: 'keys',
    usage: 'keys MAPPING',
    does: 'The list of the keys of a mapping.',
    takes: [1, 1],
    call: (args) => Object.keys(mapping(args, 0)),
  },
  {
    name: 'values',
    usage: 'values MAPPING',
    does: 'The list of the values of a mapping.',
    takes: [1, 1],
    call: (args) => Object.values(mapping(args, 0)),
  },
  {
    name: 'concat',
    usage: 'concat A B ..',
    does: 'Texts and numbers as one text, or lists as one list.',
    takes: [1, Infinity],
    call(args) {
      const joins = args.filter((value) => Array.isArray(value));
      if (joins.length === args.length) return joins.flat(1);
      return args.map((_, position) => text(args, position)).join('');
    },
  },
  {
    name: 'merge',
    usage: 'merge A B ..',
    does: 'One mapping with the keys of all; the later value wins.',
    takes: [1, Infinity],
    call: (args) => Object.assign(emptyMapping(), ...args.map((_, position) => mapping(args, position))) as Values,
  },
  {
    name: 'list',
    usage: 'list A B ..',
    does: 'A list of the arguments.',
    takes: [0, Infinity],
    call: (args) => [...(args as readonly Value[])],
  },
  {
    name: 'dict',
    usage: 'dict name=value ..',
    does: 'A mapping of the options.',
    takes: [0, 0],
    options: 'any',
    call: (_, options) => options,
  },
];
