import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { baseName, cacheFolder } from '../../../src/lab/base.js';
import { cgroupMounts } from '../../../src/lab/cgroup.js';
import { configurationLines, proxyLines, sourcesFor } from '../../../src/lab/debian.js';
import { inventoryText } from '../../../src/lab/inventory.js';
import { missingCapabilities, missingPackages } from '../../../src/lab/needs.js';
import { networksIn, ruleset } from '../../../src/lab/network.js';
import { checkNames, labId, newState } from '../../../src/lab/state.js';
import { mountsBelow } from '../../../src/lab/tree.js';

describe('apt settings from the machine', () => {
  const targets = [
    'deb http://mirror.test/debian/ bookworm main no',
    'deb http://mirror.test/debian/ bookworm contrib no',
    'deb http://mirror.test/debian/ bookworm-updates main no',
    'deb http://mirror.test/debian-security/ bookworm-security main no',
    'deb-src http://mirror.test/debian/ bookworm main no',
    'deb https://vendor.test/node_20.x/ nodistro main no',
    'deb cdrom:[Debian]/ bookworm main no',
  ].join('\n');

  it.each(['bookworm', 'trixie'] as const)('gives the Debian suites of the same mirror for %s', (release) => {
    expect(sourcesFor(release, targets)).toEqual([
      `deb http://mirror.test/debian ${release} main`,
      `deb http://mirror.test/debian ${release}-updates main`,
      `deb http://mirror.test/debian-security ${release}-security main`,
    ]);
  });

  it('finds nothing where the machine has no Debian mirror', () => {
    expect(sourcesFor('trixie', 'deb http://vendor.test/ noble main no\n')).toEqual([]);
  });

  const dump =
    'Acquire::http::Proxy "http://proxy.test:3128";\nAcquire::Check-Date "false";\nAPT::Default "x";\nAcquire::http "";\n';
  it('keeps proxies and clock checks only', () => {
    expect(configurationLines(dump)).toEqual([
      'Acquire::http::Proxy "http://proxy.test:3128";',
      'Acquire::Check-Date "false";',
    ]);
  });

  it('turns proxy variables into configuration, unless apt names its own', () => {
    const environment = { http_proxy: 'http://other.test:1', https_proxy: 'http://other.test:2' };
    expect(proxyLines(dump, environment)).toEqual(['Acquire::https::Proxy "http://other.test:2";']);
    expect(proxyLines('', { http_proxy: 'http://a"; Evil "x' })).toEqual([]);
  });
});

describe('base trees', () => {
  const apt = { sources: ['deb http://mirror.test/debian bookworm main'], configuration: [] };

  it('have another name for another release, mirror or architecture', () => {
    const names = [
      baseName('bookworm', apt, 'amd64'),
      baseName('trixie', apt, 'amd64'),
      baseName('bookworm', apt, 'arm64'),
      baseName('bookworm', { ...apt, sources: [] }, 'amd64'),
    ];
    expect(new Set(names).size).toBe(4);
    expect(names[0]).toMatch(/^base-bookworm-[0-9a-f]{16}$/);
    expect(baseName('bookworm', { ...apt }, 'amd64')).toBe(names[0]);
  });

  it('are kept under XDG_CACHE_HOME when it is absolute', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/c' })).toBe('/c/hostwright/lab');
    expect(cacheFolder({ XDG_CACHE_HOME: 'relative' })).toMatch(/\/\.cache\/hostwright\/lab$/);
  });
});

describe('what the machine has', () => {
  it('finds used networks in addresses and routes', () => {
    const text = '3: x    inet 10.77.4.1/24 scope global x\n10.77.9.0/24 via 192.0.2.1\n10.7.7.1 110.77.8.1';
    expect(networksIn(text)).toEqual(new Set([4, 9]));
  });

  it('names the capabilities that are missing', () => {
    expect(missingCapabilities('CapEff:\t000001ffffffffff\n')).toEqual([]);
    // What an ordinary Docker container has.
    expect(missingCapabilities('CapEff:\t00000000a80425fb\n')).toEqual(['CAP_NET_ADMIN', 'CAP_SYS_ADMIN']);
    expect(missingCapabilities('')).toHaveLength(4);
  });

  it('names packages in Debian words', () => {
    for (const name of missingPackages('/nonexistent')) expect(name).toMatch(/^[a-z0-9-]+$/);
    expect(missingPackages('/nonexistent')).toContain('systemd-container');
  });

  it('finds cgroup hierarchies of both versions', () => {
    const info = [
      '31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw',
      '32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu',
      '41 31 0:38 / /sys/fs/cgroup/unified rw shared:5 - cgroup2 cgroup2 rw',
      '42 31 0:38 / /elsewhere rw - cgroup2 cgroup2 rw',
    ].join('\n');
    expect(cgroupMounts(info)).toEqual(['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/unified']);
  });

  it('finds the mounts of one lab, deepest first, and no neighbour with a longer name', () => {
    const info = [
      '1 0 0:1 / /p/my\\040lab rw - overlay o rw',
      '2 0 0:1 / /p/my\\040lab/root rw - overlay o rw',
      '3 0 0:1 / /p/my\\040lab2 rw - overlay o rw',
    ].join('\n');
    expect(mountsBelow('/p/my lab', info)).toEqual(['/p/my lab/root', '/p/my lab']);
  });
});

describe('a lab', () => {
  it('has an nft table that can be loaded again over itself', () => {
    const lines = ruleset(7).split('\n');
    expect(lines[0]).toBe('table ip hostwright_lab_7');
    expect(lines[1]).toBe('delete table ip hostwright_lab_7');
    expect(ruleset(7)).toContain('ip saddr 10.77.7.0/24 ip daddr != 10.77.7.0/24 masquerade');
  });

  it('has an inventory that YAML reads, whatever the path', () => {
    const folder = '/srv/a "b": #c';
    const state = {
      ...newState(folder, 'lab', 'nspawn'),
      hosts: [
        { name: 'one', release: 'bookworm' as const, address: '10.77.1.11', port: 22, user: 'root' },
        { name: 'two', release: 'trixie' as const, address: '10.77.1.12', port: 22, user: 'root' },
      ],
    };
    const host = { ansible_port: 22, ansible_user: 'root' };
    expect(parse(inventoryText(state))).toEqual({
      all: {
        vars: {
          ansible_ssh_private_key_file: `${folder}/key`,
          ansible_ssh_known_hosts_file: `${folder}/known_hosts`,
        },
        children: {
          debian12: { hosts: { one: { ansible_host: '10.77.1.11', ...host } } },
          debian13: { hosts: { two: { ansible_host: '10.77.1.12', ...host } } },
        },
      },
    });
    expect(inventoryText(state)).not.toContain(state.password);
  });

  it('has an id of its own', () => {
    expect(labId('/a')).toMatch(/^[0-9a-f]{10}$/);
    expect(labId('/a')).not.toBe(labId('/b'));
  });

  it.each(['', '../up', 'a/b', 'A', '-a', 'a.b', 'x'.repeat(33), 'localhost'])('refuses the host name %j', (name) => {
    expect(() => checkNames('lab', [{ name }])).toThrow(/not valid/);
  });

  it('tells all wrong names at once', () => {
    expect(() => checkNames('..', [{ name: 'a' }, { name: 'a' }])).toThrow(/lab name[\s\S]*two hosts are named "a"/);
  });
});
