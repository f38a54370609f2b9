import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from './error.js';

const MOST_BYTES = 10 * 1024 * 1024;

/** What a person understands of a failed file operation. */
export function fileReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read';
  if (code === 'EISDIR') return 'it is a folder';
  return message;
}

/**
 * The bytes of a user's file, at most `most` (10 MB); pipes and devices are read to their end or the limit.
 * Throws an InputError that names the file as `shown`. Synchronous, because small files are read
 * several times faster so.
 */
export function readBytes(path: string, shown = path, most = MOST_BYTES): Buffer {
  const place = { file: shown, line: 0, col: 0 };
  let handle: number | undefined;
  try {
    handle = openSync(path, 'r');
    const expected = fstatSync(handle).size;
    let buffer = Buffer.allocUnsafe(Math.min(expected, most) + 1);
    let length = 0;
    for (;;) {
      const count = readSync(handle, buffer, length, buffer.length - length, null);
      if (count === 0) return buffer.subarray(0, length);
      length += count;
      if (length > most) break;
      if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(length * 2, most) + 65_536);
    }
  } catch (error) {
    throw new InputError({ message: `cannot read this file: ${fileReason(error)}`, place });
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
  throw new InputError({ message: `the file is larger than ${most / 1024 / 1024} MB`, place });
}
