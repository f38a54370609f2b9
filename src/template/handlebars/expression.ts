import { didYouMean } from '../../base/nearest.js';
import { emptyMapping, type Value } from '../../base/value.js';
import { type Helper, HelperError } from '../helpers/helper.js';
import { type Build, MOST_NESTING, type Surrounds } from './build.js';
import { type Evaluate, failure } from './frame.js';
import { jinjaHint } from './jinja.js';
import { compilePath, findLocal, isScoped } from './path.js';
import type { Call, Expression, Literal, Mustache, Path } from './syntax.js';

/** Compiles an argument. With `tolerant`, what is not there gives undefined instead of a TemplateError. */
export function compileExpression(node: Expression, around: Surrounds, build: Build, tolerant: boolean): Evaluate {
  if (node.type === 'PathExpression') return compilePath(node, around, build, tolerant);
  if (node.type === 'SubExpression') {
    const helper = helperOf(node.path, build);
    return helper ? compileCall(node, helper, around, build, tolerant) : unknownHelper(node, build);
  }
  return compileLiteral(node, build);
}

/**
 * Compiles what stands in `{{..}}`. A name alone is a variable, also where a helper has the same name,
 * except for helpers that need no argument: they answer where no such variable is defined.
 */
export function compileMustache(node: Mustache, around: Surrounds, build: Build): Evaluate {
  const { path } = node;
  const isBare = node.params.length === 0 && !node.hash;
  if (path.type !== 'PathExpression') {
    return isBare ? compileLiteral(path, build) : build.complain(node, 'a literal takes no arguments');
  }
  const helper = helperOf(path, build);
  if (!isBare) return helper ? compileCall(node, helper, around, build, false) : unknownHelper(node, build);
  if (!helper || helper.takes[0] > 0 || isScoped(path) || findLocal(path.parts[0], around)) {
    return compilePath(path, around, build, false);
  }
  const variable = around.contexts === 0 ? compilePath(path, around, build, true) : () => undefined;
  const call = compileCall(node, helper, around, build, false);
  return (frame) => variable(frame) ?? call(frame);
}

function compileLiteral(node: Literal, build: Build): Evaluate {
  if (node.type === 'UndefinedLiteral') return build.complain(node, 'undefined is not a value');
  const value: Value = node.type === 'NullLiteral' ? null : node.value;
  return () => value;
}

/** The helper that a path names, if it does. */
export function helperOf(path: Path | Literal, build: Build): Helper | undefined {
  if (path.type !== 'PathExpression' || path.data || path.depth > 0 || path.parts.length !== 1) return undefined;
  return build.helpers.get(path.parts[0]!);
}

function unknownHelper(node: Mustache | Call, build: Build): Evaluate {
  const name = node.path.type === 'PathExpression' ? node.path.original : 'a literal';
  const words = node.params.map((param) => (param.type === 'PathExpression' ? param.original : ''));
  const hint = words[0] === 'if' && words.includes('else') ? jinjaHint('{{a if b else c}}') : undefined;
  return build.complain(node, `${name} is not a helper`, hint ?? didYouMean(name, build.helpers.keys()));
}

/** Compiles a call; number of arguments and names of options are checked now, their types at each render. */
export function compileCall(
  node: Mustache | Call,
  helper: Helper,
  around: Surrounds,
  build: Build,
  tolerant: boolean,
): Evaluate {
  const usage = `it is written ${helper.usage}`;
  const [least, most] = helper.takes;
  const given = node.params.length;
  if (around.nesting > MOST_NESTING) return build.complain(node, 'the template is nested too deeply');
  if (given < least || given > most) {
    const many = least === most ? `${least}` : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
    return build.complain(node, `${helper.name} takes ${many} argument${many === '1' ? '' : 's'}, not ${given}`, usage);
  }
  const inner = { ...around, nesting: around.nesting + 1 };
  const lets = helper.undefined === 'always' || (helper.undefined === 'asked' && tolerant);
  const args = node.params.map((param) => compileExpression(param, inner, build, lets));
  const pairs = (node.hash?.pairs ?? []).map(({ key, value }) => {
    if (helper.options !== 'any' && !helper.options?.includes(key)) {
      build.complain(value, `${helper.name} has no option ${key}=`, didYouMean(key, helper.options ?? []) ?? usage);
    }
    return { key, value: compileExpression(value, inner, build, false) };
  });
  return (frame) => {
    const values = args.map((arg) => arg(frame));
    const options = emptyMapping();
    for (const { key, value } of pairs) options[key] = value(frame)!;
    let result: Value | undefined;
    try {
      result = helper.call(values, options, build.surroundings);
    } catch (error) {
      if (!(error instanceof HelperError)) throw error;
      throw failure(frame, node, `${helper.name}: ${error.message}`, error.hint || usage);
    }
    if (result === undefined && !tolerant) {
      const hint = `write (default (${helper.name} ..) "x") where that is allowed`;
      throw failure(frame, node, `${helper.name}: ${helper.absent ?? 'there is nothing'}`, hint);
    }
    return result;
  };
}
