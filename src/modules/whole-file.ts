import { TaskError } from '../base/error.js';
import { CHUNK } from '../probes/chunk.js';
import { CONTENT_LIMIT } from '../probes/content.js';
import { ask } from '../probes/registry.js';
import type { RealFile } from './host-path.js';
import type { State } from './module.js';
import { readAll } from './read-all.js';

/** Largest file that is brought here, bytes: it is held in memory while it is. */
const LARGEST = 256 * 1024 * 1024;

/** Bytes of a file that is small enough to be brought here. */
export function requireFetchable({ path, stat }: RealFile, state: State): number {
  const size = state.field(ask('stat', path), stat?.size);
  if (size <= LARGEST) return size;
  throw new TaskError(
    `${path} has ${size} bytes; files up to ${LARGEST / 1024 / 1024} MiB are brought here`,
    'bring larger ones with scp or rsync',
  );
}

/** All bytes of a regular file, those over the limit of one answer in chunks. */
export function wholeFile(file: RealFile, state: State): Buffer {
  const { path } = file;
  const size = requireFetchable(file, state);
  if (size <= CONTENT_LIMIT) {
    const bytes = state.read(ask('content', path));
    if (bytes === null) throw new TaskError(`${path} is not a regular file`);
    return bytes;
  }
  const count = Math.ceil(size / CHUNK);
  const parts = readAll(
    state,
    Array.from({ length: count }, (_, i) => ask('chunk', `${i} ${path}`)),
  );
  const whole = Buffer.concat(parts);
  if (whole.length !== size) throw new TaskError(`${path} changed while it was read`, 'run the task again');
  return whole;
}
