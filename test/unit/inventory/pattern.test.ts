import { describe, expect, test } from 'vitest';
import { globTest } from '../../../src/inventory/glob.js';
import type { Inventory } from '../../../src/inventory/inventory.js';
import { selectHosts } from '../../../src/inventory/pattern.js';
import { loadProject, write } from './project.js';

const HOSTS = '[web]\nweb1\nweb2\nweb3\n[db]\ndb1\nweb3\n[prod:children]\ndb\n[other]\nx.example.org\n';
const load = (): Promise<Inventory> => loadProject({ sources: ['hosts.ini'], files: { 'hosts.ini': HOSTS } });

describe('selectHosts', () => {
  test.each([
    ['all', 'web1 web2 web3 x.example.org db1'],
    ['*', 'web1 web2 web3 x.example.org db1'],
    ['web', 'web1 web2 web3'],
    ['web:db', 'web1 web2 web3 db1'],
    ['db,web1', 'db1 web3 web1'],
    ['web:&db', 'web3'],
    ['!web3:web', 'web1 web2'],
    ['!web', 'x.example.org db1'],
    ['web*', 'web1 web2 web3'],
    ['web[0]', 'web1'],
    ['web[-1]', 'web3'],
    ['web[0:1]', 'web1 web2'],
    ['web[1:]', 'web2 web3'],
    ['web[0:0]', 'web1'],
    ['~web[12]', 'web1 web2'],
    ['~(x|db)', 'db1 web3 x.example.org'],
    ['web?', 'web1 web2 web3'],
    ['*.example.org', 'x.example.org'],
    ['prod', 'db1 web3'],
    ['localhost', 'localhost'],
    ['web:&prod:!web3', ''],
  ])('%s', async (pattern, names) => {
    expect(selectHosts(await load(), pattern).join(' ')).toBe(names);
  });

  test('a limit keeps the order of the pattern', async () => {
    expect(selectHosts(await load(), 'web', 'web3,web1')).toEqual(['web1', 'web3']);
  });

  test('reads patterns from a file', async () => {
    const { folder, remove } = write({ files: { retry: 'web2\n\n web1 \n' } });
    expect(selectHosts(await load(), 'all', '@retry', { cwd: folder })).toEqual(['web1', 'web2']);
    remove();
    const inventory = await load();
    expect(() => selectHosts(inventory, 'all', '@retry', { cwd: folder })).toThrow(
      'retry: cannot read this file: there is no such file',
    );
  });

  test('names that match nothing are errors, or warnings for who asks', async () => {
    const inventory = await load();
    expect(() => selectHosts(inventory, 'wep:dbb')).toThrow(
      'the pattern "wep" matches no host or group (did you mean "web"?)\nthe pattern "dbb" matches no host or group (did you mean "db"?)',
    );
    const told: string[] = [];
    expect(selectHosts(inventory, 'wep', undefined, { warn: ({ message }) => told.push(message) })).toEqual([]);
    expect(told).toEqual(['the pattern "wep" matches no host or group']);
    expect(() => selectHosts(inventory, 'web', 'web9', { warn: () => {} })).toThrow(
      'the limit "web9" matches no host or group (did you mean "web"?)',
    );
    expect(() => selectHosts(inventory, 'web', 'web1:!web')).toThrow('the limit "web1:!web" leaves no host');
    expect(() => selectHosts(inventory, 'web[7]')).toThrow('"web[7]" is beyond the last host: there are 3');
    expect(() => selectHosts(inventory, '~web(')).toThrow('is no regular expression');
  });

  test('the implicit localhost yields to a host of the inventory that is this machine', async () => {
    const inventory = await loadProject({ sources: ['127.0.0.1,'], files: {} });
    expect(selectHosts(inventory, 'localhost')).toEqual(['127.0.0.1']);
  });
});

test.each([
  ['a*b*c', 'aXbYc', true],
  ['a*b*c', 'aXbY', false],
  ['[!a]b', 'ab', false],
  ['[!a]b', 'cb', true],
  ['[]x]', ']', true],
  ['[a-c]?', 'b1', true],
  ['[a', '[a', true],
  ['**', '', true],
])('glob %s on %s', (pattern, name, matches) => {
  expect(globTest(pattern)(name)).toBe(matches);
});

test('a hostile glob takes no longer than a plain one', () => {
  const start = performance.now();
  expect(globTest(`${'a*'.repeat(30)}b`)('a'.repeat(2000))).toBe(false);
  expect(performance.now() - start).toBeLessThan(500);
});
