import { emptyMapping, mapping, type Value, type Values } from '../../base/value.js';
import type { FactGroup, FactSource } from './group.js';

const LINKS = "find /dev/disk/by-id /dev/disk/by-uuid /dev/disk/by-label -type l -printf 'L %p %l\\n' 2>/dev/null";
type Links = ReadonlyMap<string, Readonly<Record<'ids' | 'uuids' | 'labels', string[]>>>;

/** Names that udev gives block devices, by kernel name. */
function linksOf(text: string): Links {
  const found = new Map<string, Record<'ids' | 'uuids' | 'labels', string[]>>();
  for (const [, kind, name, target] of text.matchAll(
    /^L \/dev\/disk\/by-(id|uuid|label)\/(\S+) (?:\S*\/)?([^\s/]+)$/gm,
  )) {
    if (!found.has(target!)) found.set(target!, { ids: [], uuids: [], labels: [] });
    const plain = name!.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    found.get(target!)![`${kind as 'id' | 'uuid' | 'label'}s`].push(plain);
  }
  for (const links of found.values()) for (const names of Object.values(links)) names.sort();
  return found;
}

function links(name: string, found: Links): Values {
  const own = found.get(name);
  return mapping({ ids: own?.ids ?? [], uuids: own?.uuids ?? [], labels: own?.labels ?? [], masters: [] });
}

/** Bytes in the largest unit of which there is at least one: `20.00 GB`. */
function size(bytes: number): string {
  const units = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  const unit = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** unit).toFixed(2)} ${units[unit]}`;
}

/** /sys counts in units of 512 bytes, whatever the disk's sectors are. */
const UNIT = 512;

/** Block devices and their partitions. */
export const devices: FactGroup = {
  names: ['devices', 'device_links'],
  files: [
    'size',
    'removable',
    'queue/rotational',
    'queue/hw_sector_size',
    'queue/scheduler',
    'queue/discard_granularity',
    'device/model',
    'device/vendor',
    'device/serial',
    'wwid',
    '*/start',
    '*/size',
    'holders/*/dev',
    '*/holders/*/dev',
  ].map((file) => `/sys/block/*/${file}`),
  text: LINKS,
  parse: (source) => {
    const found = linksOf(source.text);
    const facts = emptyMapping();
    for (const [, name] of source.matching(/^\/sys\/block\/([^/]+)\/size$/)) facts[name!] = disk(name!, found, source);
    const by = (kind: 'ids' | 'uuids' | 'labels'): Values =>
      mapping(
        Object.fromEntries(
          [...found].filter(([, own]) => own[kind].length > 0).map(([name, own]) => [name, own[kind]]),
        ),
      );
    const device_links = mapping({ ids: by('ids'), uuids: by('uuids'), labels: by('labels'), masters: emptyMapping() });
    return mapping({ devices: facts, device_links });
  },
};

function disk(name: string, found: Links, source: FactSource): Values {
  const at = (file: string): string | undefined => source.line(`/sys/block/${name}/${file}`);
  const partitions = emptyMapping();
  for (const [, of, part] of source.matching(/^\/sys\/block\/([^/]+)\/([^/]+)\/start$/)) {
    if (of !== name) continue;
    const sectors = Number(at(`${part}/size`) ?? 0);
    partitions[part!] = mapping({
      links: links(part!, found),
      start: at(`${part}/start`),
      sectors: String(sectors),
      sectorsize: UNIT,
      size: size(sectors * UNIT),
      uuid: found.get(part!)?.uuids[0] ?? null,
      holders: holders(`/sys/block/${name}/${part}`, source),
    });
  }
  const sectors = Number(at('size') ?? 0);
  return mapping({
    virtual: at('device/model') === undefined && at('device/vendor') === undefined ? 1 : 0,
    links: links(name, found),
    vendor: at('device/vendor') ?? null,
    model: at('device/model') ?? null,
    serial: at('device/serial'),
    wwn: at('wwid'),
    removable: at('removable') ?? '0',
    rotational: at('queue/rotational') ?? '0',
    support_discard: at('queue/discard_granularity') ?? '0',
    scheduler_mode: /\[([^\]]+)\]/.exec(at('queue/scheduler') ?? '')?.[1] ?? '',
    sectors: String(sectors),
    sectorsize: at('queue/hw_sector_size') ?? String(UNIT),
    size: size(sectors * UNIT),
    partitions,
    holders: holders(`/sys/block/${name}`, source),
  });
}

function holders(folder: string, { matching }: FactSource): Value[] {
  return matching(/^(\/sys\/block\/.+)\/holders\/([^/]+)\/dev$/).flatMap(([, of, holder]) =>
    of === folder ? [holder!] : [],
  );
}

/**
 * stat -f of what block devices are mounted on. Network file systems are not asked for their size: a
 * server that is away would hold us up for minutes.
 */
const SIZES = `(
  set -f
  IFS='
'
  set --
  for hw_l in $(grep '^/' /proc/self/mounts); do
    hw_l=\${hw_l#* }
    hw_l=\${hw_l%% *}
    case $hw_l in *%*) continue ;; *\\\\*) hw_l=$(printf "$hw_l.") && hw_l=\${hw_l%.} ;; esac
    set -- "$@" "$hw_l"
  done
  [ $# = 0 ] || stat -f -c 'M %S %b %f %a %c %d %n' -- "$@" 2>/dev/null
)`;

/** File systems of disks and of the network; sizes in bytes. */
export const mounts: FactGroup = {
  names: ['mounts'],
  files: ['/proc/self/mounts'],
  text: `${SIZES}; ${LINKS}`,
  parse: ({ lines, text }) => {
    const found = linksOf(text);
    const sizes = new Map(
      Array.from(text.matchAll(/^M (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (.*)$/gm), (match) => [
        match[7]!,
        match.slice(1, 7).map(Number),
      ]),
    );
    const named = (alias: string): string | undefined => [...found].find(([, own]) => own.ids.includes(alias))?.[0];
    const list: Values[] = [];
    for (const line of lines('/proc/self/mounts')) {
      const [device = '', mount = '', fstype = '', options = '', dump, passno] = line.split(' ').map(unescaped);
      if (fstype === 'none' || !(device.startsWith('/') || device.includes(':/'))) continue;
      const base = device.slice(device.lastIndexOf('/') + 1);
      const kernel = device.startsWith('/dev/mapper/') ? (named(`dm-name-${base}`) ?? base) : base;
      list.push(
        mapping({
          mount,
          device,
          fstype,
          options,
          dump: Number(dump),
          passno: Number(passno),
          uuid: found.get(kernel)?.uuids[0] ?? 'N/A',
          ...space(sizes.get(mount)),
        }),
      );
    }
    return mapping({ mounts: list });
  },
};

function space(numbers: readonly number[] | undefined): Readonly<Record<string, number>> {
  if (!numbers) return {};
  const [block = 0, total = 0, , available = 0, inodes = 0, inodesFree = 0] = numbers;
  return {
    block_size: block,
    block_total: total,
    block_available: available,
    block_used: total - available,
    size_total: total * block,
    size_available: available * block,
    inode_total: inodes,
    inode_available: inodesFree,
    inode_used: inodes - inodesFree,
  };
}

/** The kernel writes blanks and backslashes in /proc/mounts as three octal digits. */
function unescaped(word: string): string {
  return word.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
