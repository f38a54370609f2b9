import { defineModule } from './module.js';
import {
  concludeProgram,
  planProgram,
  programOptions,
  programProbes,
  requireWords,
  stdinOf,
  stdinOptions,
} from './program.js';

const options = {
  cmd: { type: 'str', required: true, description: 'The command line, for a shell.' },
  executable: { type: 'path', default: '/bin/sh', description: 'Absolute path of the shell.' },
  ...programOptions,
  ...stdinOptions,
} as const;

export const shell = defineModule({
  name: 'shell',
  description: 'Runs a command line in a shell.',
  options,
  freeForm: 'cmd',
  examples: `
- shell: ls /var/log/*.gz | wc -l
  register: archives
  changed_when: false
- shell: { cmd: 'set -o pipefail; dump | gzip >/srv/dump.gz', executable: /bin/bash, creates: /srv/dump.gz }
`,
  probes: (args) => programProbes(args),
  plan: (args, state, context) => {
    requireWords([args.cmd.trim()]);
    return planProgram(
      { argv: [args.executable, '-c', args.cmd], cmd: args.cmd, ...stdinOf(args) },
      args,
      state,
      context,
    );
  },
  conclude: (args, outcomes) => concludeProgram(args, outcomes),
});
