import type { Command } from 'commander';
import { type AdHocValues, adHocFlags, performTask } from './exec.js';
import { gatherWords } from './flags/parse.js';

interface FactValues extends AdHocValues {
  readonly filter?: readonly string[];
}

/** `hostwright facts PATTERN`. */
export function define(command: Command): void {
  adHocFlags(command)
    .option('--filter <NAMES>', 'only facts whose names match, such as "distribution*"', gatherWords)
    .action(async (pattern: string, { filter, ...values }: FactValues) => {
      await performTask(pattern, 'setup', filter ? { filter: [...filter] } : null, values);
    });
}
