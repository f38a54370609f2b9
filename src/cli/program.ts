import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { commands } from './commands.js';

/** The program with all commands by name; the flags of the one that `args` use are loaded. */
export async function makeProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('hostwright')
    .description('Provision hosts over SSH with playbooks')
    .version(version(), '--version')
    .helpCommand('help [COMMAND]', 'show the flags of a command')
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .exitOverride();
  const used = args.find((arg) => !arg.startsWith('-') && arg !== 'help');
  for (const [name, { summary, load }] of Object.entries(commands)) {
    const command = program
      .command(name)
      .summary(summary)
      .description(summary[0]!.toUpperCase() + summary.slice(1));
    command.copyInheritedSettings(program);
    if (name === used) (await load()).define(command);
  }
  return program;
}

/** The version of the package: two folders up, in the sources as in the built files. */
function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
