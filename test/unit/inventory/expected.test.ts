import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inventoryGraph, inventoryListJson } from '../../../src/inventory/show.js';
import { CASES } from './cases.js';
import { loadProject } from './project.js';

const EXPECTED = JSON.parse(readFileSync(new URL('./expected.json', import.meta.url), 'utf8')) as Record<
  string,
  { list: unknown; graph: string }
>;

describe('what Ansible printed for the same files', () => {
  test('is recorded for every case', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(Object.keys(CASES).sort());
  });
  test.each(Object.keys(CASES))('%s', async (name) => {
    const inventory = await loadProject(CASES[name]!);
    expect(JSON.parse(inventoryListJson(inventory))).toEqual(EXPECTED[name]!.list);
    expect(inventoryGraph(inventory)).toEqual(EXPECTED[name]!.graph);
  });
});
