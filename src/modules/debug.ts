import { defineModule } from './module.js';

export const debug = defineModule({
  name: 'debug',
  description: 'Prints a message or a value.',
  options: {
    msg: { type: 'raw', description: 'What to print.' },
    var: { type: 'raw', description: 'A value to print: `var: "{{ name }}"`.' },
    verbosity: { type: 'int', default: 0, description: 'Print only with this many -v.' },
  },
  rules: { mutuallyExclusive: [['msg', 'var']] },
  freeForm: 'msg',
  examples: `
- debug: { msg: "on {{ inventory_hostname }}" }
`,
  probes: () => [],
  plan: ({ msg, var: value }) => {
    const text = msg ?? value ?? 'Hello world!';
    return { actions: [], result: { msg: text }, controller: [{ type: 'message', text }] };
  },
});
