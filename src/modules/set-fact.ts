import { TaskError } from '../base/error.js';
import { emptyMapping } from '../base/value.js';
import { reservedNames } from '../template/cel/reserved.js';
import { defineModule } from './module.js';

const NAME = /^[A-Za-z_]\w*$/;

export const setFact = defineModule({
  name: 'set_fact',
  description: 'Sets variables of the host for the rest of the run.',
  options: {
    cacheable: {
      type: 'bool',
      default: false,
      description: 'Taken for the sake of old playbooks; nothing is kept after the run.',
    },
  },
  anyNames: true,
  examples: `
- set_fact: { release: v2, ports: [80, 443] }
`,
  probes: () => [],
  plan: ({ cacheable: _, ...given }) => {
    const values = Object.assign(emptyMapping(), given);
    const names = Object.keys(values);
    if (names.length === 0)
      throw new TaskError('set_fact needs at least one name and value', 'set_fact: { name: value }');
    for (const name of names) {
      if (!NAME.test(name))
        throw new TaskError(
          `"${name}" cannot be the name of a variable`,
          'letters, digits and underscores, not a digit first',
        );
      if (reservedNames.has(name)) {
        const hint = `call it otherwise, for example "${name.replace(/^_+|_+$/g, '')}_value"`;
        throw new TaskError(
          `a variable cannot be called "${name}": in conditions and templates it means something else`,
          hint,
        );
      }
    }
    return { actions: [], result: { ansible_facts: values }, controller: [{ type: 'set-facts', values }] };
  },
});
