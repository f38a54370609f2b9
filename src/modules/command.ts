import { splitWords } from '../base/words.js';
import { TaskError } from '../base/error.js';
import { ask } from '../probes/registry.js';
import { type Change, type Conclusion, defineModule, type Outcome, type PlanContext, type State } from './module.js';
import type { Arguments, Options } from './options.js';

/** What command, shell and script have in common. */
export const programOptions = {
  chdir: { type: 'path', description: 'Folder on the host to run it in.' },
  creates: { type: 'path', description: 'Path (or glob) on the host: where it exists, nothing is run.' },
  removes: { type: 'path', description: 'Path (or glob) on the host: where it does not exist, nothing is run.' },
  stdin: { type: 'str', description: 'Text for its standard input.' },
  stdin_add_newline: { type: 'bool', default: true, description: 'End that text with a newline.' },
} as const satisfies Options;

const options = {
  cmd: { type: 'str', description: 'The command line; words are split as a shell does, nothing is expanded.' },
  argv: { type: 'list', elements: 'str', description: 'The command as a list of words.' },
  ...programOptions,
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
  plan: (args, state, context) => planProgram(args.argv ?? splitWords(args.cmd!), args, state, context),
  conclude: (_args, outcomes) => concludeProgram(outcomes),
});

export type ProgramArguments = Arguments<typeof programOptions>;

export function programProbes({ creates, removes }: ProgramArguments) {
  return [creates, removes].filter((path) => path !== undefined && !isGlob(path)).map((path) => ask('stat', path!));
}

const isGlob = (path: string): boolean => /[*?[]/.test(path);

function exists(path: string, state: State): boolean {
  if (!isGlob(path)) return state.read(ask('stat', path)) !== null;
  const argv = ['sh', '-c', `for f in ${path.replace(/[^A-Za-z0-9_@%+=:,./*?[\]-]/g, (char) => `\\${char}`)}; do [ -e "$f" ] && exit 0; done; exit 1`];
  return state.read(ask('output', JSON.stringify({ argv }))).status === 0;
}

/** The plan of a program: nothing where `creates` or `removes` say so, otherwise a run whose effect cannot be known. */
export function planProgram(argv: readonly string[], args: ProgramArguments, state: State, context: PlanContext): Change {
  if (argv.length === 0) throw new TaskError('the command is empty');
  const quiet = (reason: string): Change => ({
    actions: [],
    message: reason,
    result: { cmd: [...argv], rc: 0, stdout: '', stderr: '', stdout_lines: [], stderr_lines: [] },
  });
  if (args.creates !== undefined && exists(args.creates, state)) return quiet(`${args.creates} exists`);
  if (args.removes !== undefined && !exists(args.removes, state)) return quiet(`${args.removes} does not exist`);
  const text = args.stdin === undefined ? undefined : `${args.stdin}${args.stdin_add_newline ? '\n' : ''}`;
  return {
    actions: [
      {
        kind: 'run',
        argv,
        cwd: args.chdir,
        environment: context.environment,
        timeout: context.timeout,
        ownLocale: true,
        ...(text === undefined ? {} : { stdin: Buffer.from(text) }),
      },
    ],
    ...(args.creates === undefined && args.removes === undefined ? { unknown: 'what a command changes is known only by running it' } : {}),
    result: { cmd: [...argv] },
  };
}

/** rc, stdout and stderr of the last outcome, as Ansible registers them. */
export function concludeProgram(outcomes: readonly Outcome[]): Conclusion {
  const last = outcomes.at(-1);
  if (!last) return {};
  const { status, stdout, stderr } = last;
  const out = stdout.replace(/\r?\n$/, '');
  const err = stderr.replace(/\r?\n$/, '');
  return {
    failed: status !== 0,
    ...(status === 0 ? {} : { message: failure(status, err || out) }),
    result: { rc: status, stdout: out, stderr: err, stdout_lines: splitLines(out), stderr_lines: splitLines(err) },
  };
}

const splitLines = (text: string): string[] => (text === '' ? [] : text.split(/\r?\n/));

function failure(status: number, said: string): string {
  const tail = said.split('\n').slice(-5).join('\n');
  if (status === 124) return `it did not end in time and was stopped${tail && `: ${tail}`}`;
  if (status === 127) return `command not found${tail && `: ${tail}`}`;
  return `it ended with status ${status}${tail && `: ${tail}`}`;
}
