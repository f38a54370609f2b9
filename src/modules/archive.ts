import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Bytes } from '../actions/action.js';
import type { ArchiveEntry } from './archive-entry.js';
import { readTar } from './archive-tar.js';
import { readZip } from './archive-zip.js';

/** Largest archive that is looked into here, packed and unpacked, bytes: everything else waits meanwhile. */
const LARGEST_PACKED = 32 * 1024 * 1024;
const LARGEST = 128 * 1024 * 1024;

const read = new Map<string, readonly ArchiveEntry[] | undefined>();

/** True for archives that unzip unpacks; tar takes all others. */
export const isZip = (path: string): boolean => /\.(zip|jar|war|whl)$/i.test(path);

/**
 * What an archive of this machine holds, read once a run; undefined where it cannot be told here
 * (xz, bzip2, zstd, very large, or damaged: then the host's own tar decides).
 * @param digest SHA-256 of the archive
 */
export function archiveEntries(path: string, bytes: Bytes, digest: string): readonly ArchiveEntry[] | undefined {
  if (!read.has(digest)) read.set(digest, look(path, bytes));
  return read.get(digest);
}

function look(path: string, bytes: Bytes): readonly ArchiveEntry[] | undefined {
  try {
    if ((Buffer.isBuffer(bytes) ? bytes.length : bytes.size) > LARGEST_PACKED) return undefined;
    const packed = Buffer.isBuffer(bytes) ? bytes : readFileSync(bytes.path);
    if (isZip(path)) return readZip(packed, LARGEST);
    const gzip = packed[0] === 0x1f && packed[1] === 0x8b;
    return readTar(gzip ? gunzipSync(packed, { maxOutputLength: LARGEST }) : packed);
  } catch {
    return undefined;
  }
}
