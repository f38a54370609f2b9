import { emptyMapping, mapping, type Value, type Values } from '../../base/value.js';
import { type InterfaceAddress, netmask, networkOf, parseIp } from './addresses.js';
import type { FactGroup, FactSource } from './group.js';

/** Interface types of the kernel's if_arp.h that have a name of their own. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['1', 'ether'],
  ['32', 'infiniband'],
  ['512', 'ppp'],
  ['772', 'loopback'],
  ['776', 'tunnel'],
  ['768', 'tunnel'],
  ['778', 'tunnel'],
  ['65534', 'tunnel'],
]);

const NET = '/sys/class/net';

/**
 * Interfaces and addresses. One call of ip tells all; no packet is sent for the two `route get`, the
 * addresses only stand for the world.
 */
export const network: FactGroup = {
  names: ['interfaces', 'default_ipv4', 'default_ipv6', 'all_ipv4_addresses', 'all_ipv6_addresses'],
  files: [
    'address',
    'mtu',
    'operstate',
    'flags',
    'type',
    'speed',
    'bridge/bridge_id',
    'brif/*/port_no',
    'bonding/slaves',
    'bonding/mode',
  ].map((file) => `${NET}/*/${file}`),
  text: "printf 'addr show\\nroute get 8.8.8.8\\nroute get 2001:4860:4860::8888\\n' | ip -o -force -batch - 2>/dev/null",
  parse: (source) => {
    const { addresses, routes } = parseIp(source.text);
    const devices = new Map(
      source.matching(/^\/sys\/class\/net\/([^/]+)\/mtu$/).map(([, name]) => [name!, device(name!, source)]),
    );
    const facts = emptyMapping();
    for (const [name, found] of devices) {
      facts[name.replace(/[-:.]/g, '_')] = mapping({
        ...found,
        ...addressed(addresses.filter((each) => each.interface === name)),
      });
    }
    const told = (version: 4 | 6): string[] =>
      addresses.filter((each) => each.version === version && each.scope !== 'host').map(({ address }) => address);
    const standard = (version: 4 | 6): Values => {
      const route = routes.find((each) => each.version === version);
      if (!route) return emptyMapping();
      const own = addresses.find((each) => each.interface === route.interface && each.address === route.source);
      const { macaddress, mtu, type } = devices.get(route.interface) ?? {};
      return mapping({
        interface: route.interface,
        gateway: route.gateway,
        address: route.source,
        ...(own && version === 4 ? ipv4(own) : {}),
        ...(version === 4 ? { alias: route.interface } : { prefix: own && String(own.prefix), scope: own?.scope }),
        macaddress,
        mtu,
        type,
      });
    };
    // Last, so that no interface of such a name hides them.
    return Object.assign(facts, {
      interfaces: [...devices.keys()],
      default_ipv4: standard(4),
      default_ipv6: standard(6),
      all_ipv4_addresses: told(4),
      all_ipv6_addresses: told(6),
    });
  },
};

type Device = Readonly<Record<string, Value | undefined>>;

function device(name: string, { line, matching }: FactSource): Device {
  const at = (file: string): string | undefined => line(`${NET}/${name}/${file}`);
  const bridge = at('bridge/bridge_id');
  const bonding = at('bonding/mode');
  const slaves = at('bonding/slaves');
  const speed = Number(at('speed') ?? -1);
  const members = matching(/^\/sys\/class\/net\/([^/]+)\/brif\/([^/]+)\/port_no$/).flatMap(([, of, port]) =>
    of === name ? [port!] : [],
  );
  const address = at('address');
  return {
    device: name,
    active: at('operstate') !== 'down',
    type:
      bridge !== undefined ? 'bridge' : bonding !== undefined ? 'bonding' : (TYPES.get(at('type') ?? '') ?? 'unknown'),
    mtu: Number(at('mtu')),
    macaddress: address === undefined || address === '00:00:00:00:00:00' ? undefined : address,
    promisc: (Number(at('flags') ?? 0) & 0x100) !== 0,
    speed: speed > 0 ? speed : undefined,
    ...(bridge === undefined ? {} : { id: bridge, interfaces: members }),
    ...(bonding === undefined ? {} : { mode: bonding.split(' ')[0]!, slaves: slaves?.split(' ') ?? [] }),
  };
}

const ipv4 = ({ address, prefix, broadcast }: InterfaceAddress): Values =>
  mapping({
    address,
    broadcast,
    netmask: netmask(prefix),
    network: networkOf(address, prefix),
    prefix: String(prefix),
  });

/** The addresses of one interface, as Ansible groups them. */
function addressed(addresses: readonly InterfaceAddress[]): Device {
  const [first, ...more] = addresses.filter(({ version }) => version === 4);
  const six = addresses.filter(({ version }) => version === 6);
  return {
    ipv4: first && ipv4(first),
    ipv4_secondaries: more.length === 0 ? undefined : more.map(ipv4),
    ipv6:
      six.length === 0
        ? undefined
        : six.map(({ address, prefix, scope }) => mapping({ address, prefix: String(prefix), scope })),
  };
}

/** How the host resolves names, from resolv.conf(5). */
export const dns: FactGroup = {
  names: ['dns'],
  files: ['/etc/resolv.conf'],
  parse: ({ lines }) => {
    const found = emptyMapping();
    for (const line of lines('/etc/resolv.conf')) {
      const [word = '', ...values] = line.trim().split(/\s+/);
      if (values.length === 0) continue;
      if (word === 'nameserver')
        found['nameservers'] = [...((found['nameservers'] as Value[] | undefined) ?? []), values[0]!];
      else if (word === 'domain') found['domain'] = values[0]!;
      else if (word === 'search' || word === 'sortlist') found[word] = values;
      else if (word === 'options') {
        const options = (found['options'] as Values | undefined) ?? emptyMapping();
        found['options'] = options;
        for (const [name = '', value] of values.map((option) => option.split(':'))) options[name] = value ?? true;
      }
    }
    return mapping({ dns: found });
  },
};
