import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { ask, outputOf, type Probe } from '../probes/registry.js';
import type { Change, Conclusion, Outcome, PlanContext, State } from './module.js';
import type { Arguments, Options } from './options.js';

/** What command, shell and script have in common. */
export const programOptions = {
  chdir: { type: 'path', description: 'Folder on the host to run it in.' },
  creates: { type: 'path', description: 'Path (or glob) on the host: where it exists, nothing is run.' },
  removes: { type: 'path', description: 'Path (or glob) on the host: where it does not exist, nothing is run.' },
  strip_empty_ends: { type: 'bool', default: true, description: 'Take empty lines off the end of stdout and stderr.' },
} as const satisfies Options;

export const stdinOptions = {
  stdin: { type: 'str', description: 'Text for its standard input.' },
  stdin_add_newline: { type: 'bool', default: true, description: 'End that text with a newline.' },
} as const satisfies Options;

export type ProgramArguments = Arguments<typeof programOptions>;
export type StdinArguments = Arguments<typeof stdinOptions>;

/** What a program's plan reads of the host. */
export function programProbes({ creates, removes }: ProgramArguments): Probe[] {
  return [creates, removes].flatMap((path) => (path === undefined ? [] : [existence(path)]));
}

const isGlob = (path: string): boolean => /[*?[]/.test(path);

/** A glob is expanded by the host's shell; every other character of it is quoted. */
function existence(path: string): Probe<'stat'> | Probe<'output'> {
  if (!isGlob(path)) return ask('stat', path);
  const pattern = path.replace(/[^A-Za-z0-9_@%+=:,./*?[\]!^-]/gu, (char) => (char === '\n' ? `'\n'` : `\\${char}`));
  return outputOf({
    argv: ['sh', '-c', `for f in ${pattern}; do if [ -e "$f" ] || [ -L "$f" ]; then exit 0; fi; done; exit 1`],
  });
}

function exists(path: string, state: State): boolean {
  const probe = existence(path);
  return probe.kind === 'stat' ? state.read(probe) !== null : state.read(probe as Probe<'output'>).status === 0;
}

export interface Program {
  readonly argv: readonly string[];
  /** What `register` gets as `cmd`. */
  readonly cmd: string | readonly string[];
  readonly stdin?: Buffer;
}

/** The plan of a program: nothing where `creates` or `removes` say so, otherwise a run whose effect cannot be known. */
export function planProgram(
  { argv, cmd, stdin }: Program,
  args: ProgramArguments,
  state: State,
  context: PlanContext,
): Change {
  const shown = typeof cmd === 'string' ? cmd : [...cmd];
  const quiet = (reason: string): Change => {
    const stdout = `skipped, since ${reason}`;
    const result = { cmd: shown, rc: 0, stdout, stderr: '', stdout_lines: [stdout], stderr_lines: [] };
    return { actions: [], message: reason, result };
  };
  if (args.creates !== undefined && exists(args.creates, state)) return quiet(`${args.creates} exists`);
  if (args.removes !== undefined && !exists(args.removes, state)) return quiet(`${args.removes} does not exist`);
  const action: Action = {
    kind: 'run',
    argv,
    ...(args.chdir === undefined ? {} : { cwd: args.chdir }),
    environment: context.environment,
    ...(context.timeout === undefined ? {} : { timeout: context.timeout }),
    ownLocale: true,
    ...(stdin === undefined ? {} : { stdin }),
  };
  return {
    actions: [action],
    ...(args.creates === undefined && args.removes === undefined
      ? { unknown: 'what a command changes is known only by running it' }
      : {}),
    result: { cmd: shown },
  };
}

/** The text of `stdin`, as bytes. */
export function stdinOf({ stdin, stdin_add_newline }: StdinArguments): { stdin?: Buffer } {
  return stdin === undefined ? {} : { stdin: Buffer.from(`${stdin}${stdin_add_newline ? '\n' : ''}`) };
}

/** rc, stdout and stderr of the last outcome, as Ansible registers them. */
export function concludeProgram(
  { strip_empty_ends, chdir }: ProgramArguments,
  outcomes: readonly Outcome[],
): Conclusion {
  const last = outcomes.at(-1);
  if (!last) return {};
  const { status, duration, truncated } = last;
  const [stdout, stderr] = [last.stdout, last.stderr].map((text) =>
    strip_empty_ends ? text.replace(/[\r\n]+$/, '') : text,
  ) as [string, string];
  const lines = { stdout_lines: splitLines(stdout), stderr_lines: splitLines(stderr) };
  return {
    failed: status !== 0,
    ...(status === 0 ? {} : explanation(status, stderr || stdout, chdir)),
    result: {
      rc: status,
      stdout,
      stderr,
      ...lines,
      delta: showDuration(duration),
      ...(truncated ? { truncated: true } : {}),
    },
  };
}

const splitLines = (text: string): string[] => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/));

function explanation(status: number, said: string, folder: string | undefined): { message: string; hint?: string } {
  const tail = said.split('\n').slice(-5).join('\n');
  if (folder !== undefined && /cd: /.test(said))
    return { message: `cannot go to the folder ${folder}: ${tail}`, hint: 'see chdir' };
  if (status === 124)
    return {
      message: `it did not end in time and was stopped${tail && `: ${tail}`}`,
      hint: 'raise the timeout of the task',
    };
  if (status === 126)
    return {
      message: `it may not be executed${tail && `: ${tail}`}`,
      hint: 'see its mode, its first line and noexec mounts',
    };
  if (status === 127) return { message: `command not found${tail && `: ${tail}`}` };
  if (status > 128 && status < 160) return { message: `it was ended by signal ${status - 128}${tail && `: ${tail}`}` };
  return { message: `it ended with status ${status}${tail && `: ${tail}`}` };
}

/** Seconds as Ansible's `delta`: `0:01:02.345000`. */
export function showDuration(seconds: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const micro = String(Math.round((seconds % 1) * 1e6))
    .padStart(6, '0')
    .slice(0, 6);
  return `${Math.floor(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${micro}`;
}

/** Words of a command that is empty are refused before anything runs. */
export function requireWords(argv: readonly string[]): readonly string[] {
  if (argv.length === 0 || argv[0] === '') throw new TaskError('the command is empty');
  return argv;
}
