import { predict } from '../actions/action.js';
import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { ask } from '../probes/registry.js';
import { explain } from './failure.js';
import { defineModule } from './module.js';
import { readAll } from './read-all.js';
import { planEdit } from './write-file.js';

const FILE = '/etc/hostname';
const KERNEL = ask('sysctl', 'kernel.hostname');

export const hostname = defineModule({
  name: 'hostname',
  description: 'The name of the host, now and after the next boot; /etc/hosts is left alone.',
  options: {
    name: { type: 'str', required: true, description: 'The name, with or without a domain.' },
    use: { type: 'str', description: 'Taken for the sake of old playbooks: there is one way.' },
  },
  examples: `
- hostname: { name: db1 }
`,
  probes: () => [KERNEL, ask('content', FILE), ask('stat', FILE), ask('stat', '/etc')],
  plan: ({ name }, state, context) => {
    const labels = name.split('.');
    const fine =
      name.length <= 64 &&
      labels.every((label) => /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(label) && label.length <= 63);
    if (!fine)
      throw new TaskError(
        `"${name}" cannot be the name of a host`,
        'letters, digits and -, in parts divided by dots, 64 in all',
      );
    const [now] = readAll(state, [KERNEL]);
    const file = state.read(ask('content', FILE));
    const written = file
      ?.toString('utf8')
      .split('\n')
      .find((line) => line.trim() !== '' && !line.startsWith('#'));
    const actions: Action[] = [];
    if (written?.trim() !== name)
      actions.push(...planEdit(FILE, file, Buffer.from(`${name}\n`), {}, state, context).actions);
    if (now !== name) {
      actions.push({
        kind: 'run',
        argv: ['hostname', '--', name],
        effects: [{ type: 'stale-kinds', kinds: ['fact', 'output'] }, predict(KERNEL, name)],
      });
    }
    const diff = actions.length === 0 ? [] : [{ subject: 'hostname', before: `${now ?? ''}\n`, after: `${name}\n` }];
    return { actions, diff, result: { name } };
  },
  conclude: ({ name }, outcomes) => {
    const last = outcomes.at(-1);
    return last && last.status !== 0 ? { failed: true, ...explain(`naming the host ${name}`, last) } : {};
  },
});
