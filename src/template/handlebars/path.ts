import { didYouMean } from '../../base/nearest.js';
import { isMapping, type Value } from '../../base/value.js';
import type { TemplateError } from '../error.js';
import type { Build, Surrounds } from './build.js';
import { type Evaluate, type Frame, failure, type Loop } from './frame.js';
import type { Path } from './syntax.js';
import { typeName } from './text.js';

const INDEX = /^(?:0|[1-9]\d{0,8})$/;

/** One step down: a mapping's own key, a list's index or length. Nothing of JavaScript's own is reachable. */
export function member(value: Value | undefined, name: string): Value | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return Object.hasOwn(value, name) ? value[name] : undefined;
  if (name === 'length') return value.length;
  return INDEX.test(name) ? value[Number(name)] : undefined;
}

/** Compiles a path. With `tolerant`, what is not there gives undefined instead of a TemplateError. */
export function compilePath(path: Path, around: Surrounds, build: Build, tolerant: boolean): Evaluate {
  if (path.data) return compileData(path, around, build, tolerant);
  const local = path.depth === 0 && !isScoped(path) ? findLocal(path.parts[0], around) : undefined;
  if (local) return walk(path, path.parts.slice(1), tolerant, local, path.parts.slice(0, 1));
  if (path.depth > around.contexts) return build.complain(path, `${path.original} goes above the top of the template`);
  const up = path.depth;
  if (up === around.contexts) return compileVariable(path, path.parts, build, tolerant);
  const inside: Evaluate = (frame) => {
    let at = frame;
    for (let i = 0; i < up; i++) at = at.parent!;
    return at.context;
  };
  return walk(path, path.parts, tolerant, inside, [], 'inside #each and #with a name is looked up in the item: ');
}

/** `./x` and `this.x` pass by helpers and block parameters. */
export function isScoped(path: Path): boolean {
  return /^(?:\.|this(?![^./]))/.test(path.original);
}

/** Whether a name is a parameter of an enclosing block (`as |name|`). */
export function findLocal(name: string | undefined, around: Surrounds): Evaluate | undefined {
  if (name === undefined) return undefined;
  for (const [up, names] of around.locals.entries()) {
    const index = names.indexOf(name);
    if (index === -1) continue;
    return (frame) => {
      let locals = frame.locals!;
      for (let i = 0; i < up; i++) locals = locals.parent!;
      return locals.values[index];
    };
  }
  return undefined;
}

function compileVariable(path: Path, parts: readonly string[], build: Build, tolerant: boolean): Evaluate {
  const name = parts[0];
  if (name === undefined) {
    const hint = 'name a variable: {{name}}';
    return build.complain(path, `${path.original} has a meaning only inside #each and #with`, hint);
  }
  build.refer(parts);
  if (tolerant) {
    build.tolerates.add(name);
    const read: Evaluate = ({ scope }) => (scope.has(name) ? scope.get(name) : undefined);
    return parts.length === 1 ? read : walk(path, parts.slice(1), true, read, [name]);
  }
  const read: Evaluate = (frame) => {
    if (!frame.scope.has(name)) throw undefinedVariable(frame, path, name);
    return frame.scope.get(name);
  };
  return parts.length === 1 ? read : walk(path, parts.slice(1), false, read, [name]);
}

function undefinedVariable(frame: Frame, path: Path, name: string): TemplateError {
  const hint = didYouMean(name, frame.scope.names?.() ?? []);
  return failure(frame, path, `"${name}" is not defined`, hint, name);
}

function walk(
  path: Path,
  parts: readonly string[],
  tolerant: boolean,
  start: Evaluate,
  before: readonly string[],
  note = '',
): Evaluate {
  return (frame) => {
    let value = start(frame);
    for (let i = 0; i < parts.length; i++) {
      const next = member(value, parts[i]!);
      if (next === undefined) {
        if (tolerant) return undefined;
        throw undefinedMember(frame, path, [...before, ...parts.slice(0, i)], value, parts[i]!, note);
      }
      value = next;
    }
    if (value === undefined && !tolerant) throw failure(frame, path, `"${path.original}" is not defined`);
    return value;
  };
}

function undefinedMember(
  frame: Frame,
  path: Path,
  before: readonly string[],
  holder: Value | undefined,
  name: string,
  note: string,
): TemplateError {
  const whole = [...before, name].join('.');
  const owner = before.length > 0 ? `"${before.join('.')}"` : 'the item';
  const why = isMapping(holder) ? '' : `: ${owner} is ${typeName(holder)}`;
  const near = isMapping(holder) ? didYouMean(name, Object.keys(holder)) : undefined;
  const outer = note !== '' && before.length === 0 && frame.scope.has(name) ? `${note}write @root.${name}` : undefined;
  return failure(frame, path, `"${whole}" is not defined${why}`, outer ?? near, whole);
}

const LOOP: Readonly<Record<string, (loop: Loop) => Value>> = {
  index: (loop) => loop.index,
  key: (loop) => loop.key,
  first: (loop) => loop.first,
  last: (loop) => loop.last,
};

function compileData(path: Path, around: Surrounds, build: Build, tolerant: boolean): Evaluate {
  const [name, ...rest] = path.parts;
  if (name === 'root' && path.depth === 0) {
    if (rest.length > 0) return compileVariable(path, rest, build, tolerant);
    return build.complain(path, '@root alone is not a value', 'name a variable: @root.name');
  }
  if (name === undefined || !Object.hasOwn(LOOP, name) || rest.length > 0) {
    return build.complain(
      path,
      `${path.original} is not known`,
      'there are @root.NAME, @index, @key, @first and @last',
    );
  }
  if (path.depth >= around.loops) return build.complain(path, `${path.original} has a meaning only inside #each`);
  const read = LOOP[name]!;
  return (frame) => {
    let loop = frame.loop!;
    for (let i = 0; i < path.depth; i++) loop = loop.parent!;
    return read(loop);
  };
}
