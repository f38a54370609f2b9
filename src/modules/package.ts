import { apt } from './apt.js';
import { defineModule } from './module.js';

const options = {
  ...apt.options,
  use: {
    type: 'str',
    default: 'auto',
    choices: ['auto', 'apt'],
    description: 'The package manager: apt, which auto means on Debian and Ubuntu.',
  },
} as const;

export const packageModule = defineModule({
  ...apt,
  name: 'package',
  description: 'Packages through the package manager of the host, which is apt on Debian and Ubuntu.',
  options,
  examples: `
- package: { name: [curl, git], state: present }
`,
  plan: (args, state, context) => apt.plan(args, state, context),
  probes: (args, context) => apt.probes(args, context),
  conclude: (args, outcomes, change) => apt.conclude!(args, outcomes, change),
});
