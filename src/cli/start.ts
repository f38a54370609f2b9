import { CommanderError } from 'commander';
import { InputError } from '../base/error.js';
import { tellProblems, tellUnexpected } from './problems.js';
import { makeProgram } from './program.js';

/** Runs one command line (without the program's own name); its outcome is the process's exit code. */
export async function start(args: readonly string[]): Promise<void> {
  forgiveClosedPipes();
  try {
    const program = await makeProgram(args);
    await program.parseAsync(withLongNames(args), { from: 'user' });
  } catch (error) {
    process.exitCode = tell(error, args);
  }
}

/** Tells an error; gives the exit code. */
function tell(error: unknown, args: readonly string[]): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
  if (error instanceof InputError) tellProblems(error.problems, { json: wantsJson(args) });
  else tellUnexpected(error, { stack: verbosityOf(args) >= 3 });
  return 1;
}

/** Other names that Ansible has for the same flag. */
const LONG_NAMES: Readonly<Record<string, string>> = {
  '--inventory-file': '--inventory',
  '--key-file': '--private-key',
  '--conn-pass-file': '--connection-password-file',
  '--become-pass-file': '--become-password-file',
};

function withLongNames(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args.map((arg, i) => {
    if (end >= 0 && i > end) return arg;
    const [name = '', ...value] = arg.split('=');
    const long = Object.hasOwn(LONG_NAMES, name) ? LONG_NAMES[name]! : name;
    return [long, ...value].join('=');
  });
}

const wantsJson = (args: readonly string[]): boolean =>
  args.includes('--output=json') || args[args.indexOf('--output') + 1] === 'json';

const verbosityOf = (args: readonly string[]): number =>
  args.reduce((sum, arg) => sum + (arg === '--verbose' ? 1 : /^-v+$/.test(arg) ? arg.length - 1 : 0), 0);

/** A reader that went away (`| head`) is no error of ours. */
function forgiveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // What is told is lost (a full disk under it, say); the run is not, and the journal has it all.
      if (error.code !== 'EPIPE' && stream === process.stdout)
        process.stderr.write(`output is lost: ${error.message}\n`);
    });
  }
}
