import { TaskError } from '../base/error.js';
import { ask } from '../probes/registry.js';
import { defineModule } from './module.js';
import { planUnit, unitName } from './unit-change.js';
import { explainUnit } from './unit-failure.js';

export const service = defineModule({
  name: 'service',
  description: 'A service: running or not, starting with the host or not.',
  options: {
    name: { type: 'str', required: true, description: 'The service.' },
    state: {
      type: 'str',
      choices: ['started', 'stopped', 'restarted', 'reloaded'],
      description: 'What it must be doing, or what to do.',
    },
    enabled: { type: 'bool', description: 'Whether it starts with the host.' },
    arguments: { type: 'str', aliases: ['args'], description: 'Not used with systemd.' },
    pattern: { type: 'str', description: 'Not used with systemd.' },
    runlevel: { type: 'str', description: 'Not used with systemd.' },
    sleep: { type: 'int', description: 'Not used with systemd, which waits by itself.' },
    use: { type: 'str', choices: ['auto', 'systemd'], default: 'auto', description: 'systemd is the only one.' },
  },
  rules: { requiredOneOf: [['state', 'enabled']] },
  examples: `
- service: { name: cron, state: started, enabled: true }
- service: { name: ssh, state: reloaded }
`,
  probes: ({ name }) => [ask('unit', unitName(name))],
  plan: ({ name, state: wanted, enabled, arguments: extra }, state, context) => {
    if (extra) throw new TaskError('arguments is not supported', 'put them in a drop-in of the unit');
    return planUnit({ name, state: wanted, enabled }, state, context);
  },
  conclude: (args, outcomes) => {
    const last = outcomes.at(-1);
    return last && last.status !== 0 ? { failed: true, ...explainUnit(args.name, last) } : {};
  },
});
