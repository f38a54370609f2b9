import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MODULES, modulesPage, TEMPLATES, templatesPage } from '../../scripts/documentation.js';

const renew = 'run: npx tsx scripts/documentation.ts';

it('the page of modules says what the code says', async () => {
  expect(readFileSync(MODULES, 'utf8') === (await modulesPage()), renew).toBe(true);
});

it('the page of templates lists every helper', () => {
  const page = readFileSync(TEMPLATES, 'utf8');
  expect(page === templatesPage(page), renew).toBe(true);
  expect(page.match(/^\| `/gm)!.length).toBeGreaterThan(40);
});
