import { TaskError } from '../base/error.js';
import { emptyMapping } from '../base/value.js';
import { defineModule } from './module.js';

export const addHost = defineModule({
  name: 'add_host',
  description: 'Adds a host to the inventory for the rest of the run; other names become its variables.',
  options: {
    name: { type: 'str', required: true, aliases: ['host', 'hostname'], description: 'Name of the host.' },
    groups: {
      type: 'list',
      elements: 'str',
      aliases: ['group', 'groupname'],
      default: [],
      description: 'Groups it is in.',
    },
  },
  anyNames: true,
  once: true,
  examples: `
- add_host: { name: 10.0.0.5, groups: [new], ansible_user: root }
`,
  probes: () => [],
  plan: ({ name, groups, ...others }) => {
    if (name.trim() === '' || /[\s,]/.test(name)) throw new TaskError(`"${name}" cannot be the name of a host`);
    for (const group of groups) checkGroup(group);
    const values = Object.assign(emptyMapping(), others);
    const host = { host_name: name, groups: [...groups], host_vars: values };
    return { actions: [], result: { add_host: host }, controller: [{ type: 'add-host', name, groups, values }] };
  },
});

/** Names of groups are parts of patterns, where these characters mean something else. */
export function checkGroup(name: string): void {
  if (!/^[^\s,:!&[\]]+$/.test(name))
    throw new TaskError(`"${name}" cannot be the name of a group`, 'letters, digits, _ and - only');
}
