import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fingerprint, hostKeyAlgorithms, verifyHostKey } from '../../../src/transport/host-key.js';
import { KnownHosts } from '../../../src/transport/known-hosts.js';

const folder = mkdtempSync(join(tmpdir(), 'hostwright-known-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
function known(...lines: string[]): KnownHosts {
  const file = join(folder, `known-${files++}`);
  writeFileSync(file, lines.join('\n'));
  return KnownHosts.read([file]);
}
/** A key blob of a type: its length and name, then anything. */
function key(type: string, body = 'one'): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type + body)]);
}
const ED = key('ssh-ed25519');
const OTHER = key('ssh-ed25519', 'two');
const line = (names: string, blob: Buffer, type = 'ssh-ed25519'): string =>
  `${names} ${type} ${blob.toString('base64')} a comment`;
const hashed = (name: string): string => {
  const salt = Buffer.from('saltsaltsaltsaltsalt');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};

describe('known_hosts', () => {
  it.each([
    ['a plain name', 'host', 'host', 22, 'known'],
    ['case does not matter', 'Host.Example', 'hOST.example', 22, 'known'],
    ['one of several', 'other,host,10.0.0.1', '10.0.0.1', 22, 'known'],
    ['another port needs its own entry', 'host', 'host', 2222, 'unknown'],
    ['a port in brackets', '[host]:2222', 'host', 2222, 'known'],
    ['the port of another', '[host]:2222', 'host', 2223, 'unknown'],
    ['a wildcard', '*.example.org', 'web1.example.org', 22, 'known'],
    ['a question mark is one character', 'web?', 'web12', 22, 'unknown'],
    ['a dot is a dot', 'a.b', 'axb', 22, 'unknown'],
    ['a negation wins wherever it stands', '*.example.org,!bad.example.org', 'bad.example.org', 22, 'unknown'],
    ['IPv6', 'fe80::1', 'FE80::1', 22, 'known'],
    ['IPv6 with a port', '[fe80::1]:22022', 'fe80::1', 22022, 'known'],
  ])('%s', (_name, names, host, port, verdict) => {
    expect(known(line(names, ED)).check(host, port, ED)).toBe(verdict);
  });

  it('reads hashed names, plain and with a port', () => {
    const hosts = known(line(hashed('host'), ED), line(hashed('[host]:2222'), OTHER));
    expect([
      hosts.check('HOST', 22, ED),
      hosts.check('host', 2222, OTHER),
      hosts.check('host', 2222, ED),
      hosts.check('host2', 22, ED),
    ]).toEqual([...['known', 'known', 'changed', 'unknown']]);
  });

  it('tells changed and revoked keys; a revocation is stronger than trust', () => {
    const hosts = known(line('host', ED), `@revoked ${line('*', OTHER)}`, `@cert-authority ${line('ca', ED)}`);
    expect([
      hosts.check('host', 22, key('ssh-ed25519', 'x')),
      hosts.check('host', 22, OTHER),
      hosts.check('new', 22, OTHER),
    ]).toEqual([...['changed', 'revoked', 'revoked']]);
    const both = known(line('host', OTHER), `@revoked ${line('host', OTHER)}`);
    expect(both.check('host', 22, OTHER)).toBe('revoked');
    // An authority's key is not a host's own.
    expect(hosts.check('ca', 22, ED)).toBe('unknown');
  });

  it('passes over what makes no sense, and files that do not exist', () => {
    const hosts = known(
      '# comment',
      '',
      'host',
      'host ssh-ed25519',
      '   ',
      '|1|broken| ssh-ed25519 AAAA',
      '|1 ssh-ed25519 AAAA',
      '@revoked',
      line('host', ED),
    );
    expect(hosts.check('host', 22, ED)).toBe('known');
    expect(KnownHosts.read([join(folder, 'nowhere')]).check('host', 22, ED)).toBe('unknown');
  });

  it('takes long wildcard patterns in its stride', () => {
    const started = Date.now();
    known(line(`${'*a'.repeat(12)}b`, ED)).check('a'.repeat(200), 22, ED);
    expect(Date.now() - started).toBeLessThan(2000);
  });
});

describe('the key that a host shows', () => {
  it('is asked for in the types on record only, without SHA-1', () => {
    const rsa = key('ssh-rsa');
    expect(hostKeyAlgorithms(known(line('h', rsa, 'ssh-rsa')), 'h', 22)).toEqual(['rsa-sha2-512', 'rsa-sha2-256']);
    expect(hostKeyAlgorithms(known(line('h', ED)), 'h', 22)).toEqual(['ssh-ed25519']);
    expect(hostKeyAlgorithms(known(`@revoked ${line('h', ED)}`), 'h', 22)).toContain('ecdsa-sha2-nistp256');
    expect(hostKeyAlgorithms(known(), 'h', 22)).not.toContain('ssh-rsa');
    expect(hostKeyAlgorithms(known(line('h', ED, 'ssh-unheard-of')), 'h', 22)).toHaveLength(6);
  });

  it('is trusted, refused or taken down', () => {
    expect(verifyHostKey(known(line('h', ED)), 'h', 22, ED, false)).toBeUndefined();
    const unknown = verifyHostKey(known(), 'h', 2222, ED, false)!;
    expect([unknown.reason, unknown.message.includes('[h]:2222'), unknown.message.includes(fingerprint(ED))]).toEqual([
      'host-key',
      true,
      true,
    ]);
    expect(unknown.hint).toContain('--accept-new-host-keys');
    for (const accept of [true, false]) {
      expect(verifyHostKey(known(line('h', ED)), 'h', 22, OTHER, accept)?.message).toContain('CHANGED');
      expect(verifyHostKey(known(`@revoked ${line('*', ED)}`), 'h', 22, ED, accept)?.message).toContain('revoked');
    }
  });

  it('is written down when it is new and that was said, for this run and the next', () => {
    const hosts = known('# mine\n');
    expect(verifyHostKey(hosts, 'New', 2222, ED, true)).toBeUndefined();
    expect(hosts.check('new', 2222, ED)).toBe('known');
    expect(hosts.check('new', 2222, OTHER)).toBe('changed');
    expect(readFileSync(hosts.files[0]!, 'utf8')).toBe(`# mine\n[New]:2222 ssh-ed25519 ${ED.toString('base64')}\n`);
    expect(KnownHosts.read(hosts.files).check('new', 2222, ED)).toBe('known');
    const fresh = KnownHosts.read([join(folder, 'fresh')]);
    verifyHostKey(fresh, 'h', 22, ED, true);
    expect(statSync(join(folder, 'fresh')).mode & 0o777).toBe(0o600);
  });

  it('is written on a line of its own, also after a file that ends without a newline', () => {
    const hosts = known(line('old', ED));
    verifyHostKey(hosts, 'h', 22, OTHER, true);
    const again = KnownHosts.read(hosts.files);
    expect([again.check('old', 22, ED), again.check('h', 22, OTHER)]).toEqual(['known', 'known']);
  });

  it('is written into a folder that has to be made, and refused where it cannot be', () => {
    const fresh = KnownHosts.read([join(folder, '.ssh/known_hosts')]);
    expect(verifyHostKey(fresh, 'h', 22, ED, true)).toBeUndefined();
    expect(statSync(join(folder, '.ssh')).mode & 0o777).toBe(0o700);
    const nowhere = KnownHosts.read(['/proc/nowhere/known_hosts']);
    expect(verifyHostKey(nowhere, 'h', 22, ED, true)).toMatchObject({
      reason: 'host-key',
      message: expect.stringContaining('written'),
    });
  });

  it('prints fingerprints as ssh does', () => {
    expect(fingerprint(Buffer.from(''))).toBe('SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU');
  });
});
