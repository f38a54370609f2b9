import { createRequire } from 'node:module';
import type { Problem } from '../../base/error.js';
import { locate, type Origin, type Position, positionAt } from '../origin.js';
import { MOST_NESTING } from './build.js';
import { jinjaHint } from './jinja.js';
import { parsePlain } from './plain.js';
import type { Program } from './syntax.js';

interface Handlebars {
  create(): Handlebars;
  parse(source: string): Program;
  Parser: { parseError(message: string, details: { loc?: Loc; line?: number }): never };
}

interface Loc {
  readonly first_line: number;
  readonly first_column: number;
}

/** A template that does not parse. */
export class SyntaxProblem extends Error {
  readonly position: Position;
  readonly hint: string | undefined;
  constructor(position: Position, message: string, hint?: string) {
    super(message);
    this.position = position;
    this.hint = hint;
  }
}

/** More than the renderer takes: a little slack for brackets inside text. */
const DEEPEST = 2 * MOST_NESTING;

let handlebars: Handlebars | undefined;

/** Loads the one-file build: a third of the time of the package's main entry, which drags in source-map. */
function load(): Handlebars {
  if (handlebars) return handlebars;
  const library = createRequire(import.meta.url)('handlebars/dist/handlebars.min.js') as Handlebars;
  handlebars = library.create();
  handlebars.Parser.parseError = (message, { loc, line }) => {
    throw new SyntaxProblem({ line: loc?.first_line ?? (line ?? 0) + 1, column: loc?.first_column ?? 0 }, message);
  };
  return handlebars;
}

/** Parses a template; throws SyntaxProblem. Only strings reach the parser: an object could be a forged tree. */
export function parse(source: string): Program {
  if (typeof source !== 'string') throw new TypeError('a template must be a string');
  const plain = parsePlain(source);
  if (plain) return plain;
  checkNesting(source);
  try {
    return load().parse(source);
  } catch (error) {
    throw explain(source, error as Error & { lineNumber?: number; column?: number });
  }
}

/** Refuses what is nested without reason: the parser's time grows with the square of the depth. */
function checkNesting(source: string): void {
  let depth = 0;
  for (const match of source.matchAll(/\{\{~?([#^/]?)[^{}]*/g)) {
    if (match[1] === '/') depth--;
    else if (match[1] !== '' && !/^\{\{~?\^~?\s*$/.test(match[0])) depth++;
    let inner = 0;
    for (const char of match[0]) {
      if (char === '(') inner++;
      else if (char === ')') inner--;
      if (depth + inner > DEEPEST) {
        throw new SyntaxProblem(positionAt(source, match.index), 'the template is nested too deeply');
      }
    }
  }
}

function explain(source: string, error: Error & { lineNumber?: number; column?: number }): SyntaxProblem {
  if (error instanceof RangeError)
    return new SyntaxProblem({ line: 1, column: 0 }, 'the template is nested too deeply');
  const position =
    error instanceof SyntaxProblem ? error.position : { line: error.lineNumber ?? 1, column: error.column ?? 0 };
  const mustache = mustacheAt(source, position);
  const why = mustache.includes('}}') ? reason(error.message) : ': a {{ is not closed';
  return new SyntaxProblem(position, `the template does not parse${why}`, jinjaHint(mustache));
}

/** The one readable part of what the parser says: the complaint, without its drawing and its token names. */
function reason(message: string): string {
  const unmatched = /^(.{1,80}) doesn't match (.{1,80}?)(?: - \d+:\d+)?$/.exec(message);
  if (unmatched) return `: {{#${unmatched[1]}}} is closed by {{/${unmatched[2]}}}`;
  if (/got 'EOF'/.test(message)) return ': a block or a {{ is not closed';
  if (/got 'INVALID'/.test(message)) return ': a character that has no meaning inside {{ }}';
  if (/got 'NUMBER'/.test(message)) return ': a number where a name was expected';
  if (/got 'OPEN_ENDBLOCK'/.test(message)) return ': a block is closed that was not opened';
  return '';
}

/** The `{{..}}` that the error is in, which may start on an earlier line. */
function mustacheAt(source: string, { line, column }: Position): string {
  let offset = 0;
  for (let i = 1; i < line; i++) offset = source.indexOf('\n', offset) + 1;
  const open = source.lastIndexOf('{{', offset + column + 1);
  const start = open === -1 ? source.indexOf('{{') : open;
  const close = source.indexOf('}}', start);
  return source.slice(start, close === -1 ? start + 200 : Math.min(close + 2, start + 200));
}

/** The problem to tell the user, at the place in the user's file. */
export function problemOf(error: SyntaxProblem, origin: Origin): Problem {
  return { message: error.message, place: locate(origin, error.position), hint: error.hint };
}
