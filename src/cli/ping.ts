import type { Command } from 'commander';
import { type AdHocValues, adHocFlags, performTask } from './exec.js';

/** `hostwright ping PATTERN`. */
export function define(command: Command): void {
  adHocFlags(command).action(async (pattern: string, values: AdHocValues) => {
    await performTask(pattern, 'ping', null, values);
  });
}
