import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { ask } from '../probes/registry.js';
import { defineModule } from './module.js';
import { planUnit, unitName } from './unit-change.js';
import { explainUnit } from './unit-failure.js';

export const systemd = defineModule({
  name: 'systemd',
  description: 'A unit of systemd: running or not, enabled or not, masked or not.',
  options: {
    name: { type: 'str', aliases: ['service', 'unit'], description: 'The unit; without a suffix a service is meant.' },
    state: {
      type: 'str',
      choices: ['started', 'stopped', 'restarted', 'reloaded'],
      description: 'What it must be doing, or what to do.',
    },
    enabled: { type: 'bool', description: 'Whether it starts with the host.' },
    masked: { type: 'bool', description: 'Whether nothing at all can start it.' },
    force: { type: 'bool', default: false, description: 'Replace links that are in the way of enabling.' },
    daemon_reload: {
      type: 'bool',
      default: false,
      aliases: ['daemon-reload'],
      description: 'First let systemd read its unit files anew.',
    },
    daemon_reexec: {
      type: 'bool',
      default: false,
      aliases: ['daemon-reexec'],
      description: 'First let systemd execute itself anew.',
    },
    scope: {
      type: 'str',
      choices: ['system', 'user', 'global'],
      default: 'system',
      description: 'Only system units are managed.',
    },
    no_block: { type: 'bool', default: false, description: 'Do not wait until the job is done.' },
  },
  rules: { requiredOneOf: [['state', 'enabled', 'masked', 'daemon_reload', 'daemon_reexec']] },
  examples: `
- systemd: { name: ssh, state: started, enabled: true }
- systemd: { name: app.timer, state: restarted, daemon_reload: true }
- systemd: { daemon_reload: true }
`,
  probes: ({ name }) => (name === undefined ? [] : [ask('unit', unitName(name))]),
  plan: (args, state, context) => {
    if (args.scope !== 'system') {
      throw new TaskError(`scope: ${args.scope} is not supported`, 'run systemctl --user with command, as that user');
    }
    const first: Action[] = [];
    const manager = (word: string): void => {
      first.push({ kind: 'run', argv: ['systemctl', word], effects: [{ type: 'stale-kinds', kinds: ['unit'] }] });
    };
    if (args.daemon_reexec) manager('daemon-reexec');
    if (args.daemon_reload) manager('daemon-reload');
    const { name } = args;
    if (name === undefined) {
      if ((args.state ?? args.enabled ?? args.masked) !== undefined)
        throw new TaskError('state, enabled and masked need name');
      return { actions: first, changed: false };
    }
    const change = planUnit({ ...args, name, noBlock: args.no_block }, state, context);
    return { ...change, actions: [...first, ...change.actions], changed: change.actions.length > 0 };
  },
  conclude: (args, outcomes) => {
    const last = outcomes.at(-1);
    return last && last.status !== 0 ? { failed: true, ...explainUnit(args.name ?? 'systemd', last) } : {};
  },
});
