import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TaskError } from '../../../src/base/error.js';
import type { Values } from '../../../src/base/value.js';
import { blockinfile } from '../../../src/modules/blockinfile.js';
import { lineinfile } from '../../../src/modules/lineinfile.js';
import type { Module } from '../../../src/modules/module.js';
import { replace } from '../../../src/modules/replace.js';
import { ask } from '../../../src/probes/registry.js';
import { answer, planOf } from './plan-of.js';
import { directoryStat, fileStat } from './stats.js';

/** What Ansible 2.14 made of a file, recorded from its own modules. */
interface Case {
  readonly module: string;
  readonly args: Values;
  readonly before: string | null;
  readonly failed?: boolean;
  readonly changed?: boolean;
  readonly after?: string;
  readonly msg?: string;
  readonly found?: number;
}

const cases = JSON.parse(readFileSync(new URL('edit-cases.json', import.meta.url), 'utf8')) as Case[];
// biome-ignore lint/suspicious/noExplicitAny: each module has its own options
const modules: Record<string, Module<any>> = { lineinfile, blockinfile, replace };

/** What the plan makes of the file: its text, or undefined where it fails. */
function outcome({
  module,
  args,
  before,
}: Case): { after: string | null; changed: boolean; msg: unknown; found: unknown } | undefined {
  const known = [
    answer(ask('stat', '/d/f'), before === null ? null : fileStat({ size: Buffer.byteLength(before) })),
    answer(ask('content', '/d/f'), before === null ? null : Buffer.from(before)),
    answer(ask('stat', '/d'), directoryStat()),
  ];
  try {
    const change = planOf(modules[module]!, { ...args, path: '/d/f' }, known, { diff: false });
    const write = change.actions.find((action) => action.kind === 'write');
    const after = write?.kind === 'write' ? (write.content as Buffer).toString() : before;
    return { after, changed: change.actions.length > 0, msg: change.result?.msg, found: change.result?.found };
  } catch (error) {
    if (error instanceof TaskError) return undefined;
    throw error;
  }
}

/** Where we differ on purpose, and why. */
function onPurpose({ module, args, before, after, failed, msg }: Case): string | undefined {
  if (module !== 'blockinfile') return undefined;
  if (failed && before === null && args.state === 'absent') return 'where there is no file there is no block either';
  if (msg === 'Block removed' && after === `${before}\n`)
    return 'a file without the block is left alone, also where its last line has no newline';
  if (before?.endsWith('# END m')) return 'a marker counts also where it is the last line and has no newline';
  return undefined;
}

describe.each(Object.keys(modules))('%s does to a file what Ansible does', (name) => {
  const own = cases.filter(({ module }) => module === name);
  it(`in ${own.length} cases`, () => {
    expect(own.filter((each) => onPurpose(each) === undefined).length).toBeGreaterThan(250);
    for (const each of own) {
      if (onPurpose(each) !== undefined) continue;
      const made = outcome(each);
      const shown = JSON.stringify(each);
      if (each.failed) expect(made, shown).toBeUndefined();
      else {
        expect(made, shown).toBeDefined();
        expect({ after: made!.after ?? undefined, changed: made!.changed }, shown).toEqual({
          after: each.after,
          changed: each.changed,
        });
        if (each.found !== undefined) expect(made!.found, shown).toBe(each.found);
        if (!each.msg?.startsWith('Pattern for before/after')) expect(made!.msg, shown).toBe(each.msg);
      }
    }
  });
});
