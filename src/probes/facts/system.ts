import { emptyMapping, mapping } from '../../base/value.js';
import { assignments, type FactGroup } from './group.js';

/** What starts services on the host. */
export const serviceManager: FactGroup = {
  names: ['service_mgr'],
  files: ['/proc/1/comm'],
  text: 'if [ -d /run/systemd/system ]; then echo systemd; elif [ -d /run/openrc ]; then echo openrc; fi',
  parse: ({ line, text }) => {
    const first = line('/proc/1/comm');
    return mapping({ service_mgr: text.trim() || (first === 'init' ? 'sysvinit' : (first ?? 'service')) });
  },
};

const MANAGERS = 'apt-get:apt dnf:dnf yum:yum zypper:zypper apk:apk pacman:pacman emerge:portage';

/** What installs packages on the host. */
export const packageManager: FactGroup = {
  names: ['pkg_mgr'],
  text: `for hw_m in ${MANAGERS}; do if command -v "\${hw_m%:*}" >/dev/null 2>&1; then echo "\${hw_m#*:}"; break; fi; done`,
  parse: ({ text }) => mapping({ pkg_mgr: text.trim() || 'unknown' }),
};

/** Security modules of the kernel. */
export const security: FactGroup = {
  names: ['apparmor', 'selinux'],
  files: ['/sys/fs/selinux/enforce', '/sys/fs/selinux/policyvers', '/etc/selinux/config'],
  text: 'if [ -d /sys/kernel/security/apparmor ]; then echo enabled; else echo disabled; fi',
  parse: ({ line, lines, text }) => {
    const enforce = line('/sys/fs/selinux/enforce');
    const config = assignments(lines('/etc/selinux/config'));
    const selinux = mapping({
      status: enforce === undefined ? 'disabled' : 'enabled',
      ...(enforce === undefined
        ? {}
        : {
            mode: enforce === '1' ? 'enforcing' : 'permissive',
            policyvers: Number(line('/sys/fs/selinux/policyvers')),
            config_mode: config.get('SELINUX') ?? 'unknown',
            type: config.get('SELINUXTYPE') ?? 'unknown',
          }),
    });
    return mapping({ apparmor: mapping({ status: text.trim() }), selinux });
  },
};

/** Public halves of the host's SSH keys. */
export const sshKeys: FactGroup = {
  names: ['rsa', 'ecdsa', 'ed25519', 'dsa'].flatMap((type) => [
    `ssh_host_key_${type}_public`,
    `ssh_host_key_${type}_public_keytype`,
  ]),
  files: ['/etc/ssh/ssh_host_*_key.pub'],
  parse: ({ line, matching }) => {
    const facts = emptyMapping();
    for (const [path, type] of matching(/^\/etc\/ssh\/ssh_host_(rsa|ecdsa|ed25519|dsa)_key\.pub$/)) {
      const [keytype = '', key = ''] = (line(path) ?? '').split(' ');
      facts[`ssh_host_key_${type}_public`] = key;
      facts[`ssh_host_key_${type}_public_keytype`] = keytype;
    }
    return facts;
  },
};
