import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../../src/probes/candidate.js';
import { CRONTAB_LIBRARY, crontab } from '../../../src/probes/crontab.js';
import { type MountEntry, mount, unescapeField } from '../../../src/probes/mounts.js';
import { Refusal } from '../../../src/probes/probe.js';
import { sysctlPath } from '../../../src/probes/sysctl.js';
import { answersOf, openSession, runStep, shells } from './shells.js';

describe.each(shells)('this machine under %s', (_name, shell) => {
  it('tells kernel settings, of any length, and those that are not there', async () => {
    const session = await openSession(shell);
    const keys = [
      'kernel.hostname',
      'kernel.no_such_thing',
      'kernel.pid_max',
      'vm.swappiness',
      "no'such",
      'kernel/ostype',
    ];
    const answers = await answersOf(session, 'sysctl', keys);
    session.close();
    expect(answers).toEqual([
      hostname(),
      null,
      readFileSync('/proc/sys/kernel/pid_max', 'utf8').trim(),
      readFileSync('/proc/sys/vm/swappiness', 'utf8').trim(),
      null,
      'Linux',
    ]);
  });
  it('tells mount points', async () => {
    const session = await openSession(shell);
    const [proc, none] = (await answersOf(session, 'mount', ['/proc', '/proc/none'])) as (MountEntry | null)[];
    session.close();
    expect(proc).toMatchObject({ type: 'proc' });
    expect(proc!.options).toContain('rw');
    expect(none).toBeNull();
  });
  it.skipIf(!existsSync('/usr/bin/apt-cache'))('tells packages that apt knows, and who provides what', async () => {
    const session = await openSession(shell);
    const [dpkg, none] = (await answersOf(session, 'candidate', ['dpkg', 'no-such-package-here'])) as Candidate[];
    const [awk, nobody] = (await answersOf(session, 'provided', ['awk', 'no-such-package-here'])) as string[][];
    session.close();
    expect(dpkg!.versions).toContain(execFileSync('dpkg-query', ['-W', '-f', '${Version}', 'dpkg']).toString());
    expect(none).toEqual({ known: false, version: undefined, versions: [] });
    expect(awk!.length).toBeGreaterThan(0);
    expect(nobody).toEqual([]);
  });
  it('reads a crontab with -u only as root', async () => {
    const session = await openSession(shell);
    const said = (user: string, fake: string) =>
      runStep(session, {
        text: `crontab() { ${fake}; }\n${crontab.ask([user])}`,
        guarded: false,
        streams: true,
        library: CRONTAB_LIBRARY,
      }).then((result) => crontab.parse(result, [user])[0]);
    const me = userInfo();
    expect(await said(me.username, 'echo "$@"')).toBe(me.uid === 0 ? `-u ${me.username} -l\n` : '-l\n');
    expect(await said(me.username, 'echo "no crontab for me" >&2; return 1')).toBeNull();
    expect(await said(me.username, 'echo "crontab: user x unknown" >&2; return 1')).toBeNull();
    expect(await said(me.username, 'return 127')).toBeNull();
    expect(await said(me.username, 'echo broken >&2; return 1')).toBeInstanceOf(Refusal);
    if (me.uid !== 0) expect(await said('root', 'echo "$@"')).toBeInstanceOf(Refusal);
    session.close();
  });
});

describe('mountinfo', () => {
  it('is read with its escapes, and the topmost mount of a place counts', () => {
    const text =
      '36 35 98:0 / /mnt/a\\040b rw,noatime shared:1 - ext3 /dev/root rw,errors=continue\n37 36 0:5 / /mnt/a\\040b ro - tmpfs t rw,size=1k\n';
    expect(
      mount.parse({ status: 0, stdout: Buffer.from(text), stderr: Buffer.alloc(0) }, ['/mnt/a b', '/mnt']),
    ).toEqual([{ source: 't', type: 'tmpfs', options: ['ro', 'rw', 'size=1k'] }, null]);
    expect(unescapeField('a\\134b\\011')).toBe('a\\b\t');
  });
});

describe('a key of sysctl', () => {
  it.each([
    ['net.ipv4.ip_forward', '/proc/sys/net/ipv4/ip_forward'],
    ['net/ipv4/conf/eth0.100/forwarding', '/proc/sys/net/ipv4/conf/eth0.100/forwarding'],
    ['net.ipv4.conf.eth0/100.forwarding', '/proc/sys/net/ipv4/conf/eth0.100/forwarding'],
  ])('%s is %s', (key, path) => {
    expect(sysctlPath(key)).toBe(path);
  });
});
