import type { Command } from 'commander';
import { isMapping, type Value } from '../base/value.js';
import { readYaml } from '../base/yaml.js';
import { canonicalName, loadModules, moduleNamed } from '../modules/registry.js';
import { adHocReporter } from './ad-hoc.js';
import { type ConnectionValues, connectionFlags } from './flags/connection.js';
import { type InventoryValues, inventoryFlags } from './flags/inventory.js';
import { type OutputValues, outputFlags } from './flags/output.js';
import { checkFlags, limitFlag, type RunValues } from './flags/task.js';
import { perform } from './perform.js';

export type AdHocValues = InventoryValues & ConnectionValues & OutputValues & RunValues;

/** `hostwright exec PATTERN -m MODULE -a ARGS`. */
export function define(command: Command): void {
  adHocFlags(command)
    .option('-m, --module-name <MODULE>', 'the module', 'command')
    .option('-a, --args <ARGS>', "the module's arguments: name=value words, a mapping in JSON, or a command line", '');
  command.action(async (pattern: string, values: AdHocValues & { moduleName: string; args: string }) => {
    await performTask(pattern, values.moduleName, await argumentsOf(values.moduleName, values.args), values);
  });
}

/** What all commands that do one task have. */
export function adHocFlags(command: Command): Command {
  command.argument('<PATTERN>', 'hosts and groups, such as "web:!web3"');
  inventoryFlags(command);
  limitFlag(command);
  checkFlags(command);
  connectionFlags(command);
  return outputFlags(command);
}

/** Does one task on the hosts of a pattern. */
export async function performTask(pattern: string, module: string, args: Value, values: AdHocValues): Promise<void> {
  const play = { hosts: pattern, gather_facts: false, tasks: [{ [module]: args }] };
  // The name stands where messages name the file.
  const name = 'the command line';
  await perform(
    { playbooks: [name], texts: new Map([[name, JSON.stringify([play], undefined, 1)]]), view: adHocReporter },
    values,
  );
}

/** `-a` as a playbook has it: a mapping where it is one in JSON (or YAML, for modules that take no bare text). */
async function argumentsOf(module: string, text: string): Promise<Value> {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  if (!trimmed.startsWith('{') || trimmed.startsWith('{{')) return text;
  try {
    const parsed = JSON.parse(trimmed) as Value;
    if (isMapping(parsed)) return parsed;
  } catch {}
  const name = canonicalName(module);
  if (name === undefined) return text;
  await loadModules([name]);
  if (moduleNamed(name).freeForm !== undefined) return text;
  return (await readYaml(trimmed, '-a')).value();
}
