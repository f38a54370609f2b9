import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import type { ArchiveEntry } from './archive-entry.js';
import { clean } from './archive-tar.js';

/* Reads what a zip archive holds, by its central directory (PKWARE's APPNOTE, sections 4.3.12 and 4.4). */

const END = 0x06054b50;
const CENTRAL = 0x02014b50;

/**
 * The entries of a zip archive. Throws Error where it is none, or of a form not read here.
 * @param most bytes that all files may have together
 */
export function readZip(bytes: Buffer, most: number): ArchiveEntry[] {
  let end = bytes.length - 22;
  while (end >= 0 && end >= bytes.length - 65557 && bytes.readUInt32LE(end) !== END) end--;
  if (end < 0 || bytes.readUInt32LE(end) !== END) throw new Error('it is not a zip archive, or a damaged one');
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  let left = most;
  const entries: ArchiveEntry[] = [];
  for (let i = 0; i < count; i++) {
    if (bytes.readUInt32LE(at) !== CENTRAL) throw new Error('its list of files is damaged');
    const method = bytes.readUInt16LE(at + 10);
    const packed = bytes.readUInt32LE(at + 20);
    const size = bytes.readUInt32LE(at + 24);
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const unix = bytes[at + 5] === 3 ? bytes.readUInt16LE(at + 40) : 0;
    const local = bytes.readUInt32LE(at + 42);
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    const path = clean(name);
    const mode = unix === 0 ? undefined : unix & 0o7777;
    if (path === '') continue;
    if (name.endsWith('/')) {
      // unzip leaves folders that are there as they are.
      entries.push({ path, type: 'directory', mode: undefined, mtime: undefined });
      continue;
    }
    left -= size;
    if (left < 0 || size === 0xffffffff) throw new Error('it is too large to be looked into');
    const data = content(bytes, local, method, packed, size);
    if (unix >> 12 === 0o12)
      entries.push({ path, type: 'symlink', mode: undefined, mtime: undefined, target: data.toString('utf8') });
    else
      entries.push({
        path,
        type: 'file',
        mode,
        mtime: undefined,
        digest: createHash('sha256').update(data).digest('hex'),
      });
  }
  return entries;
}

function content(bytes: Buffer, local: number, method: number, packed: number, size: number): Buffer {
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const data = bytes.subarray(start, start + packed);
  if (method === 0) return data;
  if (method === 8) return inflateRawSync(data, { maxOutputLength: Math.max(size, 1) });
  throw new Error(`it is compressed by method ${method}`);
}
