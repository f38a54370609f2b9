import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../base/error.js';
import { neutralise } from '../base/terminal.js';
import { parseExtraVars } from '../inventory/extra-vars.js';
import type { Inventory } from '../inventory/inventory.js';
import { loadInventory } from '../inventory/load.js';
import { inventoryGraph, inventoryHost, inventoryListJson } from '../inventory/show.js';
import { type InventoryValues, inventoryFlags, inventorySources } from './flags/inventory.js';
import { tellProblems } from './problems.js';

interface Values extends InventoryValues {
  readonly list?: true;
  readonly host?: string;
  readonly graph?: true | string;
  readonly playbookDir?: string;
}

/** `hostwright inventory --list | --host HOST | --graph [GROUP]`. */
export function define(command: Command): void {
  inventoryFlags(command)
    .option('--list', 'all hosts, groups and variables, as JSON')
    .option('--host <HOST>', "one host's variables, as JSON")
    .option('--graph [GROUP]', 'the groups as a tree')
    .option('--playbook-dir <FOLDER>', 'also read group_vars and host_vars there')
    .action(async (values: Values) => {
      const chosen = [values.list, values.host, values.graph].filter((value) => value !== undefined);
      if (chosen.length !== 1) throw new InputError({ message: 'give one of --list, --host HOST and --graph' });
      const inventory = await readInventory(values);
      const text = values.list
        ? inventoryListJson(inventory)
        : values.host !== undefined
          ? inventoryHost(inventory, values.host)
          : inventoryGraph(inventory, values.graph === true ? 'all' : values.graph);
      process.stdout.write(`${neutralise(text)}\n`);
    });
}

/** The inventory that the flags name, its warnings told; with variables beside the playbooks where a folder is named. */
export async function readInventory(
  values: Pick<Values, 'inventory' | 'extraVars' | 'playbookDir'>,
): Promise<Inventory> {
  const cwd = process.cwd();
  const extraVars = await parseExtraVars(values.extraVars ?? [], cwd);
  const playbookFolder = values.playbookDir;
  if (playbookFolder !== undefined && !existsSync(resolve(cwd, playbookFolder))) {
    throw new InputError({ message: `--playbook-dir: there is no folder ${playbookFolder}` });
  }
  const inventory = await loadInventory({
    sources: inventorySources(values, cwd),
    cwd,
    ...(extraVars.definitions.size > 0 ? { extraVars } : {}),
    ...(playbookFolder === undefined ? {} : { playbookFolder }),
  });
  if (inventory.warnings.length > 0) tellProblems(inventory.warnings, { kind: 'warning' });
  return inventory;
}
