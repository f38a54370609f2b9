/** A place in a user's file. Lines and columns count from 1; 0 means "the file as a whole". */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly col: number;
}

/** `file:line:col`, or `file` alone where the place is the whole file. */
export function formatPlace(place: Place): string {
  return place.line > 0 ? `${place.file}:${place.line}:${place.col}` : place.file;
}
