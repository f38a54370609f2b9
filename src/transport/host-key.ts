import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UnreachableError } from '../base/error.js';
import type { KnownHosts } from './known-hosts.js';

/** Signature algorithms that a host key of each type makes; SHA-1 signatures are never asked for. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** The algorithms to ask a host for: those of the keys on record first and only, all where none is. */
export function hostKeyAlgorithms(known: KnownHosts, host: string, port: number): string[] {
  const types = known.typesOf(host, port).filter((type) => type in ALGORITHMS);
  return (types.length > 0 ? types : Object.keys(ALGORITHMS)).flatMap((type) => ALGORITHMS[type]!);
}

/** `SHA256:...`, as ssh prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/**
 * Decides about the key that a host shows.
 * @returns undefined where the key is trusted, otherwise why the connection must not go on
 */
export function verifyHostKey(
  known: KnownHosts,
  host: string,
  port: number,
  key: Buffer,
  acceptNew: boolean,
): UnreachableError | undefined {
  const verdict = known.check(host, port, key);
  const name = port === 22 ? host : `[${host}]:${port}`;
  const files = known.files.join(', ') || '(none)';
  if (verdict === 'known') return undefined;
  if (verdict === 'unknown' && acceptNew) {
    const type = key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
    const line = known.accept(host, port, type, key);
    return known.files[0] === undefined ? undefined : record(known.files[0], line);
  }
  if (verdict === 'unknown') {
    return new UnreachableError(
      'host-key',
      `the host key of ${name} is not known: ${fingerprint(key)}; looked in ${files}`,
      "compare the fingerprint with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then add it, or say --accept-new-host-keys",
    );
  }
  return new UnreachableError(
    'host-key',
    verdict === 'revoked'
      ? `the host key of ${name} is revoked: ${fingerprint(key)}; see ${files}`
      : `the host key of ${name} has CHANGED: it shows ${fingerprint(key)}, ${files} has another`,
    'someone may be between you and the host; if the host was set up anew, remove the old key with ssh-keygen -R',
  );
}

/** Adds a line to known_hosts; a file that a person edited may end without a newline. */
function record(file: string, line: string): UnreachableError | undefined {
  try {
    // Not recursive: Node never comes back from making folders below /proc so.
    if (!existsSync(dirname(file))) mkdirSync(dirname(file), { mode: 0o700 });
    const whole = !existsSync(file) || /^\n?$/.test(readFileSync(file, 'utf8').slice(-1));
    appendFileSync(file, whole ? line : `\n${line}`, { mode: 0o600 });
    return undefined;
  } catch (error) {
    return new UnreachableError(
      'host-key',
      `the new host key cannot be written down: ${(error as Error).message}`,
      `make ${file} writable`,
    );
  }
}
