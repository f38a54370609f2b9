import { TaskError } from '../base/error.js';
import { defineModule } from './module.js';

export const fail = defineModule({
  name: 'fail',
  description: 'Fails, with a message.',
  options: { msg: { type: 'str', default: 'Failed as requested from task', description: 'Why.' } },
  freeForm: 'msg',
  examples: `
- fail: { msg: this host has no disk for data }
  when: false
`,
  probes: () => [],
  plan: ({ msg }) => {
    throw new TaskError(msg);
  },
});
