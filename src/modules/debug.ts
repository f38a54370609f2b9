import { mapping, type Value } from '../base/value.js';
import { defineModule, type PlanContext } from './module.js';

const NAME = /^[A-Za-z_]\w*(?:\.\w+|\[[^\]{}]*\])*$/;

export const debug = defineModule({
  name: 'debug',
  description: 'Prints a message or a value.',
  options: {
    msg: { type: 'raw', description: 'What to print.' },
    var: { type: 'raw', description: 'Name of a variable to print (`var: result.stdout`), or a value.' },
    verbosity: { type: 'int', default: 0, description: 'Print only with this many -v.' },
  },
  rules: { mutuallyExclusive: [['msg', 'var']] },
  freeForm: 'msg',
  examples: `
- debug: { msg: "on {{ inventory_hostname }}" }
- debug: { var: groups }
`,
  probes: () => [],
  plan: ({ msg, var: subject, verbosity }, _state, context) => {
    if (context.verbosity < verbosity)
      return { actions: [], skipped: `it is printed with ${'-'.padEnd(verbosity + 1, 'v')}` };
    if (subject === undefined) {
      const text = msg ?? 'Hello world!';
      return { actions: [], result: { msg: text }, controller: [{ type: 'message', text }] };
    }
    const shown = mapping(named(subject, context));
    return { actions: [], result: shown, controller: [{ type: 'message', text: shown }] };
  },
});

/** The value with its name, as Ansible prints it; a value that was rendered already has none. */
function named(subject: Value, context: PlanContext): Record<string, Value> {
  if (typeof subject !== 'string' || !NAME.test(subject)) return { value: subject };
  return { [subject]: context.value(subject) ?? 'VARIABLE IS NOT DEFINED!' };
}
