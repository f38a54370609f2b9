import type { Value } from '../../base/value.js';
import { isTruthy } from '../helpers/helper.js';
import { type Build, MOST_NESTING, type Surrounds } from './build.js';
import { compileExpression, helperOf } from './expression.js';
import { type Evaluate, type Frame, failure } from './frame.js';
import { compileBody, type Render } from './program.js';
import type { Block, Program } from './syntax.js';
import { typeName } from './text.js';

/** More text than this comes from no sane template, but from loops in loops. */
const MOST_TEXT = 64 * 1024 * 1024;

const empty: Render = () => '';

/** Compiles `{{#..}}..{{/..}}`. Mustache's sections (`{{#name}}`) are refused: they mean one of three things. */
export function compileBlock(block: Block, around: Surrounds, build: Build): Render {
  if (around.nesting > MOST_NESTING) return complain(block, build, 'the template is nested too deeply');
  const name = block.path.type === 'PathExpression' ? block.path.original : '';
  const kind = BLOCKS[name];
  const inner = { ...around, nesting: around.nesting + 1 };
  if (kind) return kind(block, inner, build);
  if (helperOf(block.path, build)) {
    return complain(block, build, `${name} is not a block helper`, `write {{${name} ..}} or {{#if (${name} ..)}}`);
  }
  return complain(
    block,
    build,
    `#${name} is not known`,
    `write {{#if ${name}}}, {{#each ${name}}} or {{#with ${name}}}`,
  );
}

function complain(block: Block, build: Build, message: string, hint?: string): Render {
  build.complain(block, message, hint);
  return empty;
}

function body(program: Program | undefined, around: Surrounds, build: Build): Render {
  return program ? compileBody(program.body, around, build) : empty;
}

type CompileBlock = (block: Block, around: Surrounds, build: Build) => Render;

const BLOCKS: Readonly<Record<string, CompileBlock>> = Object.assign(Object.create(null), {
  if: (block: Block, around: Surrounds, build: Build) => compileIf(block, around, build, true),
  unless: (block: Block, around: Surrounds, build: Build) => compileIf(block, around, build, false),
  each: compileEach,
  with: compileWith,
  raw: compileRaw,
});

/** `{{{{raw}}}}..{{{{/raw}}}}`: text that is not a template. */
function compileRaw(block: Block, _around: Surrounds, build: Build): Render {
  if (block.params.length > 0 || block.hash) build.complain(block, 'raw takes no arguments');
  const text = (block.program?.body ?? []).map((part) => (part.type === 'ContentStatement' ? part.value : '')).join('');
  return () => text;
}

/** The one argument of a block, or a complaint; also checks the options and the number of block parameters. */
function argument(block: Block, around: Surrounds, build: Build, tolerant: boolean, locals: number): Evaluate {
  const name = block.path.type === 'PathExpression' ? block.path.original : '';
  if (block.params.length !== 1) {
    const hint = block.params.length > 1 ? `helpers nest in parentheses: {{#${name} (eq a b)}}` : undefined;
    return build.complain(block, `#${name} takes one argument, not ${block.params.length}`, hint);
  }
  for (const { key, value } of block.hash?.pairs ?? []) {
    if (key !== 'includeZero' || locals > 0) build.complain(value, `#${name} has no option ${key}=`);
  }
  const named = block.program?.blockParams?.length ?? 0;
  if (named > locals) build.complain(block, `#${name} gives ${locals} names after "as", not ${named}`);
  return compileExpression(block.params[0]!, around, build, tolerant);
}

function compileIf(block: Block, around: Surrounds, build: Build, wanted: boolean): Render {
  const condition = argument(block, around, build, true, 0);
  const zero = block.hash?.pairs.some(({ key, value }) => key === 'includeZero' && isTrue(value)) ?? false;
  const yes = body(block.program, around, build);
  const no = body(block.inverse, around, build);
  return (frame) => {
    const value = condition(frame);
    return (isTruthy(value) || (zero && value === 0)) === wanted ? yes(frame) : no(frame);
  };
}

function isTrue(node: { readonly type: string; readonly value?: unknown }): boolean {
  return node.type === 'BooleanLiteral' && node.value === true;
}

function inside(block: Block, around: Surrounds, loops: number): Surrounds {
  const names = block.program?.blockParams ?? [];
  return {
    contexts: around.contexts + 1,
    loops: around.loops + loops,
    locals: names.length > 0 ? [names, ...around.locals] : around.locals,
    nesting: around.nesting,
  };
}

function enter(frame: Frame, context: Value, locals: readonly Value[] | undefined, loop = frame.loop): Frame {
  return {
    scope: frame.scope,
    origin: frame.origin,
    context,
    parent: frame,
    loop,
    locals: locals ? { values: locals, parent: frame.locals } : frame.locals,
  };
}

function compileEach(block: Block, around: Surrounds, build: Build): Render {
  const items = argument(block, around, build, false, 2);
  const each = body(block.program, inside(block, around, 1), build);
  const none = body(block.inverse, around, build);
  const named = (block.program?.blockParams?.length ?? 0) > 0;
  return (frame) => {
    const value = items(frame)!;
    if (typeof value !== 'object') {
      throw failure(frame, block, `#each needs a list or a mapping, not ${typeName(value)}`);
    }
    const entries = Array.isArray(value) ? value.map((item, i) => [i, item] as const) : Object.entries(value ?? {});
    if (entries.length === 0) return none(frame);
    let text = '';
    for (const [index, [key, item]] of entries.entries()) {
      const last = index === entries.length - 1;
      const turn = { index, key, first: index === 0, last, parent: frame.loop };
      text += each(enter(frame, item, named ? [item, key] : undefined, turn));
      if (text.length > MOST_TEXT) throw failure(frame, block, 'the text becomes too long');
    }
    return text;
  };
}

function compileWith(block: Block, around: Surrounds, build: Build): Render {
  const subject = argument(block, around, build, false, 1);
  const some = body(block.program, inside(block, around, 0), build);
  const none = body(block.inverse, around, build);
  const named = (block.program?.blockParams?.length ?? 0) > 0;
  return (frame) => {
    const value = subject(frame)!;
    if (!isTruthy(value) && value !== 0) return none(frame);
    return some(enter(frame, value, named ? [value] : undefined));
  };
}
