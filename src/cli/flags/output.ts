import { type Command, Option } from 'commander';
import { count } from './parse.js';

export interface OutputValues {
  readonly output?: 'live' | 'plain' | 'json';
  readonly junit?: string;
  readonly report?: string;
  readonly journal?: string;
  readonly verbose: number;
}

/** What a run tells, and where. */
export function outputFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--output <FORM>', 'live on a terminal, plain lines otherwise; json: one event a line').choices([
        'live',
        'plain',
        'json',
      ]),
    )
    .option('--junit <FILE>', 'write a JUnit report, too')
    .option('--report <FILE>', 'write a report as an HTML page, too')
    .option('--journal <FOLDER>', 'keep the journal of the run there')
    .option('-v, --verbose', 'tell more (repeat for even more)', count, 0);
}
