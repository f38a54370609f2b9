import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { withLock } from './lock.js';
import { mustRun, runCommand } from './process.js';

/** Where the labs of this machine keep what they share: gone after a reboot, as the interfaces are. */
export const RUN_FOLDER = '/run/hostwright-lab';
const FORWARD = '/proc/sys/net/ipv4/ip_forward';

export interface Bridge {
  readonly name: string;
  /** The third byte of 10.77.N.0/24. */
  readonly network: number;
  /** The id of the lab it belongs to. */
  readonly owner: string;
}

const PREFIX = '10.77';
export const bridgeName = (network: number): string => `hwlab${network}`;
export const tableName = (network: number): string => `hostwright_lab_${network}`;
export const hostAddress = (network: number, index: number): string => `${PREFIX}.${network}.${10 + index}`;
export const gatewayAddress = (network: number): string => `${PREFIX}.${network}.1`;

interface Link {
  readonly ifname: string;
  readonly address?: string;
}

// The one mark of its owner that a bridge has from its very first moment, so that no crash leaves one without.
const ownerToMac = (owner: string): string => `02:${owner.match(/../g)?.join(':')}`;

/** The bridges of all labs on this machine, found by the owner's id in their hardware address. */
export async function labBridges(): Promise<Bridge[]> {
  const links = JSON.parse((await mustRun(['ip', '-json', 'link', 'show', 'type', 'bridge'])) || '[]') as Link[];
  return links.flatMap(({ ifname, address = '' }) => {
    const network = /^hwlab(\d+)$/.exec(ifname)?.[1];
    return network ? [{ name: ifname, network: Number(network), owner: address.slice(3).replaceAll(':', '') }] : [];
  });
}

/** Makes the lab's bridge, addresses and nft table, or mends them; the network's number. `preferred` is taken if free. */
export async function raiseNetwork(owner: string, preferred?: number): Promise<number> {
  return await withLock(`${RUN_FOLDER}/lock`, async () => {
    const own = (await labBridges()).find((bridge) => bridge.owner === owner);
    const network = own?.network ?? (await addBridge(owner, preferred));
    const bridge = bridgeName(network);
    await mustRun(['ip', 'address', 'replace', `${gatewayAddress(network)}/24`, 'dev', bridge]);
    await mustRun(['ip', 'link', 'set', bridge, 'up']);
    await mustRun(['nft', '-f', '-'], { input: ruleset(network) });
    rememberForwarding();
    return network;
  });
}

async function addBridge(owner: string, preferred?: number): Promise<number> {
  const used = await usedNetworks();
  for (const network of [preferred ?? 1, ...Array.from({ length: 254 }, (_, index) => index + 1)]) {
    if (used.has(network)) continue;
    const add = ['ip', 'link', 'add', bridgeName(network), 'address', ownerToMac(owner), 'type', 'bridge'];
    const result = await runCommand(add);
    if (result.code === 0) return network;
    if (!result.stderr.includes('File exists')) throw new Error(`cannot make a bridge: ${result.stderr.trim()}`);
  }
  throw new Error(`no free network is left in ${PREFIX}.0.0/16: take labs down`);
}

async function usedNetworks(): Promise<Set<number>> {
  const [addresses, routes] = await Promise.all([
    mustRun(['ip', '-4', '-oneline', 'address', 'show']),
    mustRun(['ip', '-4', 'route', 'show', 'table', 'all']),
  ]);
  return networksIn(`${addresses}\n${routes}`);
}

/** The numbers N of all 10.77.N.x that `ip address` or `ip route` print. */
export function networksIn(text: string): Set<number> {
  return new Set([...text.matchAll(/\b10\.77\.(\d{1,3})\.\d{1,3}\b/g)].map((match) => Number(match[1])));
}

/** The lab's own nft table: masquerading outwards, and a set of hosts whose packets are dropped. */
export function ruleset(network: number): string {
  const subnet = `${PREFIX}.${network}.0/24`;
  return `table ip ${tableName(network)}
delete table ip ${tableName(network)}
table ip ${tableName(network)} {
  set dropped { type ipv4_addr; }
  chain outward { type nat hook postrouting priority srcnat; ip saddr ${subnet} ip daddr != ${subnet} masquerade; }
  chain forward { type filter hook forward priority -5; ip saddr @dropped drop; ip daddr @dropped drop; }
  chain receive { type filter hook input priority -5; ip saddr @dropped drop; }
  chain send { type filter hook output priority -5; ip daddr @dropped drop; }
}
`;
}

/** Drops all packets from and to a host (no answer, as with a pulled cable), or lets them pass again. */
export async function setDropped(network: number, address: string, dropped: boolean): Promise<void> {
  const set = ['ip', tableName(network), 'dropped', `{ ${address} }`];
  await mustRun(['nft', 'add', 'element', ...set]);
  if (!dropped) await mustRun(['nft', 'delete', 'element', ...set]);
}

// The first lab keeps what the machine had; /run forgets it at a reboot, as the kernel does.
function rememberForwarding(): void {
  const value = readFileSync(FORWARD, 'latin1').trim();
  mkdirSync(RUN_FOLDER, { recursive: true });
  if (!existsSync(`${RUN_FOLDER}/ip_forward`)) writeFileSync(`${RUN_FOLDER}/ip_forward`, value);
  if (value !== '1') writeFileSync(FORWARD, '1');
}

/** Removes everything `raiseNetwork` made for this lab; the last lab puts ip_forward back. Harmless when repeated. */
export async function lowerNetwork(owner: string): Promise<void> {
  await withLock(`${RUN_FOLDER}/lock`, async () => {
    const bridges = await labBridges();
    for (const { name, network } of bridges.filter((bridge) => bridge.owner === owner)) {
      // `add` first: deleting a table that isn't there is an error.
      await runCommand(['nft', '-f', '-'], {
        input: `table ip ${tableName(network)}\ndelete table ip ${tableName(network)}\n`,
      });
      await mustRun(['ip', 'link', 'delete', name]);
    }
    if (bridges.some((bridge) => bridge.owner !== owner) || !existsSync(`${RUN_FOLDER}/ip_forward`)) return;
    writeFileSync(FORWARD, readFileSync(`${RUN_FOLDER}/ip_forward`));
    rmSync(`${RUN_FOLDER}/ip_forward`);
  });
  try {
    rmdirSync(RUN_FOLDER);
  } catch {
    // Other labs still use it.
  }
}
