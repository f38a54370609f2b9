import { isUtf8 } from 'node:buffer';
import { TaskError } from '../base/error.js';
import { ask, type Probe } from '../probes/registry.js';
import { hostPath, pathProbes, realFile, typeName } from './host-path.js';
import type { PlanContext, State } from './module.js';

/** Largest file that is edited with regular expressions, bytes: a slow pattern must not hold up everything. */
const LARGEST = 4 * 1024 * 1024;

/** A file of the host that is to be edited as text; what is not UTF-8 is worked on byte by byte. */
export interface TextFile {
  readonly path: string;
  /** Null where there is no file. */
  readonly bytes: Buffer | null;
  readonly text: string;
  readonly utf8: boolean;
  /** Text of an argument, as it stands in `text`. */
  inward(text: string): string;
  /** Bytes of the edited text. */
  outward(text: string): Buffer;
}

/** What readText reads. */
export function textProbes(path: string, context: PlanContext): readonly Probe[] {
  return pathProbes(path, context, (clean) => [ask('stat', clean), ask('content', clean)]);
}

/** @throws TaskError where something else than a file is there, or one that is too large */
export function readText(argument: string, state: State, context: PlanContext): TextFile {
  const path = hostPath(argument, state, context);
  const real = realFile(path, state);
  if (real.stat && real.stat.type !== 'file')
    throw new TaskError(`${path} is a ${typeName(real.stat.type)}, not a file`);
  const bytes = real.stat ? state.read(ask('content', real.path)) : null;
  if (bytes && bytes.length > LARGEST)
    throw new TaskError(`${path} has ${bytes.length} bytes: too large to be edited; ${LARGEST} are allowed`);
  const { utf8, text: whole } = bytes === null ? { utf8: true, text: '' } : decode(bytes);
  return {
    path,
    bytes,
    text: whole,
    utf8,
    inward: (text) => (utf8 ? text : Buffer.from(text).toString('latin1')),
    outward: (text) => (bytes !== null && text === whole ? bytes : Buffer.from(text, utf8 ? 'utf8' : 'latin1')),
  };
}

const decoded = new WeakMap<Buffer, { readonly utf8: boolean; readonly text: string }>();

/** The text of an answer, made once for all tasks that edit the file. */
function decode(bytes: Buffer): { readonly utf8: boolean; readonly text: string } {
  let known = decoded.get(bytes);
  if (!known) {
    const utf8 = isUtf8(bytes);
    known = { utf8, text: bytes.toString(utf8 ? 'utf8' : 'latin1') };
    decoded.set(bytes, known);
  }
  return known;
}

/** Lines with their newlines; the last may have none. */
export function splitLines(text: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at) + 1 || text.length;
    lines.push(text.slice(at, end));
    at = end;
  }
  return lines;
}

/** A line without what ends it. */
export function bare(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === '\n' || line[end - 1] === '\r')) end--;
  return line.slice(0, end);
}
