import { TaskError } from '../base/error.js';
import { ask } from '../probes/registry.js';
import { hostPath, pathProbes, realFile, typeName } from './host-path.js';
import { defineModule } from './module.js';
import { wholeFile } from './whole-file.js';

/** Largest file that may become a value, bytes. */
const LARGEST = 16 * 1024 * 1024;

export const slurp = defineModule({
  name: 'slurp',
  description: 'The content of a file of the host, as base64 in the registered value.',
  options: {
    src: { type: 'path', required: true, aliases: ['path'], description: 'Absolute path of the file on the host.' },
  },
  examples: `
- slurp: { src: /etc/machine-id }
  register: machine
`,
  probes: ({ src }, context) => pathProbes(src, context, (path) => [ask('stat', path), ask('content', path)]),
  plan: ({ src }, state, context) => {
    const path = hostPath(src, state, context);
    const real = realFile(path, state);
    if (!real.stat) throw new TaskError(`${path} does not exist on the host`);
    if (real.stat.type !== 'file') throw new TaskError(`${path} is a ${typeName(real.stat.type)}, not a file`);
    if ((real.stat.size ?? 0) > LARGEST) {
      throw new TaskError(
        `${path} has ${real.stat.size} bytes: too large for a variable`,
        'fetch brings it into a file here',
      );
    }
    return {
      actions: [],
      result: { content: wholeFile(real, state).toString('base64'), encoding: 'base64', source: path },
    };
  },
});
