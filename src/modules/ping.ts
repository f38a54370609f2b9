import { TaskError } from '../base/error.js';
import { ask } from '../probes/registry.js';
import { defineModule } from './module.js';

export const ping = defineModule({
  name: 'ping',
  description: 'Says whether the host answers: logs in and asks it something.',
  options: { data: { type: 'str', default: 'pong', description: 'What to answer; `crash` fails.' } },
  examples: `
- ping:
`,
  fresh: ['stat'],
  probes: () => [ask('stat', '/')],
  plan: ({ data }, state) => {
    state.read(ask('stat', '/'));
    if (data === 'crash') throw new TaskError('boom');
    return { actions: [], result: { ping: data } };
  },
});
