import { dirname, resolve } from 'node:path';
import { InputError } from '../base/error.js';
import { neutralise } from '../base/terminal.js';
import { loadAll } from '../engine/run.js';
import { parseExtraVars } from '../inventory/extra-vars.js';
import { loadInventory } from '../inventory/load.js';
import { selectHosts } from '../inventory/pattern.js';
import { listTags, listTasks, type Play, type Playbook } from '../playbook/index.js';
import { TemplateCompiler } from '../template/index.js';
import { type InventoryValues, inventorySources } from './flags/inventory.js';
import type { RunValues } from './flags/task.js';
import { tellProblems } from './problems.js';
import { unknownTags } from './tags.js';

type Values = InventoryValues & RunValues;

/** `--list-hosts`, `--list-tasks`, `--list-tags`, `--syntax-check`: nothing is connected to. Throws InputError. */
export async function list(playbooks: readonly string[], values: Values): Promise<void> {
  const { tags = [], skipTags = [], listHosts, listTasks: tasks, listTags: tagsToo } = values;
  const cwd = process.cwd();
  const loaded = await loadAll(
    { playbooks, cwd, roleFolders: values.rolesPath },
    new TemplateCompiler({ now: new Date() }),
  );
  const unknown = unknownTags(loaded, { '--tags': tags, '--skip-tags': skipTags });
  if (unknown.length > 0) throw new InputError(unknown);
  for (const { warnings } of loaded) if (warnings.length > 0) tellProblems(warnings, { kind: 'warning' });
  const lines: string[] = [];
  for (const playbook of loaded) {
    lines.push('', `playbook: ${playbook.file}`);
    const hosts = listHosts ? await hostsOf(playbook, values, cwd) : undefined;
    const listedTasks = tasks ? listTasks(playbook, tags, skipTags) : undefined;
    const listedTags = tagsToo ? listTags(playbook, tags, skipTags) : undefined;
    if (!hosts && !listedTasks && !listedTags) continue;
    for (const [i, play] of playbook.plays.entries()) {
      lines.push(
        '',
        `  play #${i + 1} (${play.hostsLabel}): ${play.name ?? play.hostsLabel}\tTAGS: [${play.keywords.tags.join(', ')}]`,
      );
      const found = hosts?.get(play);
      if (found)
        lines.push(
          `    pattern: [${play.hostsLabel}]`,
          `    hosts (${found.length}):`,
          ...found.map((host) => `      ${host}`),
        );
      if (listedTasks)
        lines.push(
          '    tasks:',
          ...listedTasks[i]!.tasks.map((task) => `      ${task.label}\tTAGS: [${task.tags.join(', ')}]`),
        );
      if (listedTags) lines.push(`    TASK TAGS: [${listedTags[i]!.taskTags.join(', ')}]`);
    }
  }
  process.stdout.write(`${neutralise(lines.join('\n'))}\n`);
}

/** The hosts of each play. */
async function hostsOf(playbook: Playbook, values: Values, cwd: string): Promise<ReadonlyMap<Play, readonly string[]>> {
  const extraVars = await parseExtraVars(values.extraVars ?? [], cwd);
  const playbookFolder = dirname(resolve(cwd, playbook.file));
  const inventory = await loadInventory({ sources: inventorySources(values, cwd), cwd, playbookFolder, extraVars });
  const find = (name: string) => extraVars.definitions.get(name);
  const scope = { has: (name: string) => find(name) !== undefined, get: (name: string) => find(name)?.value ?? null };
  return new Map(
    playbook.plays.map((play) => {
      const pattern = play.hosts.render(scope);
      const text = Array.isArray(pattern) ? pattern.map(String).join(',') : String(pattern);
      return [
        play,
        selectHosts(inventory, text, values.limit, {
          cwd,
          warn: (problem) => tellProblems([problem], { kind: 'warning' }),
        }),
      ];
    }),
  );
}
