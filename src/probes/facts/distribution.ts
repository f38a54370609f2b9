import { mapping } from '../../base/value.js';
import { assignments, type FactGroup } from './group.js';

/** Ansible's name and family of a distribution, by the ID in its os-release. */
const KNOWN: ReadonlyMap<string, readonly [name: string, family: string]> = new Map([
  ['debian', ['Debian', 'Debian']],
  ['ubuntu', ['Ubuntu', 'Debian']],
  ['raspbian', ['Debian', 'Debian']],
  ['devuan', ['Devuan', 'Debian']],
  ['kali', ['Kali', 'Debian']],
  ['linuxmint', ['Linux Mint', 'Debian']],
  ['pop', ['Pop!_OS', 'Debian']],
  ['rhel', ['RedHat', 'RedHat']],
  ['centos', ['CentOS', 'RedHat']],
  ['rocky', ['Rocky', 'RedHat']],
  ['almalinux', ['AlmaLinux', 'RedHat']],
  ['fedora', ['Fedora', 'RedHat']],
  ['ol', ['OracleLinux', 'RedHat']],
  ['amzn', ['Amazon', 'RedHat']],
  ['sles', ['SLES', 'Suse']],
  ['opensuse-leap', ['openSUSE Leap', 'Suse']],
  ['opensuse-tumbleweed', ['openSUSE Tumbleweed', 'Suse']],
  ['alpine', ['Alpine', 'Alpine']],
  ['arch', ['Archlinux', 'Archlinux']],
  ['gentoo', ['Gentoo', 'Gentoo']],
]);

/** What the host runs, from os-release(5); Debian tells its point release in debian_version only. */
export const distribution: FactGroup = {
  names: [
    'distribution',
    'distribution_version',
    'distribution_major_version',
    'distribution_minor_version',
    'distribution_release',
    'distribution_file_path',
    'distribution_file_variety',
    'distribution_file_parsed',
    'os_family',
    'lsb',
  ],
  files: ['/etc/os-release', '/usr/lib/os-release', '/etc/debian_version'],
  parse: ({ lines, line }) => {
    const file = lines('/etc/os-release').length > 0 ? '/etc/os-release' : '/usr/lib/os-release';
    const release = assignments(lines(file));
    const id = release.get('ID') ?? 'NA';
    const like = (release.get('ID_LIKE') ?? '').split(' ').find((each) => KNOWN.has(each));
    const name = KNOWN.get(id)?.[0] ?? release.get('NAME') ?? id;
    const family = KNOWN.get(id)?.[1] ?? (like === undefined ? name : KNOWN.get(like)![1]);
    const point = name === 'Debian' ? line('/etc/debian_version') : undefined;
    const version = point !== undefined && /^\d+(\.\d+)*$/.test(point) ? point : (release.get('VERSION_ID') ?? 'NA');
    const codename = release.get('VERSION_CODENAME') ?? /\((\w+)\)/.exec(release.get('VERSION') ?? '')?.[1] ?? 'NA';
    const [major = 'NA', minor] = version.split('.');
    return mapping({
      distribution: name,
      distribution_version: version,
      distribution_major_version: major,
      distribution_minor_version: minor,
      distribution_release: codename,
      distribution_file_path: file,
      distribution_file_variety: name,
      distribution_file_parsed: release.size > 0,
      os_family: family,
      lsb: mapping({
        id: name,
        release: release.get('VERSION_ID'),
        major_release: major,
        codename,
        description: release.get('PRETTY_NAME'),
      }),
    });
  },
};
