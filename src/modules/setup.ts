import { TaskError } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import { emptyMapping, mapping, type Values } from '../base/value.js';
import { factGroups } from '../probes/facts/groups.js';
import { ask } from '../probes/registry.js';
import { defineModule } from './module.js';
import { readAll } from './read-all.js';

/** What Ansible's subsets stand for here. */
const MINIMUM =
  'distribution platform architecture fqdn dns date_time user env service_mgr pkg_mgr security ssh_keys local'.split(
    ' ',
  );
const SUBSETS: ReadonlyMap<string, readonly string[]> = new Map([
  ['all', factGroups],
  ['min', MINIMUM],
  ['hardware', ['processor', 'memory', 'product', 'devices', 'mounts', 'boot']],
  ['network', ['network']],
  ['virtual', ['virtualization']],
  ['facter', []],
  ['ohai', []],
  ['interfaces', ['network']],
  ['default_ipv4', ['network']],
  ['default_ipv6', ['network']],
  ['all_ipv4_addresses', ['network']],
  ['all_ipv6_addresses', ['network']],
  ['cmdline', ['platform']],
  ['fips', ['platform']],
  ['lsb', ['distribution']],
  ['distribution_version', ['distribution']],
  ['apparmor', ['security']],
  ['selinux', ['security']],
  ['ssh_pub_keys', ['ssh_keys']],
  ['user_id', ['user']],
  ['loadavg', ['boot']],
  ['python', []],
  ['caps', []],
  ...factGroups.map((group) => [group, [group]] as const),
]);

export const setup = defineModule({
  name: 'setup',
  description: 'Gathers facts of the host anew, and registers them.',
  options: {
    gather_subset: {
      type: 'list',
      elements: 'str',
      default: ['all'],
      description:
        'Subsets: all, min, hardware, network, virtual, or a group; with ! before it: without. min comes along unless !min.',
    },
    filter: {
      type: 'list',
      elements: 'str',
      default: [],
      description: 'Shell patterns of names (ansible_mem*); only these are registered.',
    },
    gather_timeout: { type: 'int', default: 10, description: 'Taken for the sake of old playbooks.' },
    fact_path: {
      type: 'path',
      default: '/etc/ansible/facts.d',
      description: 'Taken for the sake of old playbooks; no other folder can be named.',
    },
  },
  examples: `
- setup: { gather_subset: ['!all', network], filter: ansible_default_ipv4 }
`,
  fresh: ['fact'],
  probes: ({ gather_subset }) => groupsOf(gather_subset).map((group) => ask('fact', group)),
  plan: ({ gather_subset, filter, fact_path }, state) => {
    if (fact_path !== '/etc/ansible/facts.d') throw new TaskError('fact_path can only be /etc/ansible/facts.d');
    const answers = readAll(
      state,
      groupsOf(gather_subset).map((group) => ask('fact', group)),
    );
    const facts = filtered(Object.assign(emptyMapping(), ...answers) as Values, filter);
    const prefixed = mapping(
      Object.fromEntries(Object.entries(facts).map(([name, value]) => [`ansible_${name}`, value])),
    );
    return {
      actions: [],
      result: { ansible_facts: prefixed, facts },
      controller: [{ type: 'host-facts', values: facts }],
    };
  },
});

/** The groups that subsets name: what is excluded wins over what is included. */
export function groupsOf(subsets: readonly string[]): readonly string[] {
  const [wanted, unwanted] = [new Set<string>(), new Set<string>()];
  let [named, all] = [false, false];
  for (const subset of subsets) {
    const not = subset.startsWith('!');
    const name = not ? subset.slice(1) : subset;
    const groups = SUBSETS.get(name);
    if (!groups) throw new TaskError(`there is no subset "${name}" of facts`, didYouMean(name, SUBSETS.keys()));
    if (not && name === 'all') all = true;
    else for (const group of groups) (not ? unwanted : wanted).add(group);
    named ||= !not;
  }
  const base = all ? MINIMUM : named ? [...wanted, ...MINIMUM] : factGroups;
  const found = new Set([...base, ...wanted]);
  return factGroups.filter((group) => found.has(group) && !unwanted.has(group));
}

function filtered(facts: Values, patterns: readonly string[]): Values {
  const wanted = patterns.filter((pattern) => pattern !== '').map(matcher);
  if (wanted.length === 0) return facts;
  return mapping(
    Object.fromEntries(
      Object.entries(facts).filter(([name]) => wanted.some((matches) => matches(`ansible_${name}`) || matches(name))),
    ),
  );
}

/** A shell pattern of `*`, `?` and `[...]`, matched without going back more than to the last `*`. */
function matcher(pattern: string): (name: string) => boolean {
  const parts = pattern
    .split(/\*+/)
    .map((part) =>
      Array.from(part.matchAll(/\[!?[^\]]+\]|./gs), ([piece]) =>
        piece === '?'
          ? '.'
          : piece.length > 1
            ? piece.replace(/^\[!/, '[^').replaceAll('\\', '\\\\')
            : piece.replace(/[\\^$.|+()[\]{}]/g, '\\$&'),
      ).join(''),
    );
  const pieces = parts.map(
    (part, i) => new RegExp(`${i === 0 ? '^' : ''}${part}${i === parts.length - 1 ? '$' : ''}`, 'g'),
  );
  return (name) => {
    let at = 0;
    for (const [i, piece] of pieces.entries()) {
      // The last part must stand at the end, so it is looked for from there.
      piece.lastIndex = at;
      const match = piece.exec(name);
      if (!match || (i === 0 && match.index !== 0)) return false;
      at = match.index + match[0].length;
    }
    return true;
  };
}
