import { isAbsolute, join } from 'node:path';
import { isMapping, type Value } from '../base/value.js';
import type { Compiled } from '../template/template.js';
import type { Checker } from './checker.js';
import type { Context } from './context.js';
import { checkKeywords } from './keywords.js';
import { isFile } from './loader.js';
import { flag, isTemplate, list, number, oneOf, strictList, text, wrongType } from './read.js';
import type { Spot } from './spot.js';
import type { Play, Serial, VarsPrompt } from './tree.js';
import { variableName, variables } from './variables.js';

const STRATEGIES = ['linear', 'free', 'host_pinned'] as const;
const PERCENT = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/;
const OF_PROMPTS = ['name', 'prompt', 'private', 'default', 'confirm', 'unsafe', 'encrypt', 'salt', 'salt_size'];

/** The pattern at `hosts`; several are joined by commas. */
export function hostsOf(checker: Checker, spot: Spot): Pick<Play, 'hosts' | 'hostsLabel'> {
  const hosts = spot.at('hosts');
  if (!spot.has('hosts') || hosts.value === null) {
    const hint = 'write the hosts, groups or patterns that it is for: hosts: all';
    checker.problem(
      spot.has('hosts') || (isMapping(spot.value) && 'hosts' in spot.value) ? hosts.keyPlace : spot.place,
      'this play has no hosts',
      hint,
    );
    return { hosts: checker.compile(hosts, ''), hostsLabel: '' };
  }
  const all = list(hosts).map((item) => text(checker, item, 'hosts', false) ?? '');
  if (all.length === 0) checker.problem(hosts.place, 'hosts is empty');
  const hostsLabel = all.join(',');
  return { hosts: checker.compile(hosts, hostsLabel), hostsLabel };
}

export function strategy(checker: Checker, spot: Spot): Play['strategy'] {
  if (!spot.has('strategy')) return 'free';
  const said = spot.at('strategy');
  const { value } = said;
  const short = typeof value === 'string' ? said.holding(value.replace(/^ansible\.builtin\./, '')) : said;
  return oneOf(checker, short, 'strategy', STRATEGIES) ?? 'free';
}

/** Numbers of hosts, or percentages of them, for the batches in turn. */
export function serial(checker: Checker, spot: Spot): Serial {
  const found: (number | `${number}%`)[] = [];
  for (const item of spot.has('serial') ? list(spot.at('serial')) : []) {
    const percent = typeof item.value === 'string' ? PERCENT.exec(item.value)?.[1] : undefined;
    if (percent === undefined) {
      const count = number(checker, item, 'serial', 0, true);
      if (count !== undefined && count > 0) found.push(count);
    } else if (Number(percent) > 0 && Number(percent) <= 100) found.push(`${Number(percent)}%`);
    else checker.problem(item.place, 'serial takes a percentage above 0, up to 100');
  }
  return found;
}

export function maxFailPercentage(checker: Checker, spot: Spot): Pick<Play, 'maxFailPercentage'> {
  if (!spot.has('max_fail_percentage')) return {};
  const said = spot.at('max_fail_percentage');
  const percent = typeof said.value === 'string' ? PERCENT.exec(said.value)?.[1] : undefined;
  const value = number(
    checker,
    percent === undefined ? said : said.holding(Number(percent)),
    'max_fail_percentage',
    0,
    false,
  );
  if (value === undefined) return {};
  if (value <= 100) return { maxFailPercentage: value };
  checker.problem(said.place, 'max_fail_percentage is at most 100');
  return {};
}

export function varsPrompt(checker: Checker, spot: Spot): VarsPrompt[] {
  const found: VarsPrompt[] = [];
  for (const item of spot.has('vars_prompt') ? strictList(checker, spot.at('vars_prompt'), 'vars_prompt') : []) {
    if (!isMapping(item.value)) {
      wrongType(checker, item, 'vars_prompt', 'mappings with "name" and "prompt"');
      continue;
    }
    checkKeywords(checker, item, new Set(OF_PROMPTS), 'in vars_prompt');
    for (const name of ['encrypt', 'salt', 'salt_size']) {
      if (item.has(name))
        checker.problem(
          item.placeOf([name], 'key'),
          `"${name}" is not available`,
          'use the helper hash where the value is used',
        );
    }
    const name = item.has('name') ? variableName(checker, item.at('name'), 'name') : undefined;
    if (!item.has('name')) checker.problem(item.place, 'a prompt needs the name of a variable');
    if (name === undefined) continue;
    found.push({
      name,
      prompt: item.has('prompt') ? (text(checker, item.at('prompt'), 'prompt') ?? name) : name,
      private: item.has('private') ? (flag(checker, item.at('private'), 'private') ?? true) : true,
      confirm: item.has('confirm') ? (flag(checker, item.at('confirm'), 'confirm') ?? false) : false,
      ...(item.has('default') && { default: item.at('default').value as Value }),
    });
  }
  return found;
}

/**
 * The files at `vars_files`; a list in the list is looked through for the first that exists. Those whose name is
 * constant must exist, and are checked.
 */
export async function varsFiles(context: Context, spot: Spot): Promise<Compiled[]> {
  const { checker } = context;
  const found: Compiled[] = [];
  for (const item of spot.has('vars_files') ? list(spot.at('vars_files')) : []) {
    const each = list(item).map((one) => ({ spot: one, name: text(checker, one, 'vars_files', false) }));
    found.push(checker.compile(item));
    if (each.some(({ name }) => name === undefined || isTemplate(name))) continue;
    const paths = each.map(({ name }) => findVariables(context, name!));
    const path = paths.find((one) => one !== undefined);
    if (path === undefined)
      checker.problem(
        item.place,
        `there is no file "${each.map(({ name }) => name).join('", "')}"`,
        `looked beside the playbook and in vars/`,
      );
    else await checkVariables(context, path);
  }
  return found;
}

function findVariables({ play }: Context, name: string): string | undefined {
  const paths = isAbsolute(name) ? [name] : [join(play.folder, name), join(play.folder, 'vars', name)];
  return paths.find(isFile);
}

async function checkVariables({ loader, checker }: Context, path: string): Promise<void> {
  const top = await loader.read(checker, path);
  if (top) variables(checker, top, 'a file of variables');
}
