import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHost, LabState } from '../../src/lab/state.js';
import { benchmarkPlay, EMPTY_PLAY } from './play.js';
import { coalescedScript, lookUpScript, makeScript, pythonScript, resetScript } from './scripts.js';

export type ScriptName = 'look-up' | 'coalesced' | 'make' | 'reset' | 'python';

const scripts: Readonly<Record<ScriptName, (host: string) => string>> = {
  'look-up': lookUpScript,
  coalesced: coalescedScript,
  make: makeScript,
  reset: resetScript,
  python: pythonScript,
};

/** One way to some hosts, the same for every tool: what a case measures. All paths are absolute. */
export interface Site {
  readonly name: string;
  readonly hosts: readonly LabHost[];
  readonly folder: string;
  readonly play: string;
  readonly emptyPlay: string;
  readonly inventory: string;
  readonly knownHosts: string;
  readonly key: string;
}

/** Writes the play, the inventory, the known hosts and the scripts of a site into a folder of its own. */
export function writeSite(lab: LabState, name: string, hosts: readonly LabHost[], parent: string): Site {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const write = (file: string, text: string): string => {
    writeFileSync(join(folder, file), text);
    return join(folder, file);
  };
  const knownHosts = write('known_hosts', knownHostsText(lab, hosts));
  for (const host of hosts) {
    for (const [script, text] of Object.entries(scripts)) write(`${script}.${host.name}.sh`, text(host.name));
  }
  const site = {
    name,
    hosts,
    folder,
    knownHosts,
    key: lab.keyFile,
    play: write('bench.yml', benchmarkPlay()),
    emptyPlay: write('empty.yml', EMPTY_PLAY),
    inventory: write('inventory.yml', inventoryText(hosts, lab.keyFile, knownHosts)),
  };
  for (const script of Object.keys(scripts) as ScriptName[]) write(`${script}.all.sh`, launcherText(site, script));
  return site;
}

/** One `ssh HOST sh < SCRIPT`, with the host's key pinned and no connection shared, as an argument vector. */
export function sshCommand(site: Site, host: LabHost): string[] {
  const options = [
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'ControlMaster=no',
    'ControlPath=none',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${site.knownHosts}`,
    'GlobalKnownHostsFile=/dev/null',
  ];
  const flags = [
    '-F',
    '/dev/null',
    '-i',
    site.key,
    '-p',
    String(host.port),
    ...options.flatMap((each) => ['-o', each]),
  ];
  return ['ssh', ...flags, `${host.user}@${host.address}`, 'sh'];
}

/** The file that starts a script on all hosts of a site at once and waits until all have ended. */
export function launcher(site: Site, script: ScriptName): string {
  return join(site.folder, `${script}.all.sh`);
}

/** Where a script's output for one host is left. */
export function outputOf(site: Site, script: ScriptName, host: LabHost): string {
  return join(site.folder, `${script}.${host.name}.out`);
}

function launcherText(site: Site, script: ScriptName): string {
  const lines = site.hosts.map((host) => {
    const command = sshCommand(site, host).map(quoted).join(' ');
    const input = quoted(join(site.folder, `${script}.${host.name}.sh`));
    return `${command} < ${input} > ${quoted(outputOf(site, script, host))} 2>&1 &`;
  });
  return `${lines.join('\n')}\nwait\n`;
}

// A host reached through a proxy keeps its key, under the proxy's address.
function knownHostsText(lab: LabState, hosts: readonly LabHost[]): string {
  const known = readFileSync(lab.knownHostsFile, 'utf8').split('\n');
  return hosts
    .map((host) => {
      const address = lab.hosts.find((each) => each.name === host.name)?.address;
      const line = known.find((each) => each.startsWith(`${address} `));
      if (line === undefined) throw new Error(`the lab knows no key of ${host.name}`);
      const name = host.port === 22 ? host.address : `[${host.address}]:${host.port}`;
      return `${[name, ...line.split(' ').slice(1)].join(' ')}\n`;
    })
    .join('');
}

function inventoryText(hosts: readonly LabHost[], key: string, knownHosts: string): string {
  const each = hosts.map(
    ({ name, address, port, user }) =>
      `    ${name}: {ansible_host: ${address}, ansible_port: ${port}, ansible_user: ${user}}`,
  );
  const common = `-o UserKnownHostsFile=${knownHosts} -o GlobalKnownHostsFile=/dev/null`;
  return `all:
  vars:
    ansible_ssh_private_key_file: ${JSON.stringify(key)}
    ansible_ssh_known_hosts_file: ${JSON.stringify(knownHosts)}
    ansible_ssh_common_args: ${JSON.stringify(common)}
  hosts:
${each.join('\n')}
`;
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
