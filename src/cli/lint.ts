import type { Command } from 'commander';
import { InputError, type Problem } from '../base/error.js';
import { plural } from '../report/text.js';
import { type InventoryValues, inventoryFlags } from './flags/inventory.js';
import { type Subject, subjectsOf } from './lint-subjects.js';
import { tellProblems } from './problems.js';

/** `hostwright lint [PATH]`. */
export function define(command: Command): void {
  command.argument('[PATH]', 'a playbook, a role or a project; this folder where left out', '.');
  inventoryFlags(command)
    .option('--roles-path <FOLDERS>', 'more folders of roles, separated by colons', (text) =>
      text.split(':').filter(Boolean),
    )
    .option('--output <FORM>', 'json: one problem a line, for editors')
    .action(async (path: string, values: InventoryValues & { rolesPath?: string[]; output?: string }) => {
      const subjects = subjectsOf(path, values);
      if (subjects.length === 0)
        throw new InputError({
          message: `${path}: there is nothing to check`,
          hint: 'name a playbook, a role or a project',
        });
      const errors: Problem[] = [];
      const warnings: Problem[] = [];
      for (const { check } of subjects) {
        try {
          warnings.push(...(await check()));
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          errors.push(...error.problems);
        }
      }
      tell(subjects, unique(errors), unique(warnings), values.output === 'json');
    });
}

/** A role that two playbooks use is wrong once. */
function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

function tell(
  subjects: readonly Subject[],
  errors: readonly Problem[],
  warnings: readonly Problem[],
  json: boolean,
): void {
  if (warnings.length > 0) tellProblems(warnings, { json, kind: 'warning' });
  if (errors.length > 0) tellProblems(errors, { json });
  if (errors.length > 0) process.exitCode = 1;
  if (json) return;
  const counted = (['playbook', 'role', 'inventory'] as const)
    .map((kind) => [kind, subjects.filter((subject) => subject.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => (kind === 'inventory' ? 'the inventory' : plural(count, kind)));
  process.stdout.write(
    `${counted.join(', ')}: ${plural(errors.length, 'error')}, ${plural(warnings.length, 'warning')}\n`,
  );
}
