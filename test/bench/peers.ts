import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Contender, expectRecap } from './contenders.js';
import { measure } from './measure.js';

/** Seconds after which a peer's run is given up. */
const PATIENCE = 300;

const configurations = {
  'Ansible (default)': { pipelining: false, mitogen: false },
  'Ansible (pipelining)': { pipelining: true, mitogen: false },
  'Ansible + mitogen': { pipelining: true, mitogen: true },
} as const;

/** The other tools that are installed on this machine; none where there is no ansible-playbook. */
export function installedPeers(changed: number): Contender[] {
  if (ansibleVersion() === undefined) return [];
  return Object.entries(configurations)
    .filter(([, { mitogen }]) => !mitogen || hasMitogen())
    .map(([name, configuration]) => ({
      name,
      run: async (site) => {
        const config = join(site.folder, 'ansible.cfg');
        writeFileSync(config, configText(configuration, site.hosts.length));
        const ran = await measure(['ansible-playbook', '-i', site.inventory, site.play], {
          folder: site.folder,
          environment: { ANSIBLE_CONFIG: config, ANSIBLE_NOCOLOR: '1' },
          timeLimit: PATIENCE,
        });
        expectRecap(site, ran, changed);
        return ran.seconds;
      },
    }));
}

/** The first line of `ansible-playbook --version`, and of mitogen where it is there. */
export function ansibleVersion(): string | undefined {
  const line = spawnSync('ansible-playbook', ['--version'], { encoding: 'utf8' }).stdout?.split('\n')[0];
  return line === undefined || line === ''
    ? undefined
    : line.replace('ansible-playbook [core ', 'ansible-core ').replace(']', '');
}

// ansible-doc doesn't list its strategies, even where they work.
function hasMitogen(): boolean {
  const format = '-f=${db:Status-Status}';
  return spawnSync('dpkg-query', ['-W', format, 'ansible-mitogen'], { encoding: 'utf8' }).stdout === 'installed';
}

function configText({ pipelining, mitogen }: { pipelining: boolean; mitogen: boolean }, hosts: number): string {
  return `[defaults]
host_key_checking = False
interpreter_python = /usr/bin/python3
forks = ${Math.max(5, hosts)}
${mitogen ? 'strategy = mitogen_linear\n' : ''}[ssh_connection]
pipelining = ${pipelining ? 'True' : 'False'}
`;
}
