import { createHash } from 'node:crypto';
import type { ArchiveEntry } from './archive-entry.js';

/*
 * Reads what a tar archive holds: the ustar form (POSIX 1003.1-1988), pax headers (POSIX 1003.1-2001)
 * for long names, and GNU's own long names.
 */

const BLOCK = 512;

/** The entries of an uncompressed tar archive. Throws Error where it is none. */
export function readTar(bytes: Buffer): ArchiveEntry[] {
  if (bytes.length < BLOCK) throw new Error('it is too short for a tar archive');
  const entries: ArchiveEntry[] = [];
  let long: { path?: string; target?: string; mtime?: number } = {};
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header[0] === 0 && header.every((byte) => byte === 0)) break;
    if (checksum(header) !== number(header, 148, 8)) throw new Error('it is not a tar archive, or a damaged one');
    const size = number(header, 124, 12);
    const data = bytes.subarray(at + BLOCK, at + BLOCK + size);
    if (data.length < size) throw new Error('the archive is cut off');
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const kind = String.fromCharCode(header[156]!);
    if (kind === 'L') long.path = text(data, 0, data.length);
    else if (kind === 'K') long.target = text(data, 0, data.length);
    else if (kind === 'x') long = { ...long, ...paxRecords(data) };
    else if (kind !== 'g') {
      const prefix = text(header, 257, 5) === 'ustar' && header[262] === 0 ? text(header, 345, 155) : '';
      const name = text(header, 0, 100);
      const path = clean(long.path ?? (prefix === '' ? name : `${prefix}/${name}`));
      const mode = number(header, 100, 8) & 0o7777;
      const mtime = Math.floor(long.mtime ?? number(header, 136, 12));
      const target = long.target ?? text(header, 157, 100);
      long = {};
      if (path === '') continue;
      if (kind === '0' || kind === '\0' || kind === '7')
        entries.push({ path, type: 'file', mode, mtime, digest: createHash('sha256').update(data).digest('hex') });
      else if (kind === '5') entries.push({ path, type: 'directory', mode, mtime });
      else if (kind === '2') entries.push({ path, type: 'symlink', mode: undefined, mtime: undefined, target });
      else entries.push({ path, type: 'other', mode: undefined, mtime: undefined });
    }
  }
  return entries;
}

/** A path of an archive as ArchiveEntry has it. */
export const clean = (path: string): string =>
  path
    .replace(/^(\.?\/+)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');

function text(bytes: Buffer, from: number, length: number): string {
  const field = bytes.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

/** Octal digits, or GNU's binary form where the first bit is set. */
function number(bytes: Buffer, from: number, length: number): number {
  if ((bytes[from]! & 0x80) === 0) return Number.parseInt(text(bytes, from, length).trim() || '0', 8);
  let value = bytes[from]! & 0x7f;
  for (let i = from + 1; i < from + length; i++) value = value * 256 + bytes[i]!;
  return value;
}

function checksum(header: Buffer): number {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : header[i]!;
  return sum;
}

/** Records `LENGTH NAME=VALUE\n`. */
function paxRecords(data: Buffer): { path?: string; target?: string; mtime?: number } {
  const records: { path?: string; target?: string; mtime?: number } = {};
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const length = Number.parseInt(data.toString('latin1', at, space), 10);
    if (space < 0 || !(length > space - at)) break;
    const record = data.toString('utf8', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    const name = record.slice(0, equals);
    if (name === 'path') records.path = record.slice(equals + 1);
    else if (name === 'linkpath') records.target = record.slice(equals + 1);
    else if (name === 'mtime') records.mtime = Number(record.slice(equals + 1));
    at += length;
  }
  return records;
}
