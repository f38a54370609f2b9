import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { InputError } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import { formatPlace } from '../base/place.js';
import { type Definition, findHost, type VariableLayer } from '../inventory/inventory.js';
import { type Style, styleFor } from '../report/style.js';
import { oneLine } from '../report/text.js';
import { type InventoryValues, inventoryFlags } from './flags/inventory.js';
import { readInventory } from './inventory.js';

interface Candidate {
  readonly layer: VariableLayer;
  readonly definition: Definition;
}

/** `hostwright explain HOST [VAR]`. */
export function define(command: Command): void {
  command.argument('<HOST>', 'a host of the inventory').argument('[VAR]', 'a variable; all of them where left out');
  inventoryFlags(command)
    .option('--playbook-dir <FOLDER>', 'also read group_vars and host_vars there (playbooks/ where it exists)')
    .action(async (hostName: string, name: string | undefined, values: InventoryValues & { playbookDir?: string }) => {
      const playbookDir = values.playbookDir ?? (existsSync('playbooks') ? 'playbooks' : undefined);
      const inventory = await readInventory({ ...values, playbookDir });
      const host = findHost(inventory, hostName);
      if (!host)
        throw new InputError({
          message: `there is no host "${hostName}"`,
          hint: didYouMean(hostName, inventory.hosts.keys()),
        });
      const layers = inventory.extraVars ? [...host.layers, inventory.extraVars] : host.layers;
      const found = candidates(layers);
      if (name !== undefined && !found.has(name)) {
        const hint = didYouMean(name, found.keys()) ?? 'plays and roles may define it: this reads inventories only';
        throw new InputError({ message: `no inventory gives ${hostName} a variable "${name}"`, hint });
      }
      const style = styleFor(process.stdout);
      const names = name === undefined ? [...found.keys()].sort() : [name];
      process.stdout.write(`${names.flatMap((each) => lines(each, found.get(each)!, style)).join('\n')}\n`);
    });
}

/** Every definition by name, the weakest first: the last one wins. */
function candidates(layers: readonly VariableLayer[]): Map<string, Candidate[]> {
  const found = new Map<string, Candidate[]>();
  for (const layer of layers) {
    for (const [name, definition] of layer.definitions) {
      const same = found.get(name) ?? [];
      same.push({ layer, definition });
      found.set(name, same);
    }
  }
  return found;
}

/** A variable with its candidates, the winner first. */
function lines(name: string, all: readonly Candidate[], style: Style): string[] {
  const told = all.map(({ layer, definition }, i) => {
    const wins = i === all.length - 1;
    const value = oneLine(JSON.stringify(definition.value));
    const where = `${oneLine(formatPlace(definition.place))}  ${layer.rank}${layer.group === undefined ? '' : `, group ${layer.group}`}`;
    return `  ${wins ? style('green', 'wins ') : style('dim', 'loses')} ${value}  ${style('dim', where)}`;
  });
  return [style('bold', oneLine(name)), ...told.reverse()];
}
