import type { Place } from '../base/place.js';

/** A position inside a template: the line from 1, the column from 0 (as Handlebars counts). */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where the text of a template stands: a whole file, or a scalar of a YAML file. */
export interface Origin {
  readonly place: Place;
  readonly isFile: boolean;
  /** A scalar of several lines is taken for a block scalar, whose text starts below its indicator. */
  readonly isBlock: boolean;
}

/** The origin of a YAML scalar that starts at `place`. */
export function scalarOrigin(place: Place, source: string): Origin {
  return { place, isFile: false, isBlock: source.includes('\n') };
}

/** The origin of a whole file. */
export function fileOrigin(file: string): Origin {
  return { place: { file, line: 1, col: 1 }, isFile: true, isBlock: false };
}

/**
 * The place in the user's file of a position in the template. Exact for files and plain scalars; one column
 * early in quoted scalars; the right line in literal block scalars, with the column of the text itself.
 */
export function locate(origin: Origin, at: Position): Place {
  const { place, isFile, isBlock } = origin;
  if (isFile) return { file: place.file, line: at.line, col: at.column + 1 };
  if (place.line === 0) return place;
  if (isBlock) return { file: place.file, line: place.line + at.line, col: at.column + 1 };
  return { file: place.file, line: place.line, col: place.col + at.column };
}

/** The position of a character offset in a text. */
export function positionAt(source: string, offset: number): Position {
  let line = 1;
  let start = 0;
  for (let end = source.indexOf('\n'); end !== -1 && end < offset; end = source.indexOf('\n', start)) {
    line++;
    start = end + 1;
  }
  return { line, column: offset - start };
}
