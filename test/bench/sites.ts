import type { LabState } from '../../src/lab/state.js';
import { numbers } from './play.js';
import { latencyProxy } from './proxy.js';
import { type Site, writeSite } from './site.js';

/** The round trip of the far site, in milliseconds. */
export const FAR = 100;

/** The ways to the hosts that the cases use. */
export interface Sites {
  readonly one: Site;
  readonly far: Site;
  readonly many: Site;
  /** Hosts with Python, for the peers; those that there are of these. */
  readonly peers?: { readonly one: Site; readonly far: Site; readonly many?: Site };
  close(): Promise<void>;
}

/** Writes all sites of a lab and opens what they need. */
export async function writeSites(
  lab: LabState,
  options: { readonly hosts: number; readonly peers: boolean; readonly peerHosts: number },
  folder: string,
): Promise<Sites> {
  const proxies: { close(): Promise<void> }[] = [];
  const named = (prefix: string, count: number) => {
    const names = new Set(numbers(count).map((i) => `${prefix}${i + 1}`));
    return lab.hosts.filter(({ name }) => names.has(name));
  };
  const trio = async (prefix: string, count: number) => {
    const all = named(prefix, count);
    const [first] = all;
    if (first === undefined) throw new Error(`the lab has no host ${prefix}1`);
    const proxy = await latencyProxy(first.address, first.port, FAR);
    proxies.push(proxy);
    return {
      one: writeSite(lab, `${prefix}-one`, [first], folder),
      far: writeSite(lab, `${prefix}-far`, [{ ...first, address: '127.0.0.1', port: proxy.port }], folder),
      many: writeSite(lab, `${prefix}-many`, all, folder),
    };
  };
  const own = await trio('b', options.hosts);
  const peers = options.peers ? await trio('peer', options.peerHosts) : undefined;
  return {
    ...own,
    peers: peers && { ...peers, many: options.peerHosts >= options.hosts ? peers.many : undefined },
    close: async () => {
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}
