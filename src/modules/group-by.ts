import { checkGroup } from './add-host.js';
import { defineModule } from './module.js';

export const groupBy = defineModule({
  name: 'group_by',
  description: 'Puts the host into a group that a value names, for the rest of the run.',
  options: {
    key: { type: 'str', required: true, description: 'Name of the group; blanks become dashes.' },
    parents: { type: 'list', elements: 'str', default: ['all'], description: 'Groups that the group is in.' },
  },
  freeForm: 'key',
  examples: `
- group_by: { key: "os_{{ distribution }}", parents: [by_os] }
`,
  probes: () => [],
  plan: (args) => {
    const key = args.key.replaceAll(' ', '-');
    const parents = args.parents.map((name) => name.replaceAll(' ', '-'));
    for (const name of [key, ...parents]) checkGroup(name);
    return {
      actions: [],
      result: { add_group: key, parent_groups: parents },
      controller: [{ type: 'group-by', key, parents }],
    };
  },
});
