import { quote } from '../base/quote.js';
import { splitWords } from '../base/words.js';
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
  cmd: { type: 'str', description: 'The command line; words are split as a shell does.' },
  argv: { type: 'list', elements: 'str', description: 'The command as a list of words.' },
  expand_argument_vars: {
    type: 'bool',
    default: true,
    description:
      "Replace $NAME and ${NAME} by the host's environment variables; nothing else is expanded, unknown names stay.",
  },
  ...programOptions,
  ...stdinOptions,
} as const;

export const command = defineModule({
  name: 'command',
  description: 'Runs a program, without a shell.',
  options,
  rules: { requiredOneOf: [['cmd', 'argv']], mutuallyExclusive: [['cmd', 'argv']] },
  freeForm: 'cmd',
  examples: `
- command: uptime
  changed_when: false
- command: { argv: [/usr/bin/make-thing, 'with spaces'], creates: /var/lib/thing }
`,
  probes: (args) => programProbes(args),
  plan: (args, state, context) => {
    const cmd = requireWords(args.argv ?? splitWords(args.cmd!));
    const argv = args.expand_argument_vars ? expanding(cmd) : cmd;
    return planProgram({ argv, cmd, ...stdinOf(args) }, args, state, context);
  },
  conclude: (args, outcomes) => concludeProgram(args, outcomes),
});

const VARIABLE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g;

/** The words, run by a shell that replaces the variables in them and does nothing else, where there are any. */
function expanding(words: readonly string[]): readonly string[] {
  if (!words.some((word) => word.search(VARIABLE) >= 0)) return words;
  const parts = words.map((word) => {
    let text = '';
    let at = 0;
    for (const match of word.matchAll(VARIABLE)) {
      const before = word.slice(at, match.index);
      // An unknown name stays as it was written.
      text += `${before === '' ? '' : quote(before)}"\${${match[1] ?? match[2]}-${match[0].replace('$', '\\$').replace('}', '\\}')}}"`;
      at = match.index + match[0].length;
    }
    const rest = word.slice(at);
    return text === '' || rest !== '' ? text + quote(rest) : text;
  });
  return ['sh', '-c', `exec ${parts.join(' ')}`];
}
