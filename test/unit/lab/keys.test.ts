import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { generateKey, knownHostsLine } from '../../../src/lab/keys.js';

describe('generateKey', () => {
  it.each(['', 'a', 'ab', 'lab one', 'a much longer comment of some length'])(
    'makes keys that ssh2 reads (%j)',
    (comment) => {
      const { privateKey, publicKey } = generateKey(comment);
      const [secret, open] = [ssh2.utils.parseKey(privateKey), ssh2.utils.parseKey(publicKey)];
      if (secret instanceof Error) throw secret;
      if (open instanceof Error) throw open;
      const message = Buffer.from('message');
      const signature = secret.sign(message);
      expect(secret.comment).toBe(comment);
      expect(secret.getPublicSSH()).toEqual(open.getPublicSSH());
      expect(open.verify(message, signature)).toBe(true);
      expect(open.verify(Buffer.from('another'), signature)).toBe(false);
    },
  );

  it('never makes the same key twice', () => {
    expect(generateKey('x').publicKey).not.toBe(generateKey('x').publicKey);
  });
});

describe('knownHostsLine', () => {
  it('writes a port only when it is not 22', () => {
    expect(knownHostsLine('10.0.0.1', 22, 'ssh-ed25519 A')).toBe('10.0.0.1 ssh-ed25519 A');
    expect(knownHostsLine('127.0.0.1', 2200, 'ssh-ed25519 A')).toBe('[127.0.0.1]:2200 ssh-ed25519 A');
  });
});
