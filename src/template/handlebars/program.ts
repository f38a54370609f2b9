import type { Reference } from '../../base/scope.js';
import type { Value } from '../../base/value.js';
import type { Helper, Surroundings } from '../helpers/helper.js';
import type { Position } from '../origin.js';
import { compileBlock } from './block.js';
import { Build, type Complaint, type Surrounds, TOP } from './build.js';
import { compileMustache } from './expression.js';
import type { Evaluate, Frame } from './frame.js';
import { jinjaStatement } from './jinja.js';
import { parse } from './parse.js';
import type { Mustache, Statement } from './syntax.js';
import { print } from './text.js';

/** A compiled piece of template: gives its text. */
export type Render = (frame: Frame) => string;

/** A compiled template, independent of where it stands. */
export interface Template {
  readonly references: readonly Reference[];
  readonly tolerates: ReadonlySet<string>;
  readonly complaints: readonly Complaint[];
  readonly render: Render;
  /** The value of a template that is exactly one `{{..}}`, with its type. */
  readonly value: Evaluate | undefined;
}

/**
 * Compiles a template into closures over its syntax tree. Handlebars only parses: its own code generator would
 * take four times as long a template and twenty times a render, makes code out of text, names values in its
 * errors, and with `noEscape` adds numbers that stand side by side.
 * Throws SyntaxProblem.
 */
export function compileTemplate(
  source: string,
  helpers: ReadonlyMap<string, Helper>,
  surroundings: Surroundings,
): Template {
  const build = new Build(helpers, surroundings);
  const { body } = parse(source);
  const only = body.length === 1 && body[0]!.type === 'MustacheStatement' ? body[0] : undefined;
  const value = only && compileMustache(only, TOP, build);
  const render = value ? printing(value, only) : compileBody(body, TOP, build);
  const { references, tolerates, complaints } = build;
  return { references, tolerates, complaints, render, value };
}

/** Compiles the statements of a template or a block. */
export function compileBody(statements: readonly Statement[], around: Surrounds, build: Build): Render {
  const parts: Render[] = [];
  for (const statement of statements) {
    const part = compileStatement(statement, around, build);
    if (part) parts.push(part);
  }
  if (parts.length === 1) return parts[0]!;
  return (frame) => {
    let text = '';
    for (const part of parts) text += part(frame);
    return text;
  };
}

function compileStatement(statement: Statement, around: Surrounds, build: Build): Render | undefined {
  switch (statement.type) {
    case 'ContentStatement': {
      const { value } = statement;
      if (value === '') return undefined;
      complainOfJinja(value, statement.loc.start, build);
      return () => value;
    }
    case 'MustacheStatement':
      return printing(compileMustache(statement, around, build), statement);
    case 'BlockStatement':
      return compileBlock(statement, around, build);
    case 'CommentStatement':
      return undefined;
    case 'PartialStatement':
    case 'PartialBlockStatement':
      build.complain(statement, 'templates have no partials ({{> ..}})', 'use the template module once per file');
      return undefined;
    default:
      build.complain(statement, 'templates have no decorators ({{* ..}})');
      return undefined;
  }
}

function printing(evaluate: Evaluate, node: Mustache): Render {
  const written = node.path.type === 'PathExpression' ? node.path.original : 'it';
  const name = node.params.length > 0 || node.hash ? `(${written} ..)` : written;
  return (frame) => {
    const value = evaluate(frame) as Value;
    return typeof value === 'string' ? value : print(value, frame, node, name);
  };
}

function complainOfJinja(text: string, start: Position, build: Build): void {
  const found = jinjaStatement(text);
  if (!found) return;
  const before = text.slice(0, found.offset).split('\n');
  const column = before.at(-1)!.length + (before.length === 1 ? start.column : 0);
  const loc = { start: { line: start.line + before.length - 1, column } };
  build.complain({ loc }, `{% ${found.word} %} is Jinja, templates are Handlebars`, found.hint);
}
