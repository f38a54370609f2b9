import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** A key pair in OpenSSH's own formats: the private key file, and the public key as `ssh-ed25519 BASE64`. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/**
 * A new ed25519 key without a passphrase. The private file is OpenSSH's `openssh-key-v1`
 * (PROTOCOL.key in the OpenSSH source), which sshd, ssh and the ssh2 package all read.
 */
export function generateKey(comment: string): KeyPair {
  const { privateKey } = generateKeyPairSync('ed25519');
  const jwk = privateKey.export({ format: 'jwk' });
  const seed = Buffer.from(jwk.d ?? '', 'base64url');
  const point = Buffer.from(jwk.x ?? '', 'base64url');
  const blob = Buffer.concat([text('ssh-ed25519'), text(point)]);
  const check = randomBytes(4);
  const secret = [check, check, blob, text(Buffer.concat([seed, point])), text(comment)];
  const length = Buffer.concat(secret).length;
  for (let pad = 1; (length + pad - 1) % 8 !== 0; pad++) secret.push(Buffer.from([pad]));
  const one = Buffer.from([0, 0, 0, 1]);
  const magic = Buffer.from('openssh-key-v1\0');
  const file = Buffer.concat([
    magic,
    text('none'),
    text('none'),
    text(''),
    one,
    text(blob),
    text(Buffer.concat(secret)),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`,
    publicKey: `ssh-ed25519 ${blob.toString('base64')}`,
  };
}

/** One line of a known_hosts file; a port other than 22 is written as OpenSSH does, `[address]:port`. */
export function knownHostsLine(address: string, port: number, publicKey: string): string {
  return `${port === 22 ? address : `[${address}]:${port}`} ${publicKey}`;
}

function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
