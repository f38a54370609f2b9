import { readFileSync } from 'node:fs';
import { beforeEach, expect, it } from 'vitest';
import { generateKey } from '../../src/lab/keys.js';
import { labProject, on, onLab, theLab } from './support.js';

const PLAY = '- hosts: one\n  tasks:\n    - {name: touch, command: touch /root/reached}\n';

/** Promise 6: the key that a host shows is known, or nothing is sent to it. */
onLab('host keys', () => {
  const project = labProject();
  const known = (content: string): string => project.write('known_hosts', content);
  const vars = (file: string) => ({ ansible_ssh_known_hosts_file: file });
  const address = (): string => theLab().hosts.find(({ name }) => name === 'one')!.address;
  const reached = (): Promise<string> => on('one', 'test -e /root/reached && echo yes || echo no; rm -f /root/reached');

  beforeEach(async () => void (await reached()));

  it('an unknown key stops the connection and says its fingerprint and what to do', async () => {
    const heard = await project.run(PLAY, { vars: vars(known('')) });
    expect(heard.exitCode).toBe(4);
    const { status, message, hint } = heard.result('touch', 'one');
    expect(status).toBe('unreachable');
    const fingerprint = (await on('one', 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')).split(' ')[1]!;
    expect(message).toContain(fingerprint);
    expect(hint).toContain('--accept-new-host-keys');
    expect(await reached()).toBe('no');
  });

  it('a changed key stops the connection, also with --accept-new-host-keys', async () => {
    const other = `${address()} ${generateKey('other').publicKey}\n`;
    for (const acceptNewHostKeys of [false, true]) {
      const file = known(other);
      const heard = await project.run(PLAY, { vars: vars(file), connection: { acceptNewHostKeys } });
      expect(heard.exitCode).toBe(4);
      expect(heard.result('touch', 'one').message).toMatch(/CHANGED/);
      expect(heard.result('touch', 'one').hint).toContain('ssh-keygen -R');
      expect(await reached()).toBe('no');
      expect(readFileSync(file, 'utf8')).toBe(other);
    }
  });

  it('--accept-new-host-keys takes an unknown key and keeps it: the next run knows it', async () => {
    const file = known('');
    const first = await project.run(PLAY, { vars: vars(file), connection: { acceptNewHostKeys: true } });
    expect(first.exitCode, first.told()).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain(address());
    const again = await project.run(PLAY, { vars: vars(file) });
    expect(again.exitCode, again.told()).toBe(0);
    await reached();
  });

  it('a revoked key is refused', async () => {
    const key = (await on('one', 'cat /etc/ssh/ssh_host_ed25519_key.pub')).split(' ').slice(0, 2).join(' ');
    const heard = await project.run(PLAY, { vars: vars(known(`${address()} ${key}\n@revoked * ${key}\n`)) });
    expect(heard.exitCode).toBe(4);
    expect(heard.result('touch', 'one').message).toContain('revoked');
  });
});
