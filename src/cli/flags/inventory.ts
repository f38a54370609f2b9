import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { gather } from './parse.js';

export interface InventoryValues {
  readonly inventory?: readonly string[];
  readonly extraVars?: readonly string[];
}

/** `-i` and `-e`. */
export function inventoryFlags(command: Command): Command {
  return command
    .option('-i, --inventory <SOURCE>', 'inventory file, folder or host list such as "web1," (repeat for more)', gather)
    .option('-e, --extra-vars <VARS>', 'name=value, a mapping in YAML or JSON, or @file (repeat for more)', gather);
}

/** The folder and file that hold the inventory where nobody names one. */
const USUAL = ['inventory.yml', 'inventory'];

/** The inventories to read: those of `-i`, those of HOSTWRIGHT_INVENTORY, or the usual one. */
export function inventorySources(
  { inventory }: InventoryValues,
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): readonly string[] {
  if (inventory) return inventory;
  const named = env.HOSTWRIGHT_INVENTORY;
  if (named) {
    // Several are separated by commas, as in ANSIBLE_INVENTORY; where one of them is no path it is a host list.
    const parts = named
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
    return parts.every((part) => existsSync(resolve(cwd, part))) ? parts : [named];
  }
  const usual = USUAL.find((name) => existsSync(resolve(cwd, name)));
  return usual === undefined ? [] : [usual];
}
