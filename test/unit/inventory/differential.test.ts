import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/error.js';
import { inventoryGraph, inventoryListJson } from '../../../src/inventory/show.js';
import { Ansible, missing } from './ansible.js';
import { CASES } from './cases.js';
import { projects } from './generator.js';
import { ansibleArguments, load, type Project, write } from './project.js';

/*
 * Compares with Ansible itself, where it is installed. HOSTWRIGHT_INVENTORY_RUNS says how many generated
 * inventories (25 where unset); HOSTWRIGHT_RECORD=1 writes what Ansible prints for the cases to expected.json.
 */
const RUNS = Number(process.env.HOSTWRIGHT_INVENTORY_RUNS ?? 25);
const reason = missing();
const ansible = reason === undefined ? new Ansible() : undefined;
afterAll(() => ansible?.close());

async function both(project: Project, withGraph: boolean) {
  const { folder, remove } = write(project);
  try {
    const args = ansibleArguments(project);
    const list = await ansible!.ask(folder, ['--list', ...args]);
    const graph = withGraph ? await ansible!.ask(folder, ['--graph', ...args]) : { out: '' };
    const ours = await load(project, folder).catch((error) => error as Error);
    return { theirs: list.code === 0 ? { list: JSON.parse(list.out), graph: graph.out.trimEnd() } : undefined, ours };
  } finally {
    remove();
  }
}

describe.skipIf(reason !== undefined)(`the same as ansible-inventory${reason ? ` (skipped: ${reason})` : ''}`, () => {
  const recorded: Record<string, unknown> = {};
  test.each(Object.keys(CASES))('%s', async (name) => {
    const { theirs, ours } = await both(CASES[name]!, true);
    recorded[name] = theirs;
    if (process.env.HOSTWRIGHT_RECORD) return;
    if (ours instanceof Error) throw ours;
    expect(JSON.parse(inventoryListJson(ours))).toEqual(theirs?.list);
    expect(inventoryGraph(ours)).toEqual(theirs?.graph);
  });

  test.runIf(process.env.HOSTWRIGHT_RECORD)('is recorded', () => {
    writeFileSync(new URL('./expected.json', import.meta.url), `${JSON.stringify(recorded, null, 1)}\n`);
  });

  test(`${RUNS} generated inventories`, { timeout: 30_000 + RUNS * 2000 }, async () => {
    await fc.assert(
      fc.asyncProperty(projects(), async (project) => {
        const { theirs, ours } = await both(project, false);
        // Ansible goes on without what it cannot read, where we refuse the inventory; sets and complex numbers it
        // reads, but cannot print.
        fc.pre(!(ours instanceof InputError) && theirs !== undefined);
        if (ours instanceof Error || !theirs) throw ours;
        expect(JSON.parse(inventoryListJson(ours))).toEqual(theirs.list);
      }),
      { numRuns: RUNS },
    );
  });
});
