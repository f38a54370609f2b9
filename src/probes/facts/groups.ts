import { dateTime } from './date-time.js';
import { distribution } from './distribution.js';
import type { FactGroup } from './group.js';
import { memory, processors, product } from './hardware.js';
import { local } from './local.js';
import { dns, network } from './network.js';
import { architecture, boot, fullName, platform } from './platform.js';
import { devices, mounts } from './storage.js';
import { packageManager, security, serviceManager, sshKeys } from './system.js';
import { env, user } from './user.js';
import { virtualization } from './virtualization.js';

/** Every group of facts: one line per group. */
const groups = {
  distribution,
  platform,
  architecture,
  fqdn: fullName,
  boot,
  processor: processors,
  memory,
  product,
  network,
  dns,
  devices,
  mounts,
  date_time: dateTime,
  user,
  service_mgr: serviceManager,
  pkg_mgr: packageManager,
  security,
  virtualization,
  ssh_keys: sshKeys,
  env,
  local,
} as const satisfies Record<string, FactGroup>;

/** The names of all groups, each a subject of the probe `fact`. */
export const factGroups: readonly string[] = Object.keys(groups);

/** A group by name. Throws where there is none: a defect of the caller. */
export function factGroup(name: string): FactGroup {
  if (!Object.hasOwn(groups, name)) throw new Error(`there is no fact group ${name}`);
  return groups[name as keyof typeof groups];
}

let byName: Map<string, string> | undefined;
function owners(): Map<string, string> {
  byName ??= new Map(
    Object.entries(groups).flatMap(([group, { names }]) => names.map((name) => [name, group] as const)),
  );
  return byName;
}

/** The names of interfaces are facts too (`eth0`, `enp3s0`, `br_lan`): those that Linux and its tools give. */
const INTERFACE =
  /^(lo|(eth|en|wl|ww|ib|br|bond|team|docker|veth|vb|virbr|vlan|vxlan|host|tun|tap|wg|dummy|ppp|lxc|lxd|cni|flannel|cali|podman|ve)[A-Za-z]*_?[0-9][\w]*|br_\w+|virbr_?\w*|(vb|ve|vz)_\w+)$/;

/** The group that tells a fact (a name without `ansible_`), or undefined where none does. */
export function factGroupOf(name: string): string | undefined {
  return owners().get(name) ?? (INTERFACE.test(name) ? 'network' : undefined);
}

/** Every fact that always has the same name, for suggestions; interfaces come on top. */
export function factNames(): readonly string[] {
  return [...owners().keys()];
}
