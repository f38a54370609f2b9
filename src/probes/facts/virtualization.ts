import { mapping } from '../../base/value.js';
import type { FactGroup } from './group.js';

/** What firmware or kernel say of a guest's maker, and Ansible's word for it; the first that fits counts. */
const MAKERS: readonly (readonly [said: RegExp, type: string])[] = [
  [/VMware/i, 'VMware'],
  [/VirtualBox|innotek/i, 'virtualbox'],
  [/Microsoft Corporation.*Virtual|Virtual.*Microsoft Corporation/is, 'VirtualPC'],
  [/Parallels/i, 'parallels'],
  [/OpenStack/i, 'openstack'],
  [/Amazon EC2|Google Compute Engine|DigitalOcean|Hetzner|Linode|KubeVirt|KVM|QEMU|Nutanix|RHEV|oVirt/i, 'kvm'],
  [/Xen/i, 'xen'],
  [/BHYVE/i, 'bhyve'],
];

/** Container, guest or bare metal; told without starting a program. */
export const virtualization: FactGroup = {
  names: ['virtualization_type', 'virtualization_role', 'virtualization_tech_guest', 'virtualization_tech_host'],
  files: [
    ...['product_name', 'sys_vendor', 'bios_vendor', 'product_family', 'board_vendor'].map(
      (file) => `/sys/class/dmi/id/${file}`,
    ),
    '/run/systemd/container',
    '/sys/hypervisor/type',
    '/proc/sys/kernel/osrelease',
  ],
  text:
    '[ ! -e /.dockerenv ] && [ ! -e /.dockerinit ] || echo docker; [ ! -e /run/.containerenv ] || echo podman; ' +
    '[ ! -e /dev/kvm ] && [ ! -d /sys/module/kvm ] || echo kvm; if [ -d /proc/vz ] && [ ! -d /proc/lve ]; then echo openvz; fi; ' +
    "[ ! -r /proc/1/environ ] || tr '\\0' '\\n' </proc/1/environ 2>/dev/null | grep '^container='; grep -m1 -ow hypervisor /proc/cpuinfo",
  parse: ({ line, text }) => {
    const said = text.split('\n');
    const named = said.find((each) => each.startsWith('container='))?.slice('container='.length);
    const container =
      line('/run/systemd/container') ??
      (named || undefined) ??
      ['docker', 'podman', 'openvz'].find((each) => said.includes(each)) ??
      (/microsoft/i.test(line('/proc/sys/kernel/osrelease') ?? '') ? 'wsl' : undefined);
    const firmware = ['product_name', 'sys_vendor', 'bios_vendor', 'product_family', 'board_vendor']
      .map((file) => line(`/sys/class/dmi/id/${file}`) ?? '')
      .join('\n');
    const machine =
      MAKERS.find(([pattern]) => pattern.test(firmware))?.[1] ??
      line('/sys/hypervisor/type') ??
      (said.includes('hypervisor') ? 'kvm' : undefined);
    const host = said.includes('kvm') ? ['kvm'] : [];
    const guest = [container, ...(container === undefined ? [] : ['container']), machine].filter(
      (each) => each !== undefined,
    );
    return mapping({
      virtualization_type: container ?? machine ?? host[0] ?? 'NA',
      virtualization_role: guest.length > 0 ? 'guest' : host.length > 0 ? 'host' : 'NA',
      virtualization_tech_guest: [...new Set(guest)],
      virtualization_tech_host: host,
    });
  },
};
