import * as crypto from 'node:crypto';

/** Hexadecimal digest of bytes in memory; in one call where Node has it, which is several times as fast for small ones. */
export function hexDigest(algorithm: 'sha1' | 'sha256', bytes: Buffer): string {
  return crypto.hash === undefined
    ? crypto.createHash(algorithm).update(bytes).digest('hex')
    : crypto.hash(algorithm, bytes, 'hex');
}
