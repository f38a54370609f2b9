import { dirname, isAbsolute, join, resolve } from 'node:path';
import { InputError, type Problem } from '../base/error.js';
import { readVariables } from '../inventory/files.js';
import type { Definition, VariableLayer } from '../inventory/inventory.js';
import type { Play } from '../playbook/tree.js';
import type { RunOptions } from './options.js';

/** The values of a play's vars_prompt and vars_files, weakest first. Throws InputError. */
export async function playValues(play: Play, options: RunOptions): Promise<readonly VariableLayer[]> {
  const asked = await prompts(play, options);
  const problems: Problem[] = [];
  const layers: VariableLayer[] = asked.definitions.size > 0 ? [asked] : [];
  for (const file of play.varsFiles) {
    const rendered = file.render(fromExtra(options, asked));
    // A list gives alternatives: the first that exists is taken.
    const names = (Array.isArray(rendered) ? rendered : [rendered]).map(String);
    try {
      const folder = dirname(resolve(options.cwd, play.place.file));
      layers.push({ rank: 'play vars_files', definitions: await firstOf(names, folder) });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems.map((problem) => ({ place: file.place, ...problem })));
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return layers;
}

async function firstOf(names: readonly string[], folder: string): Promise<ReadonlyMap<string, Definition>> {
  let last: unknown;
  for (const name of names) {
    const path = isAbsolute(name) ? name : join(folder, name);
    try {
      return await readVariables(path, name);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function prompts(play: Play, { extraVars, ask }: RunOptions): Promise<VariableLayer> {
  const definitions = new Map<string, Definition>();
  for (const { name, prompt, default: otherwise, private: hidden, confirm } of play.varsPrompt) {
    if (extraVars?.definitions.has(name)) continue;
    if (!ask) {
      if (otherwise === undefined) {
        throw new InputError({
          message: `vars_prompt asks for "${name}", and there is no terminal`,
          place: play.place,
          hint: `give it with -e ${name}=...`,
        });
      }
      definitions.set(name, { value: otherwise, place: play.place });
      continue;
    }
    for (;;) {
      const value = await ask(`${prompt}: `, { echo: !hidden });
      if (confirm && value !== (await ask(`confirm ${prompt}: `, { echo: !hidden }))) continue;
      definitions.set(name, { value: value === '' && otherwise !== undefined ? otherwise : value, place: play.place });
      break;
    }
  }
  return { rank: 'play vars_prompt', definitions };
}

function fromExtra({ extraVars }: RunOptions, asked: VariableLayer) {
  const find = (name: string) => extraVars?.definitions.get(name) ?? asked.definitions.get(name);
  return { has: (name: string) => find(name) !== undefined, get: (name: string) => find(name)?.value ?? null };
}
