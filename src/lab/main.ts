import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { labDown, labList, labSsh, labUp } from './lab.js';
import type { ProviderName, Release } from './state.js';

// A thin way in until the command line has its own: up|down|list|ssh [--name N] [--hosts N | name:release,...]
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string' },
    root: { type: 'string' },
    hosts: { type: 'string' },
    provider: { type: 'string' },
    user: { type: 'string' },
  },
});
const { name, root } = values;
const hosts = values.hosts
  ? /^\d+$/.test(values.hosts)
    ? Array.from({ length: Number(values.hosts) }, (_, index) => ({
        name: `lab${index + 1}`,
        release: (index % 2 === 0 ? 'bookworm' : 'trixie') as Release,
      }))
    : values.hosts.split(',').map((each) => {
        const [host = '', release = 'bookworm'] = each.split(':');
        return { name: host, release: release as Release };
      })
  : undefined;

const [command, host, ...rest] = positionals;
if (command === 'up') {
  const provider = values.provider as ProviderName | undefined;
  const state = await labUp({ name, root, hosts, provider, onProgress: (message) => console.error(message) });
  console.log(state.inventoryFile);
} else if (command === 'down') {
  await labDown({ name, root });
} else if (command === 'list') {
  for (const lab of await labList(root)) {
    for (const each of lab.hosts) {
      const state = each.running ? 'up' : 'down';
      console.log(`${lab.name}\t${each.name}\t${each.address}:${each.port}\t${each.release}\t${state}`);
    }
  }
} else if (command === 'ssh') {
  const [file = 'ssh', ...args] = labSsh({ name, root, host, user: values.user });
  process.exitCode = spawnSync(file, [...args, ...rest], { stdio: 'inherit' }).status ?? 255;
} else {
  console.error('usage: lab up|down|list|ssh [HOST] [--name NAME] [--hosts N|NAME:RELEASE,...] [--provider P]');
  process.exitCode = 1;
}
