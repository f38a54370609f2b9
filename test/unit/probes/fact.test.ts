import { execFileSync } from 'node:child_process';
import { hostname, totalmem, userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Values } from '../../../src/base/value.js';
import { fact } from '../../../src/probes/fact.js';
import { netmask, networkOf, parseIp } from '../../../src/probes/facts/addresses.js';
import { factGroup, factGroupOf, factGroups, factNames } from '../../../src/probes/facts/groups.js';
import { answersOf, openSession, shells } from './shells.js';

/** The facts of a group on a host with these files, whose text printed this. */
function told(group: string, files: Readonly<Record<string, string>>, text = ''): Values {
  const lines = Object.entries(files).flatMap(([path, content]) =>
    content.split('\n').map((line) => `${path}:${line}\n`),
  );
  const section = factGroup(group).text === undefined ? '' : `\0\x1e${group}\n${text}`;
  const stdout = Buffer.from(lines.join('') + section);
  return fact.parse({ status: 0, stdout, stderr: Buffer.alloc(0) }, [group])[0] as Values;
}

describe.each(shells)('facts of this machine under %s', (_name, shell) => {
  it('answers every group in one go', async () => {
    const session = await openSession(shell);
    const answers = (await answersOf(session, 'fact', factGroups)) as Values[];
    session.close();
    const facts = Object.assign({}, ...answers) as Values;
    expect(facts['nodename']).toBe(hostname());
    expect(facts['user_id']).toBe(userInfo().username);
    expect(facts['user_dir']).toBe(userInfo().homedir);
    expect(facts['kernel']).toBe(execFileSync('uname', ['-r']).toString().trim());
    expect(facts['architecture']).toBe(execFileSync('uname', ['-m']).toString().trim());
    expect(facts['memtotal_mb']).toBe(Math.floor(totalmem() / 1024 / 1024));
    expect(Math.abs(Number((facts['date_time'] as Values)['epoch']) - Date.now() / 1000)).toBeLessThan(30);
    expect((facts['env'] as Values)['LC_ALL']).toBe('C');
    expect(facts['processor_nproc']).toBeGreaterThan(0);
    expect(facts['interfaces']).toContain('lo');
    expect(facts['uptime_seconds']).toBeGreaterThan(0);
    for (const group of factGroups) {
      // What is not everywhere: interfaces' names, host keys, minor versions.
      if (['ssh_keys', 'distribution'].includes(group)) continue;
      for (const name of factGroup(group).names) expect(facts, `${group}: ${name}`).toHaveProperty(name);
    }
  });

  it('answers a few groups in any order, each with its own', async () => {
    const session = await openSession(shell);
    const [env, user, local, boot] = (await answersOf(session, 'fact', ['env', 'user', 'local', 'boot'])) as Values[];
    session.close();
    expect(Object.keys(env!)).toEqual(['env']);
    expect(user!['user_uid']).toBe(userInfo().uid);
    expect(Object.keys(local!)).toEqual(['local']);
    expect(boot!['boot_id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('distribution', () => {
  const debian =
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian';
  it.each([
    [
      'Debian with its point release',
      { '/etc/os-release': debian, '/etc/debian_version': '12.11' },
      'Debian 12.11 12 11 bookworm Debian',
    ],
    [
      'Debian before its release',
      { '/etc/os-release': debian, '/etc/debian_version': 'trixie/sid' },
      'Debian 12 12 undefined bookworm Debian',
    ],
    [
      'Ubuntu',
      {
        '/etc/os-release': 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nVERSION_CODENAME=noble',
        '/etc/debian_version': 'trixie/sid',
      },
      'Ubuntu 24.04 24 04 noble Debian',
    ],
    [
      'one we do not know',
      { '/etc/os-release': "ID=mine\nNAME='Mine Own'\nID_LIKE='x ubuntu'\nVERSION_ID=1" },
      'Mine Own 1 1 undefined NA Debian',
    ],
    ['the fallback file', { '/usr/lib/os-release': 'ID=alpine\nVERSION_ID=3.20.1' }, 'Alpine 3.20.1 3 20 NA Alpine'],
    ['nothing at all', {}, 'NA NA NA undefined NA NA'],
  ])('%s', (_name, files, expected) => {
    const facts = told('distribution', files as Record<string, string>);
    const names = [
      'distribution',
      'distribution_version',
      'distribution_major_version',
      'distribution_minor_version',
      'distribution_release',
      'os_family',
    ];
    expect(names.map((name) => String(facts[name])).join(' ')).toBe(expected);
  });
});

describe('hardware', () => {
  const core = (n: number, socket: number) =>
    `processor\t: ${n}\nvendor_id\t: X\nmodel name\t: Y\nphysical id\t: ${socket}\nsiblings\t: 4\ncpu cores\t: 2`;
  it('counts sockets, cores and threads', () => {
    const cpuinfo = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => core(n, n >> 2)).join('\n\n');
    const facts = told('processor', {
      '/proc/cpuinfo': cpuinfo,
      '/proc/self/status': 'Name:\tgrep\nCpus_allowed_list:\t0-2,7',
    });
    expect(facts).toMatchObject({
      processor_count: 2,
      processor_cores: 2,
      processor_threads_per_core: 2,
      processor_vcpus: 8,
      processor_nproc: 4,
    });
    expect(facts['processor']).toHaveLength(24);
  });
  it('takes each processor for one where sockets are not told', () => {
    const facts = told('processor', {
      '/proc/cpuinfo': 'processor\t: 0\nBogoMIPS\t: 1\n\nprocessor\t: 1\n\nprocessor\t: 2',
    });
    expect(facts).toMatchObject({ processor_count: 3, processor_vcpus: 3, processor_cores: 1, processor_nproc: 3 });
  });
  it('tells memory in MiB', () => {
    const meminfo =
      'MemTotal: 2048000 kB\nMemFree: 1024000 kB\nBuffers: 102400 kB\nCached: 204800 kB\nSwapCached: 2048 kB\nSwapTotal: 1024 kB\nSwapFree: 0 kB';
    expect(told('memory', { '/proc/meminfo': meminfo })).toEqual({
      memtotal_mb: 2000,
      memfree_mb: 1000,
      swaptotal_mb: 1,
      swapfree_mb: 0,
      memory_mb: {
        real: { total: 2000, free: 1000, used: 1000 },
        nocache: { free: 1300, used: 700 },
        swap: { total: 1, free: 0, used: 1, cached: 2 },
      },
    });
  });
  it('names the chassis, and NA for what firmware does not tell', () => {
    const facts = told('product', {
      '/sys/class/dmi/id/chassis_type': '17',
      '/sys/class/dmi/id/product_name': ' PowerEdge ',
    });
    expect(facts).toMatchObject({ form_factor: 'Main Server Chassis', product_name: 'PowerEdge', bios_date: 'NA' });
  });
});

describe('network', () => {
  const ip = [
    '2: eth0    inet 10.1.2.3/20 brd 10.1.15.255 scope global eth0\\ valid_lft forever',
    '2: eth0    inet 10.1.2.4/20 scope global secondary eth0\\ valid_lft forever',
    '2: eth0    inet6 fe80::1/64 scope link \\ valid_lft forever',
    '3: wg0    inet 10.9.0.1 peer 10.9.0.2/32 scope global wg0\\ x',
    '8.8.8.8 via 10.1.0.1 dev eth0 src 10.1.2.3 uid 0 \\    cache',
  ].join('\n');
  const files = {
    '/sys/class/net/eth0/mtu': '1500',
    '/sys/class/net/eth0/type': '1',
    '/sys/class/net/eth0/address': '02:00:00:00:00:01',
    '/sys/class/net/br-lan/mtu': '1500',
    '/sys/class/net/br-lan/bridge/bridge_id': '8000.02',
    '/sys/class/net/br-lan/brif/eth0/port_no': '0x1',
  };
  it('tells interfaces, addresses and the default', () => {
    const facts = told('network', files, ip);
    expect(facts).toMatchObject({
      interfaces: ['eth0', 'br-lan'],
      all_ipv4_addresses: ['10.1.2.3', '10.1.2.4', '10.9.0.1'],
      all_ipv6_addresses: ['fe80::1'],
      default_ipv4: {
        address: '10.1.2.3',
        interface: 'eth0',
        gateway: '10.1.0.1',
        network: '10.1.0.0',
        netmask: '255.255.240.0',
        macaddress: '02:00:00:00:00:01',
        mtu: 1500,
        type: 'ether',
      },
      default_ipv6: {},
      eth0: {
        ipv4: { address: '10.1.2.3', prefix: '20' },
        ipv4_secondaries: [{ address: '10.1.2.4' }],
        ipv6: [{ scope: 'link' }],
      },
      br_lan: { device: 'br-lan', type: 'bridge', interfaces: ['eth0'] },
    });
  });
  it('reads a peer address and lines of nonsense', () => {
    expect(parseIp(ip).addresses[3]).toMatchObject({ address: '10.9.0.1', prefix: 32 });
    expect(parseIp('RTNETLINK answers: no\nunreachable 8.8.8.8\n\n4: x  link y')).toEqual({
      addresses: [],
      routes: [],
    });
  });
  it.each([
    [0, '0.0.0.0', '0.0.0.0'],
    [8, '255.0.0.0', '192.0.0.0'],
    [25, '255.255.255.128', '192.168.200.128'],
    [32, '255.255.255.255', '192.168.200.200'],
  ])('knows the mask and network of /%i', (prefix, mask, net) => {
    expect([netmask(prefix), networkOf('192.168.200.200', prefix)]).toEqual([mask, net]);
  });
  it('reads resolv.conf', () => {
    const text = '# x\nnameserver 1.1.1.1\nnameserver ::1\nsearch a.b c.d\noptions ndots:2 rotate __proto__:1';
    const { dns } = told('dns', { '/etc/resolv.conf': text }) as { dns: Values };
    expect(dns).toMatchObject({
      nameservers: ['1.1.1.1', '::1'],
      search: ['a.b', 'c.d'],
      options: { ndots: '2', rotate: true },
    });
    expect(Object.getPrototypeOf(dns['options'])).toBeNull();
  });
});

describe('storage', () => {
  const links =
    'L /dev/disk/by-uuid/11-22 ../../sda1\nL /dev/disk/by-id/dm-name-vg-root ../../dm-0\nL /dev/disk/by-uuid/33 ../../dm-0\nL /dev/disk/by-label/my\\x20disk ../../sda1\n';
  it('tells mounts with sizes, and network ones without', () => {
    const files = {
      '/proc/self/mounts':
        'proc /proc proc rw 0 0\n/dev/sda1 /mnt/a\\040b ext4 rw,relatime 0 1\n/dev/mapper/vg-root / ext4 rw 0 0\nnas:/x /n nfs rw 0 0',
    };
    expect(told('mounts', files, `M 4096 100 60 50 1000 900 /mnt/a b\n${links}`)['mounts']).toMatchObject([
      {
        mount: '/mnt/a b',
        device: '/dev/sda1',
        uuid: '11-22',
        size_total: 409600,
        size_available: 204800,
        block_used: 50,
        inode_used: 100,
      },
      { mount: '/', uuid: '33' },
      { mount: '/n', device: 'nas:/x', uuid: 'N/A' },
    ]);
  });
  it('tells disks and partitions', () => {
    const files = {
      '/sys/block/sda/size': '41943040',
      '/sys/block/sda/device/model': 'Disk 1',
      '/sys/block/sda/queue/scheduler': 'none [mq-deadline]',
      '/sys/block/sda/sda1/start': '2048',
      '/sys/block/sda/sda1/size': '2048',
      '/sys/block/sda/sda1/holders/dm-0/dev': '253:0',
    };
    expect(told('devices', files, links)['devices']).toMatchObject({
      sda: {
        size: '20.00 GB',
        model: 'Disk 1',
        virtual: 0,
        scheduler_mode: 'mq-deadline',
        holders: [],
        partitions: {
          sda1: { size: '1.00 MB', start: '2048', uuid: '11-22', holders: ['dm-0'], links: { labels: ['my disk'] } },
        },
      },
    });
  });
});

describe('others', () => {
  it.each([
    ['a KVM guest', { '/sys/class/dmi/id/sys_vendor': 'QEMU' }, 'hypervisor\n', 'kvm guest'],
    ['VMware', { '/sys/class/dmi/id/product_name': 'VMware Virtual Platform' }, 'hypervisor\n', 'VMware guest'],
    [
      'nspawn',
      { '/run/systemd/container': 'systemd-nspawn' },
      'kvm\ncontainer=systemd-nspawn\n',
      'systemd-nspawn guest',
    ],
    ['an lxc container', {}, 'container=lxc\n', 'lxc guest'],
    ['docker', {}, 'docker\n', 'docker guest'],
    ['a KVM host', { '/sys/class/dmi/id/sys_vendor': 'Dell Inc.' }, 'kvm\n', 'kvm host'],
    ['metal', {}, '', 'NA NA'],
  ])('virtualization: %s', (_name, files, text, expected) => {
    const facts = told('virtualization', files as Record<string, string>, text);
    expect(`${facts['virtualization_type']} ${facts['virtualization_role']}`).toBe(expected);
  });
  it('reads facts.d: JSON, INI, neither', () => {
    const text =
      '/etc/ansible/facts.d/a.fact\0{"x": {"__proto__": 1}}\0/etc/ansible/facts.d/b.fact\0[main]\nKey = v:1\n; no\n\0/etc/ansible/facts.d/c.fact\0what\0';
    const facts = told('local', {}, text)['local'] as Values;
    expect((facts['a'] as Values)['x']).toHaveProperty('__proto__', 1);
    expect(facts['b']).toEqual({ main: { key: 'v:1' } });
    expect(facts['c']).toMatch(/neither/);
  });
  it('keeps bytes of an environment apart from what follows', () => {
    const stdout = Buffer.from('\0\x1eenv\nA=1\0\x1euser\n=x\0B=2\nC=3\0\0\x1elocal\n');
    const [local, env] = fact.parse({ status: 0, stdout, stderr: Buffer.alloc(0) }, ['local', 'env']) as Values[];
    expect(env).toEqual({ env: { A: '1', '\x1euser\n': 'x', B: '2\nC=3' } });
    expect(local).toEqual({ local: {} });
  });
  it('reads the kernel command line', () => {
    const facts = told('platform', { '/proc/cmdline': 'root=/dev/sda1 quiet console=tty0 console="ttyS0 x"' });
    expect(facts['cmdline']).toEqual({ root: '/dev/sda1', quiet: true, console: 'ttyS0 x' });
    expect(facts['proc_cmdline']).toMatchObject({ console: ['tty0', 'ttyS0 x'] });
  });
  it('says which group tells a fact', () => {
    expect(factGroupOf('distribution_version')).toBe('distribution');
    expect(['eth0', 'enp3s0', 'lo', 'br_lan', 'docker0', 'ens18', 'veth12ab', 'wg0'].map(factGroupOf)).toEqual(
      Array(8).fill('network'),
    );
    expect(['entirely_else', 'hostvars', 'lost', 'host', 'end', 'constructor', '__proto__'].map(factGroupOf)).toEqual(
      Array(7).fill(undefined),
    );
    expect(new Set(factNames()).size).toBe(factGroups.flatMap((group) => factGroup(group).names).length);
  });
});
