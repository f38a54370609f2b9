import { expect, it } from 'vitest';
import { generateKey } from '../../src/lab/keys.js';
import { type Heard, labProject, type Overrides, on, onLab, sleep, theLab } from './support.js';

/** Each mistake gives one message: which host, which task with file:line, what was tried, what the host said, what to do. */
onLab('bad input', () => {
  const project = labProject();
  const task = (text: string, more = ''): string => `- hosts: one\n${more}  tasks:\n    - name: it\n      ${text}\n`;

  /** Expects the one failure, and that its message and hint say this. */
  function complains(heard: Heard, status: 'failed' | 'unreachable', message: RegExp, hint: RegExp): void {
    const failures = heard.of('task-result').filter(({ result }) => result.status === status);
    expect(failures, heard.told()).toHaveLength(1);
    const { host, task: label, result } = failures[0]!;
    expect(host).toBe('one');
    expect(label.place.file).toMatch(/play\.yml$/);
    expect(label.place.line).toBeGreaterThan(2);
    expect(result.message).toMatch(message);
    expect(result.hint ?? '', `the hint of: ${result.message}`).toMatch(hint);
    expect(heard.exitCode).toBe(status === 'failed' ? 2 : 4);
  }
  const unreachable = (vars: Overrides['vars'], more: Overrides = {}): Promise<Heard> =>
    project.run(task('ping:'), { vars, ...more });

  it('an address where nobody is', async () => {
    const nobody = theLab().hosts[0]!.address.replace(/\d+$/, '250');
    complains(
      await unreachable({ ansible_host: nobody }, { connection: { timeout: 2 } }),
      'unreachable',
      new RegExp(`${nobody} port 22`),
      /address/,
    );
  });
  it('a name that does not exist', async () => {
    complains(
      await unreachable({ ansible_host: 'nowhere.invalid' }),
      'unreachable',
      /nowhere\.invalid/,
      /ansible_host/,
    );
  });
  it('a wrong port', async () => {
    complains(
      await unreachable({ ansible_port: 2222 }),
      'unreachable',
      /refuses connections on port 2222/,
      /ansible_port/,
    );
  });
  it('a wrong key', async () => {
    const key = project.write('wrong', generateKey('wrong').privateKey, 0o600);
    complains(
      await unreachable({ ansible_ssh_private_key_file: key }),
      'unreachable',
      /root@.* refused the login; tried publickey/,
      /authorized_keys/,
    );
  });
  it('a key file that is not there', async () => {
    complains(
      await unreachable({ ansible_ssh_private_key_file: '/no/key' }),
      'unreachable',
      /\/no\/key/,
      /ansible_ssh_private_key_file/,
    );
  });
  it('a wrong become password', async () => {
    const heard = await unreachable(
      { ansible_user: 'operator', ansible_become_password: 'wrong' },
      { flags: { become: true } },
    );
    complains(heard, 'unreachable', /sudo to root was refused/, /password/);
  });
  it('an unknown host key', async () => {
    complains(
      await unreachable({ ansible_ssh_known_hosts_file: project.write('none', '') }),
      'unreachable',
      /not known: SHA256:/,
      /accept-new-host-keys/,
    );
  });
  it('a changed host key', async () => {
    const { address } = theLab().hosts[0]!;
    const file = project.write('changed', `${address} ${generateKey('x').publicKey}\n`);
    complains(await unreachable({ ansible_ssh_known_hosts_file: file }), 'unreachable', /CHANGED/, /ssh-keygen -R/);
  });

  it('not enough rights', async () => {
    const heard = await project.run(task('copy: {dest: /etc/mine, content: x}'), { vars: { ansible_user: 'deploy' } });
    complains(heard, 'failed', /\/etc.*Permission denied|Permission denied.*\/etc/, /become: true/);
    expect(await on('one', 'ls -A /etc | grep mine || echo nothing')).toBe('nothing');
  });

  it('a full disk: the old file stays whole and nothing is left behind', async () => {
    await on('one', 'mkdir -p /srv/full && mount -t tmpfs -o size=256k tmpfs /srv/full && echo old >/srv/full/file');
    try {
      project.write('large', Buffer.alloc(1024 * 1024, 'x'));
      complains(
        await project.run(task('copy: {dest: /srv/full/file, src: large}')),
        'failed',
        /No space left on device/,
        /room/,
      );
      expect(await on('one', 'cat /srv/full/file; ls -A /srv/full')).toBe('old\nfile');
      complains(
        await project.run(
          task(`copy: {dest: /srv/full/text, content: "${'y'.repeat(60_000)}", mode: '0600'}`).replace(
            '    - name: it',
            '    - {name: fill, command: sh -c "head -c 230000 /dev/zero >/srv/full/fill"}\n    - name: it',
          ),
        ),
        'failed',
        /No space left on device/,
        /room/,
      );
      expect(await on('one', 'ls -A /srv/full')).toBe('file\nfill');
    } finally {
      await on('one', 'umount /srv/full');
    }
  });

  it('a read-only file system', async () => {
    await on('one', 'mkdir -p /srv/fixed && mount -t tmpfs -o ro tmpfs /srv/fixed');
    try {
      complains(
        await project.run(task('copy: {dest: /srv/fixed/file, content: x}')),
        'failed',
        /Read-only file system/,
        /read-only/,
      );
    } finally {
      await on('one', 'umount /srv/fixed');
    }
  });

  it('a path that is a directory', async () => {
    await on('one', 'mkdir -p /srv/folder/conf');
    project.write('conf', 'x');
    complains(
      await project.run(task('template: {dest: /srv/folder, src: conf}')),
      'failed',
      /\/srv\/folder\/conf.*directory/,
      /remove|name/,
    );
    expect(await on('one', 'ls -A /srv/folder')).toBe('conf');
  });
  it('a line in a directory', async () => {
    await on('one', 'mkdir -p /srv/folder/conf');
    complains(
      await project.run(task('lineinfile: {path: /srv/folder/conf, line: x}')),
      'failed',
      /\/srv\/folder\/conf.*directory/,
      /./,
    );
    expect(await on('one', 'ls -A /srv/folder')).toBe('conf');
  });

  it('a user that does not exist', async () => {
    complains(
      await project.run(task('copy: {dest: /srv/owned, content: x, owner: nobodyhere}')),
      'failed',
      /nobodyhere/,
      /earlier task/,
    );
    expect(await on('one', 'ls -A /srv | grep owned || echo nothing')).toBe('nothing');
    complains(await project.run(task('file: {path: /srv, owner: nobodyhere}')), 'failed', /nobodyhere/, /earlier task/);
  });
  it('becoming a user that does not exist', async () => {
    complains(
      await project.run(task('command: id\n      become: true\n      become_user: nobodyhere')),
      'unreachable',
      /sudo to nobodyhere was refused.*nobodyhere/,
      /./,
    );
  });

  it('an invalid mode: nothing is touched', async () => {
    await expect(project.run(task('copy: {dest: /srv/mode, content: x, mode: 644}'))).rejects.toThrow(
      /play\.yml:4:\d+.*mode/,
    );
    for (const mode of ['"9999"', 'u+q']) {
      complains(
        await project.run(task(`copy: {dest: /srv/mode, content: x, mode: ${mode}}`)),
        'failed',
        /invalid mode/,
        /octal/,
      );
    }
    const heard = await project.run(
      task('copy: {dest: /srv/mode, content: x, mode: "{{ m }}"}', '  vars: {m: nonsense}\n'),
    );
    complains(heard, 'failed', /mode/, /./);
    expect(await on('one', 'ls -A /srv | grep mode || echo nothing')).toBe('nothing');
  });

  it('a package that does not exist', async () => {
    complains(
      await project.run(task('apt: {name: no-such-package-here}')),
      'failed',
      /no-such-package-here/,
      /update_cache|name/,
    );
  });

  it('a held dpkg lock: waits, then names the holder', async () => {
    await on('one', 'dpkg --purge hello >/dev/null 2>&1; :');
    await on(
      'one',
      `setsid perl -e 'use Fcntl; open(F, ">>", "/var/lib/dpkg/lock-frontend"); $l = pack("s s l! l! i", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $l) or die; sleep 40' >/dev/null 2>&1 & sleep 0.3`,
    );
    try {
      const heard = await project.run(
        task('apt: {name: hello, state: "{{ s }}", lock_timeout: 2}', '  vars: {s: present}\n'),
      );
      complains(heard, 'failed', /lock.*perl|perl.*lock/s, /./);
    } finally {
      await on('one', 'pkill -x perl; :');
    }
  });

  it('a unit that fails to start: says what the unit said', async () => {
    await on(
      'one',
      'printf "[Service]\\nExecStart=/bin/sh -c \\"echo the reason is this; exit 3\\"\\n" >/etc/systemd/system/broken.service; systemctl daemon-reload',
    );
    // "started" is reached and then lost by a simple service; a oneshot one fails at once.
    await on('one', 'printf "Type=oneshot\\n" >>/etc/systemd/system/broken.service; systemctl daemon-reload');
    complains(
      await project.run(task('systemd: {name: broken, state: started}')),
      'failed',
      /broken.*the reason is this|the reason is this.*broken/s,
      /journalctl|systemctl/,
    );
  });
  it('a unit that does not exist', async () => {
    complains(await project.run(task('systemd: {name: no-such-unit, state: started}')), 'failed', /no-such-unit/, /./);
  });

  it('a command that does not exist', async () => {
    complains(await project.run(task('command: no-such-command')), 'failed', /no-such-command/, /./);
  });
  it('a host that dies in the middle of a task', async () => {
    const run = project.run(task('command: sleep 20'));
    await sleep(1.5);
    await on('one', "for p in $(pgrep -f '^sshd(-session)?: root'); do kill -KILL $p; done; pkill -f '^sleep 20'; :");
    complains(await run, 'unreachable', /./, /.|^$/);
  });
});
