import type { Command } from 'commander';
import { type ConnectionValues, connectionFlags } from './flags/connection.js';
import { type InventoryValues, inventoryFlags } from './flags/inventory.js';
import { type OutputValues, outputFlags } from './flags/output.js';
import { checkFlags, limitFlag, playbookFlags, type RunValues } from './flags/task.js';
import { perform } from './perform.js';

type Values = InventoryValues & ConnectionValues & OutputValues & RunValues;

/** A command that runs playbooks; `always` says what it does whatever the flags say. */
export function definePlaybookCommand(command: Command, always: Pick<RunValues, 'check' | 'diff'>): void {
  command.argument('<PLAYBOOK...>', 'playbooks, done one after the other');
  inventoryFlags(command);
  limitFlag(command);
  checkFlags(command);
  playbookFlags(command);
  connectionFlags(command);
  outputFlags(command);
  command.action(async (playbooks: string[], flags: Values) => {
    const values = { ...flags, ...always };
    const { tags = [], skipTags = [] } = values;
    if (values.listHosts || values.listTasks || values.listTags || values.syntaxCheck) {
      const { list } = await import('./listing.js');
      return list(playbooks, values);
    }
    if (tags.length + skipTags.length > 0) {
      const { checkTags } = await import('./tags.js');
      await checkTags(playbooks, values);
    }
    await perform({ playbooks }, values);
  });
}
