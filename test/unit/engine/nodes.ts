import type { Block, Handler, Include, Keywords, Lexical, Meta, Node, Role, Task } from '../../../src/playbook/tree.js';
import type { Compiled, Condition } from '../../../src/template/index.js';
import { TemplateCompiler } from '../../../src/template/index.js';

/* Nodes of a play without a playbook, for tests of the engine's pure parts. */

const place = { file: 'play.yml', line: 1, col: 1 };
const compiler = new TemplateCompiler();
let ids = 0;

export const value = (given: unknown): Compiled => compiler.value(given as never, place);
export const condition = (text: string): Condition => compiler.condition(text, place);
export const variables = (given: Readonly<Record<string, unknown>>): ReadonlyMap<string, Compiled> =>
  new Map(Object.entries(given).map(([name, each]) => [name, value(each)]));
export const NO_KEYWORDS: Keywords = { when: [], tags: [], environment: [] };
export const NO_LEXICAL: Lexical = { vars: [], params: [] };

export function task(label = 'task', more: Partial<Task> = {}): Task {
  return {
    kind: 'task',
    place,
    id: ++ids,
    label,
    name: value(label),
    module: 'debug',
    args: value({ msg: 'x' }),
    argPlace: () => place,
    keywords: NO_KEYWORDS,
    lexical: NO_LEXICAL,
    notify: [],
    ...more,
  };
}

export function block(body: readonly Node[], rescue: readonly Node[] = [], always: readonly Node[] = []): Block {
  return { kind: 'block', place, body, rescue, always };
}

export function include(label = 'include'): Include {
  return {
    kind: 'include',
    what: 'tasks',
    place,
    id: ++ids,
    label,
    args: value('x.yml'),
    keywords: NO_KEYWORDS,
    lexical: NO_LEXICAL,
    load: async () => ({ nodes: [], handlers: [] }),
  };
}

export function meta(action: Meta['action'] = 'noop'): Meta {
  return { kind: 'meta', place, id: ++ids, label: 'meta', action, keywords: NO_KEYWORDS, lexical: NO_LEXICAL };
}

export function handler(name: string, listen: readonly string[] = []): Handler {
  return { task: task(name), name: value(name), listen };
}

export function role(name: string, more: Partial<Role> = {}): Role {
  return { name, folder: `/roles/${name}`, place, defaults: new Map(), vars: new Map(), params: new Map(), ...more };
}
