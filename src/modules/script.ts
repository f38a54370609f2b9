import { TaskError } from '../base/error.js';
import { quoteAll } from '../base/quote.js';
import { splitWords } from '../base/words.js';
import { defineModule } from './module.js';
import { concludeProgram, planProgram, programOptions, programProbes, requireWords } from './program.js';

const options = {
  cmd: {
    type: 'str',
    required: true,
    description: 'Path of the script here (looked for in files/), and its arguments.',
  },
  executable: {
    type: 'str',
    description: "Program (and its options) that runs the script; left out: its first line's, or sh.",
  },
  ...programOptions,
} as const;

/** Keeps the script on the host while it runs, and no longer. */
const runner = (interpreter: readonly string[], words: readonly string[]): string => `f=$(mktemp) || exit 1
trap 'rm -f "$f"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
cat >"$f" || exit 1
${quoteAll(interpreter)} "$f" ${quoteAll(words)} </dev/null
exit $?`;

export const script = defineModule({
  name: 'script',
  description: 'Runs a script of this machine on the host, where it is not left behind.',
  options,
  freeForm: 'cmd',
  examples: `
- script: setup.sh --fast
  args: { creates: /srv/ready }
`,
  probes: (args) => programProbes(args),
  plan: (args, state, context) => {
    const [name = '', ...words] = requireWords(splitWords(args.cmd));
    const bytes = context.local.bytes(context.local.find(name, 'files'));
    if (!Buffer.isBuffer(bytes))
      throw new TaskError(`${name} is too large for a script`, 'copy it first, then run it with command');
    const interpreter = args.executable === undefined ? firstLine(bytes) : splitWords(args.executable);
    const argv = ['sh', '-c', runner(interpreter, words)];
    return planProgram({ argv, cmd: args.cmd, stdin: bytes }, args, state, context);
  },
  conclude: (args, outcomes) => concludeProgram(args, outcomes),
});

/** As the kernel reads `#!`: a path, and the rest of the line as one argument. */
function firstLine(bytes: Buffer): string[] {
  const match = /^#![ \t]*(\S+)(?:[ \t]+(.*?))?[ \t\r]*$/.exec(bytes.subarray(0, 256).toString('utf8').split('\n')[0]!);
  if (!match) return ['sh'];
  return match[2] ? [match[1]!, match[2]] : [match[1]!];
}
