import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { generateKey } from '../../src/lab/keys.js';
import { labProject, type Overrides, on, onLab, sleep, theLab } from './support.js';

const PLAY = '- hosts: all\n  tasks:\n    - {name: who, command: id -un, register: r}\n';

/** Every way to log in, and to become someone else, on both releases. */
onLab('logging in', () => {
  const project = labProject();
  const names = ['one', 'two'];
  const as = (vars: Overrides['vars'], more: Overrides = {}): Overrides => ({
    limit: 'one,two',
    ...more,
    vars: { ...vars, ...more.vars },
  });
  const plain = (): string =>
    project.write(
      'inventory.yml',
      `all:\n  hosts:\n${theLab()
        .hosts.map(
          ({ name, address }) =>
            `    ${name}: {ansible_host: ${address}, ansible_user: root, ansible_ssh_known_hosts_file: ${theLab().knownHostsFile}}\n`,
        )
        .join('')}`,
    );
  let locked = '';
  const { SSH_AUTH_SOCK } = process.env;
  afterEach(() => {
    if (SSH_AUTH_SOCK === undefined) delete process.env.SSH_AUTH_SOCK;
    else process.env.SSH_AUTH_SOCK = SSH_AUTH_SOCK;
  });

  beforeAll(() => {
    locked = join(project.folder, 'locked');
    copyFileSync(theLab().keyFile, locked);
    chmodSync(locked, 0o600);
    expect(spawnSync('ssh-keygen', ['-p', '-q', '-N', 'open sesame', '-f', locked]).status).toBe(0);
  });

  it('with a key that has a passphrase', async () => {
    const right = await project.run(
      PLAY,
      as({ ansible_ssh_private_key_file: locked }, { connection: { passphrase: 'open sesame' } }),
    );
    expect(right.exitCode, right.told()).toBe(0);
    for (const name of names) expect(right.result('who', name).values.stdout).toBe('root');
  });

  it('not with the wrong passphrase, or none: says so', async () => {
    const none = project.write('locked2', '');
    copyFileSync(locked, none);
    const heard = await project.run(PLAY, as({ ansible_ssh_private_key_file: none }));
    expect(heard.exitCode).toBe(4);
    expect(heard.result('who', 'one').hint).toContain('passphrase');
    const wrong = await project.run(
      PLAY,
      as({ ansible_ssh_private_key_file: none }, { connection: { passphrase: 'nonsense' } }),
    );
    expect(wrong.exitCode).toBe(4);
    expect(wrong.result('who', 'one').message).not.toContain('nonsense');
  });

  it('through an agent', async () => {
    const socket = join(project.folder, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      process.env.SSH_AUTH_SOCK = socket;
      for (let i = 0; i < 50 && spawnSync('ssh-add', ['-q', theLab().keyFile]).status !== 0; i++)
        await new Promise((done) => setTimeout(done, 50));
      const heard = await project.run(PLAY, as({}, { inventory: [plain()] }));
      expect(heard.exitCode, heard.told()).toBe(0);
    } finally {
      agent.kill();
    }
  });

  it('with a password, by whichever method the host offers', async () => {
    const password = { ansible_user: 'operator', ansible_password: theLab().password };
    const heard = await project.run(PLAY, as(password, { inventory: [plain()] }));
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(heard.result('who', 'two').values.stdout).toBe('operator');
    try {
      await on(
        'one',
        "printf 'PasswordAuthentication no\\nKbdInteractiveAuthentication yes\\n' >/etc/ssh/sshd_config.d/00-only.conf; systemctl reload ssh",
      );
      await sleep(0.5);
      const asked = await project.run(PLAY, as(password, { inventory: [plain()], limit: 'one' }));
      expect(asked.exitCode, asked.told()).toBe(0);
    } finally {
      await on('one', 'rm -f /etc/ssh/sshd_config.d/00-only.conf; systemctl reload ssh; sleep 0.5');
    }
  });

  it('as whom and where the play says: remote_user and port, each play for itself', async () => {
    const { address } = theLab().hosts[0]!;
    const inventory = [
      project.write(
        'bare.yml',
        `all:\n  hosts:\n    one: {ansible_host: ${address}, ansible_ssh_private_key_file: ${theLab().keyFile}, ansible_ssh_known_hosts_file: ${theLab().knownHostsFile}}\n`,
      ),
    ];
    const heard = await project.run(
      PLAY.replace('hosts: all', 'hosts: one\n  remote_user: deploy\n  port: 22').replace('who', 'first') +
        PLAY.replace('hosts: all', 'hosts: one\n  remote_user: operator').replace('who', 'second'),
      { inventory },
    );
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(['first', 'second'].map((name) => heard.result(name).values.stdout)).toEqual(['deploy', 'operator']);
  });

  it('not with a wrong password: told once, without the password', async () => {
    const heard = await project.run(
      PLAY,
      as({ ansible_user: 'operator', ansible_password: 'guessed-wrong' }, { inventory: [plain()] }),
    );
    expect(heard.exitCode).toBe(4);
    expect(heard.result('who', 'one').message).toContain('refused the login');
    expect(JSON.stringify(heard.events)).not.toContain('guessed-wrong');
  });

  it('not with a wrong key: says user, address and what was tried', async () => {
    const key = project.write('wrong', generateKey('wrong').privateKey, 0o600);
    const heard = await project.run(PLAY, as({ ansible_ssh_private_key_file: key }));
    expect(heard.exitCode).toBe(4);
    const { status, message, hint } = heard.result('who', 'one');
    expect(status).toBe('unreachable');
    expect(message).toMatch(/root@10\.77\.\d+\.\d+ port 22.*publickey/);
    expect(hint).toContain('authorized_keys');
  });
});

/** Bytes that a terminal on the way would change. */
const BIG = Buffer.alloc(300_000, 'x\0y\r\n\x03\x04\x11');

onLab('becoming', () => {
  const project = labProject();
  const become = (method: string, user: string, more: Overrides['vars'] = {}): Overrides => ({
    limit: 'one,two',
    flags: { become: true, becomeMethod: method, becomeUser: 'root' },
    vars: { ansible_user: user, ...more },
  });
  const secret = () => ({ ansible_become_password: theLab().password });

  it.each([
    ['sudo without a password', 'sudo', 'deploy', false],
    ['sudo with a password', 'sudo', 'operator', true],
    ['su with a password', 'su', 'deploy', true],
    ['su as root', 'su', 'root', false],
    ['doas without a password', 'doas', 'deploy', false],
    ['doas with a password', 'doas', 'operator', true],
  ] as const)('by %s', async (_title, method, user, password) => {
    const text = `${PLAY}    - {name: write, copy: {dest: /root/became, content: "${method} ${user}", mode: '0600'}}\n    - {name: big, copy: {dest: /root/big, src: big}}\n`;
    project.write('big', BIG);
    const heard = await project.run(text, become(method, user, password ? secret() : {}));
    expect(heard.exitCode, heard.told()).toBe(0);
    for (const name of ['one', 'two']) {
      expect(heard.result('who', name).values.stdout).toBe('root');
      expect(
        await on(name, 'cat /root/became; stat -c " %U" /root/became; sha256sum </root/big; rm /root/became /root/big'),
      ).toBe(`${method} ${user} root\n${createHash('sha256').update(BIG).digest('hex')}  -`);
    }
  });

  it('someone who is not root', async () => {
    const heard = await project.run(PLAY, {
      ...become('sudo', 'root'),
      flags: { become: true, becomeMethod: 'sudo', becomeUser: 'operator' },
    });
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(heard.result('who', 'one').values.stdout).toBe('operator');
  });

  it('only where a task says so: both users work in one play', async () => {
    const heard = await project.run(
      `- hosts: one\n  tasks:\n    - {name: me, command: id -un}\n    - {name: root, command: id -un, become: true}\n    - {name: me again, command: id -un}\n`,
      { vars: { ansible_user: 'deploy' } },
    );
    expect(['me', 'root', 'me again'].map((task) => heard.result(task).values.stdout)).toEqual([
      'deploy',
      'root',
      'deploy',
    ]);
  });

  it.each(['sudo', 'su', 'doas'])(
    '%s with a wrong password fails at once, says what was tried, and never tells the password',
    async (method) => {
      const started = performance.now();
      const heard = await project.run(
        PLAY,
        become(method, method === 'su' ? 'deploy' : 'operator', { ansible_become_password: 'guessed-wrong' }),
      );
      expect(heard.exitCode).toBe(4);
      const { status, message, hint } = heard.result('who', 'one');
      expect(status).toBe('unreachable');
      expect(message).toContain(`${method} to root was refused`);
      expect(hint).toContain('become password');
      expect(JSON.stringify(heard.events)).not.toContain('guessed-wrong');
      expect(performance.now() - started).toBeLessThan(15_000);
    },
  );

  it.each(['sudo', 'doas'])('%s that wants a password which nobody gave says how to give it', async (method) => {
    const heard = await project.run(PLAY, become(method, 'operator'));
    expect(heard.exitCode).toBe(4);
    expect(heard.result('who', 'one').hint).toContain('-K');
  });

  it('never leaves a password in a process list or a file', async () => {
    const heard = await project.run(
      `- hosts: one\n  tasks:\n    - {name: look, shell: "ps axww -o args; cat /proc/[0-9]*/environ 2>/dev/null | tr '\\\\0' '\\\\n'", register: r}\n`,
      { ...become('sudo', 'operator', secret()), limit: 'one' },
    );
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(String(heard.result('look').values.stdout)).not.toContain(theLab().password);
    expect(
      await on('one', `grep -rl '${theLab().password}' /tmp /var/log /home /root 2>/dev/null || echo nowhere`),
    ).toBe('nowhere');
  });
});
