import { emptyMapping, mapping, type Value } from '../../base/value.js';
import type { FactGroup } from './group.js';

/** The kernel, the name it knows the host by, and what it was started with. */
export const platform: FactGroup = {
  names: [
    'system',
    'kernel',
    'kernel_version',
    'nodename',
    'hostname',
    'machine_id',
    'cmdline',
    'proc_cmdline',
    'fips',
  ],
  files: [
    '/proc/sys/kernel/ostype',
    '/proc/sys/kernel/osrelease',
    '/proc/sys/kernel/version',
    '/proc/sys/kernel/hostname',
    '/proc/sys/crypto/fips_enabled',
    '/etc/machine-id',
    '/var/lib/dbus/machine-id',
    '/proc/cmdline',
  ],
  parse: ({ line }) => {
    const nodename = line('/proc/sys/kernel/hostname');
    return mapping({
      system: line('/proc/sys/kernel/ostype') ?? 'Linux',
      kernel: line('/proc/sys/kernel/osrelease'),
      kernel_version: line('/proc/sys/kernel/version'),
      nodename,
      hostname: nodename?.split('.')[0],
      machine_id: line('/etc/machine-id') ?? line('/var/lib/dbus/machine-id'),
      fips: line('/proc/sys/crypto/fips_enabled') === '1',
      ...commandLine(line('/proc/cmdline') ?? ''),
    });
  },
};

/** `cmdline` holds the last value of a name, `proc_cmdline` all of them as a list. */
function commandLine(text: string): { cmdline: Value; proc_cmdline: Value } {
  const last = emptyMapping();
  const all = emptyMapping();
  for (const word of text.match(/(?:[^\s"]|"[^"]*")+/g) ?? []) {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const value = equals < 0 ? true : word.slice(equals + 1).replaceAll('"', '');
    const before = all[name];
    last[name] = value;
    all[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  }
  return { cmdline: last, proc_cmdline: all };
}

/** What programs the host can run. */
export const architecture: FactGroup = {
  names: ['architecture', 'machine', 'userspace_architecture', 'userspace_bits'],
  text: 'uname -m; getconf LONG_BIT 2>/dev/null',
  parse: ({ text }) => {
    const [machine = '', bits = ''] = text.split('\n');
    const x86 = machine === 'x86_64' || /^i\d86$/.test(machine);
    const userspace = x86 ? (bits === '32' ? 'i386' : 'x86_64') : machine;
    return mapping({
      architecture: /^i\d86$/.test(machine) ? 'i386' : machine,
      machine,
      userspace_architecture: userspace,
      userspace_bits: bits || undefined,
    });
  },
};

/** The full name: resolving it may ask the network, so it is apart from the short one. */
export const fullName: FactGroup = {
  names: ['fqdn', 'domain'],
  files: ['/proc/sys/kernel/hostname'],
  text: 'timeout 5 hostname -f 2>/dev/null',
  parse: ({ text, line }) => {
    const fqdn = text.trim() || line('/proc/sys/kernel/hostname') || 'localhost';
    const dot = fqdn.indexOf('.');
    return mapping({ fqdn, domain: dot < 0 ? '' : fqdn.slice(dot + 1) });
  },
};

/** When the host was started, and how busy it is. `boot_id` is ours: it differs after every boot. */
export const boot: FactGroup = {
  names: ['uptime_seconds', 'loadavg', 'boot_id'],
  files: ['/proc/uptime', '/proc/loadavg', '/proc/sys/kernel/random/boot_id'],
  parse: ({ line }) => {
    const [one, five, fifteen] = (line('/proc/loadavg') ?? '').split(' ').map(Number);
    return mapping({
      uptime_seconds: Math.floor(Number((line('/proc/uptime') ?? '0').split(' ')[0])),
      loadavg: mapping({ '1m': one, '5m': five, '15m': fifteen }),
      boot_id: line('/proc/sys/kernel/random/boot_id'),
    });
  },
};
