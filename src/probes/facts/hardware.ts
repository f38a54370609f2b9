import { mapping } from '../../base/value.js';
import { type FactGroup, fields } from './group.js';

/** Processors, from /proc/cpuinfo; where it has no sockets (ARM, some guests) each processor counts as one. */
export const processors: FactGroup = {
  names: [
    'processor',
    'processor_count',
    'processor_cores',
    'processor_threads_per_core',
    'processor_vcpus',
    'processor_nproc',
  ],
  files: ['/proc/cpuinfo', '/proc/self/status'],
  parse: ({ lines }) => {
    const words: string[] = [];
    const sockets = new Set<string>();
    let [count, cores, siblings] = [0, 1, 1];
    for (const line of lines('/proc/cpuinfo')) {
      const colon = line.indexOf(':');
      const name = line.slice(0, colon).trim();
      const value = line.slice(colon + 1).trim();
      if (name === 'processor') count++;
      else if (name === 'physical id') sockets.add(value);
      else if (name === 'cpu cores') cores = Number(value) || 1;
      else if (name === 'siblings') siblings = Number(value) || 1;
      if (['processor', 'vendor_id', 'model name', 'Processor', 'cpu model', 'vendor'].includes(name))
        words.push(value);
    }
    const known = sockets.size > 0;
    const threads = known ? Math.max(1, Math.floor(siblings / cores)) : 1;
    return mapping({
      processor: words,
      processor_count: known ? sockets.size : count,
      processor_cores: known ? cores : 1,
      processor_threads_per_core: threads,
      processor_vcpus: known ? sockets.size * cores * threads : count,
      processor_nproc: rangeSize(fields(lines('/proc/self/status')).get('Cpus_allowed_list')) || count,
    });
  },
};

/** How many numbers `0-3,8` names. */
function rangeSize(ranges = ''): number {
  let size = 0;
  for (const [, from, to] of ranges.matchAll(/(\d+)(?:-(\d+))?/g)) size += Number(to ?? from) - Number(from) + 1;
  return size;
}

/** Memory and swap, in MiB. */
export const memory: FactGroup = {
  names: ['memtotal_mb', 'memfree_mb', 'swaptotal_mb', 'swapfree_mb', 'memory_mb'],
  files: ['/proc/meminfo'],
  parse: ({ lines }) => {
    const found = fields(lines('/proc/meminfo'));
    const mb = (...names: string[]): number =>
      Math.floor(names.reduce((sum, name) => sum + (Number.parseInt(found.get(name) ?? '0', 10) || 0), 0) / 1024);
    const [total, free, cached] = [mb('MemTotal'), mb('MemFree'), mb('MemFree', 'Buffers', 'Cached')];
    const [swapTotal, swapFree] = [mb('SwapTotal'), mb('SwapFree')];
    return mapping({
      memtotal_mb: total,
      memfree_mb: free,
      swaptotal_mb: swapTotal,
      swapfree_mb: swapFree,
      memory_mb: mapping({
        real: mapping({ total, free, used: total - free }),
        nocache: mapping({ free: cached, used: total - cached }),
        swap: mapping({ total: swapTotal, free: swapFree, used: swapTotal - swapFree, cached: mb('SwapCached') }),
      }),
    });
  },
};

/** Our names and the files of /sys/class/dmi/id (serial numbers are for root only). */
const DMI: Readonly<Record<string, string>> = {
  bios_date: 'bios_date',
  bios_vendor: 'bios_vendor',
  bios_version: 'bios_version',
  board_asset_tag: 'board_asset_tag',
  board_name: 'board_name',
  board_serial: 'board_serial',
  board_vendor: 'board_vendor',
  board_version: 'board_version',
  chassis_asset_tag: 'chassis_asset_tag',
  chassis_serial: 'chassis_serial',
  chassis_vendor: 'chassis_vendor',
  chassis_version: 'chassis_version',
  form_factor: 'chassis_type',
  product_name: 'product_name',
  product_serial: 'product_serial',
  product_uuid: 'product_uuid',
  product_version: 'product_version',
  system_vendor: 'sys_vendor',
};

/** Chassis types of the SMBIOS specification, from number 1 on. */
const CHASSIS = (
  'Other,Unknown,Desktop,Low Profile Desktop,Pizza Box,Mini Tower,Tower,Portable,Laptop,Notebook,Hand Held,Docking Station,' +
  'All In One,Sub Notebook,Space-saving,Lunch Box,Main Server Chassis,Expansion Chassis,Sub Chassis,Bus Expansion Chassis,' +
  'Peripheral Chassis,RAID Chassis,Rack Mount Chassis,Sealed-case PC,Multi-system,CompactPCI,AdvancedTCA,Blade,Blade Enclosure,' +
  'Tablet,Convertible,Detachable,IoT Gateway,Embedded PC,Mini PC,Stick PC'
).split(',');

/** Maker and model; `NA` where the firmware tells nothing. */
export const product: FactGroup = {
  names: Object.keys(DMI),
  files: Object.values(DMI).map((file) => `/sys/class/dmi/id/${file}`),
  parse: ({ line }) => {
    const facts = mapping({});
    for (const [name, file] of Object.entries(DMI)) facts[name] = line(`/sys/class/dmi/id/${file}`) ?? 'NA';
    const chassis = CHASSIS[Number(facts['form_factor']) - 1];
    if (chassis !== undefined) facts['form_factor'] = chassis;
    return facts;
  },
};
