/** An address of an interface, as `ip -o addr` tells it. */
export interface InterfaceAddress {
  readonly interface: string;
  readonly version: 4 | 6;
  readonly address: string;
  readonly prefix: number;
  readonly scope: string;
  readonly broadcast: string;
  readonly secondary: boolean;
}

/** The way to the world, as `ip -o route get` tells it. */
export interface DefaultRoute {
  readonly version: 4 | 6;
  readonly interface: string;
  readonly gateway: string | undefined;
  readonly source: string | undefined;
}

/** The lines of `ip -o addr show` and of `ip -o route get` (which begin with an address). */
export function parseIp(text: string): { addresses: InterfaceAddress[]; routes: DefaultRoute[] } {
  const addresses: InterfaceAddress[] = [];
  const routes: DefaultRoute[] = [];
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    const after = (name: string): string | undefined =>
      words.includes(name) ? words[words.indexOf(name) + 1] : undefined;
    if (/^\d+:$/.test(words[0] ?? '')) {
      const version = words[2] === 'inet' ? 4 : words[2] === 'inet6' ? 6 : undefined;
      if (version === undefined) continue;
      const [address = '', own] = (words[3] ?? '').split('/');
      const prefix = Number(own ?? after('peer')?.split('/')[1] ?? (version === 4 ? 32 : 128));
      addresses.push({
        interface: words[1]!.split('@')[0]!,
        version,
        address,
        prefix,
        scope: after('scope') ?? '',
        broadcast: after('brd') ?? '',
        secondary: words.includes('secondary'),
      });
    } else if (/^[0-9a-f]*[:.][0-9a-f:.]+$/.test(words[0] ?? '') && after('dev') !== undefined) {
      const version = words[0]!.includes(':') ? 6 : 4;
      routes.push({ version, interface: after('dev')!, gateway: after('via'), source: after('src') });
    }
  }
  return { addresses, routes };
}

const number = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');

/** The mask of a prefix length: 24 is `255.255.255.0`. */
export function netmask(prefix: number): string {
  return dotted(prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0);
}

/** The network an IPv4 address is in. */
export function networkOf(address: string, prefix: number): string {
  return dotted((number(address) & number(netmask(prefix))) >>> 0);
}
