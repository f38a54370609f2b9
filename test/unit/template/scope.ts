import type { Scope } from '../../../src/base/scope.js';
import type { Value } from '../../../src/base/value.js';
import { TemplateCompiler } from '../../../src/template/index.js';

export const place = { file: 'play.yml', line: 10, col: 15 };

/** A scope over plain variables; counts how often each name is read. */
export function scopeOf(variables: { [name: string]: unknown }): Scope & { reads: Map<string, number> } {
  const reads = new Map<string, number>();
  return {
    reads,
    has: (name) => Object.hasOwn(variables, name),
    get(name) {
      reads.set(name, (reads.get(name) ?? 0) + 1);
      return variables[name] as Value;
    },
    names: () => Object.keys(variables),
  };
}

export const compiler = (): TemplateCompiler =>
  new TemplateCompiler({
    now: new Date(Date.UTC(2026, 0, 31, 9, 5, 7)),
    environment: (name) => (name === 'HOME' ? '/home/me' : undefined),
    readFile: (path) => `text of ${path}\n`,
  });

/** Compiles and renders a value. */
export function render(value: Value, variables: { [name: string]: unknown } = {}): Value {
  return compiler().value(value, place).render(scopeOf(variables));
}

/** What a value's compiling or rendering fails with. */
export function failureOf(value: Value, variables: { [name: string]: unknown } = {}): Error {
  try {
    render(value, variables);
  } catch (error) {
    return error as Error;
  }
  throw new Error(`${JSON.stringify(value)} rendered without an error`);
}

/** Compiles and tests a condition. */
export function test(source: string, variables: { [name: string]: unknown } = {}): boolean {
  return compiler().condition(source, place).test(scopeOf(variables));
}

/** What a condition's compiling or testing fails with. */
export function conditionFailure(source: string, variables: { [name: string]: unknown } = {}): Error {
  try {
    test(source, variables);
  } catch (error) {
    return error as Error;
  }
  throw new Error(`${source} was tested without an error`);
}
