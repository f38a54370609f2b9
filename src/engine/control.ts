import { renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolders } from '../base/folders.js';
import type { ControllerEffect } from '../modules/module.js';
import type { TaskLabel } from '../report/event.js';
import type { Company } from './company.js';
import type { HostMemory } from './variables.js';

interface Surroundings {
  readonly host: string;
  readonly memory: HostMemory;
  readonly company: Company;
  readonly task: TaskLabel;
}

/** What a finished task does on the controller. Effects that take time are in waiting.ts. */
export function carryOut(effects: readonly ControllerEffect[], { host, memory, company, task }: Surroundings): void {
  for (const effect of effects) {
    switch (effect.type) {
      case 'set-facts':
        memory.setFacts(effect.values);
        break;
      case 'message':
        company.emit({ type: 'message', host, task, text: effect.text });
        break;
      case 'add-host':
        company.addHost(effect.name, effect.groups, effect.values);
        break;
      case 'group-by':
        company.groupBy(host, effect.key, effect.parents);
        break;
      case 'save':
        if (!company.flags.check) save(effect.path, effect.content);
        break;
    }
  }
}

/** Whole or not at all, for the owner's eyes only: it may hold anything of the host. */
function save(path: string, content: Buffer): void {
  makeFolders(dirname(path));
  const temporary = `${path}.${process.pid}.hostwright`;
  writeFileSync(temporary, content, { mode: 0o600 });
  renameSync(temporary, path);
}
