import type { LabState } from './state.js';

const GROUPS = { bookworm: 'debian12', trixie: 'debian13', embedded: 'embedded' } as const;

/** The lab as a YAML inventory, hosts grouped by release. Scalars are JSON strings, which are YAML too. */
export function inventoryText(state: LabState): string {
  const lines = [
    `# The lab "${state.name}": written by \`hostwright lab up\`, removed by \`hostwright lab down\`.`,
    'all:',
    '  vars:',
    `    ansible_ssh_private_key_file: ${JSON.stringify(state.keyFile)}`,
    `    ansible_ssh_known_hosts_file: ${JSON.stringify(state.knownHostsFile)}`,
    '  children:',
  ];
  for (const [release, group] of Object.entries(GROUPS)) {
    const hosts = state.hosts.filter((host) => host.release === release);
    if (hosts.length === 0) continue;
    lines.push(`    ${group}:`, '      hosts:');
    for (const host of hosts) {
      lines.push(
        `        ${JSON.stringify(host.name)}:`,
        `          ansible_host: ${JSON.stringify(host.address)}`,
        `          ansible_port: ${host.port}`,
        `          ansible_user: ${JSON.stringify(host.user)}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
