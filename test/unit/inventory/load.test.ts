import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/error.js';
import { parseExtraVars } from '../../../src/inventory/extra-vars.js';
import { findHost, type InventoryHost, RANKS } from '../../../src/inventory/inventory.js';
import { loadInventory } from '../../../src/inventory/load.js';
import { runProgram } from '../../../src/inventory/script.js';
import { inventoryHost } from '../../../src/inventory/show.js';
import { loadProject, type Project, write } from './project.js';

function ranks(host: InventoryHost): string[] {
  return host.layers.map(({ rank, group }) => (group ? `${rank} (${group})` : rank));
}

async function problems(files: Project['files'], sources = Object.keys(files).slice(0, 1)): Promise<string> {
  return loadProject({ sources, files }).then(
    () => 'no error',
    (error) => (error instanceof InputError ? error.message : String(error.stack)),
  );
}

const FULL: Project = {
  sources: ['inv/hosts'],
  playbookFolder: 'play',
  files: {
    'inv/hosts': 'lone\n[web]\nw1 a=1\nw2\n[web:vars]\nb=2\n[all:vars]\nc=3\n',
    'inv/group_vars/all.yml': 'd: 4\n',
    'play/group_vars/all.yml': 'e: 5\n',
    'inv/group_vars/web.yml': '\nf: no\n',
    'play/group_vars/web.yml': 'g: 7\n',
    'inv/host_vars/w1.yml': 'h: 8\n',
    'play/host_vars/w1.yml': 'i: 9\n',
  },
};

describe('layers', () => {
  test('come weakest first, with the names of their ranks', async () => {
    const host = (await loadProject(FULL)).hosts.get('w1')!;
    expect(ranks(host)).toEqual([
      'inventory file or script group vars (all)',
      'inventory file or script group vars (web)',
      'inventory group_vars/all (all)',
      'playbook group_vars/all (all)',
      'inventory group_vars/* (web)',
      'playbook group_vars/* (web)',
      'inventory file or script host vars',
      'inventory host_vars/*',
      'playbook host_vars/*',
    ]);
    const order = host.layers.map(({ rank }) => RANKS.indexOf(rank));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test('know where each value stands', async () => {
    const { layers } = (await loadProject(FULL)).hosts.get('w1')!;
    const places = Object.fromEntries(
      layers.flatMap((layer) =>
        [...layer.definitions].map(([name, { place }]) => [name, `${place.file}:${place.line}:${place.col}`]),
      ),
    );
    expect(places).toMatchObject({
      a: 'inv/hosts:3:6',
      b: 'inv/hosts:6:3',
      f: 'inv/group_vars/web.yml:2:4',
      h: 'inv/host_vars/w1.yml:1:4',
    });
  });

  test('are shared by the hosts of a group', async () => {
    const { hosts } = await loadProject(FULL);
    expect(hosts.get('w1')!.layers[1]).toBe(hosts.get('w2')!.layers[1]);
    expect(hosts.get('w2')!.groups).toEqual(['web']);
    expect(hosts.get('lone')!.groups).toEqual(['ungrouped']);
  });

  test('of the implicit localhost are those of all, and the local connection', async () => {
    const inventory = await loadProject(FULL);
    const local = findHost(inventory, 'localhost')!;
    expect(local.implicit).toBe(true);
    expect(inventory.hosts.has('localhost')).toBe(false);
    expect(JSON.parse(inventoryHost(inventory, 'localhost'))).toEqual({
      ansible_connection: 'local',
      c: 3,
      d: 4,
      e: 5,
    });
  });

  test('say which texts are unsafe', async () => {
    const { hosts } = await loadProject({
      sources: ['h,'],
      files: { 'host_vars/h.yml': 'a: !unsafe x\nb: [y, !unsafe z]\nc: 1\n' },
    });
    const { definitions } = hosts.get('h')!.layers.at(-1)!;
    expect(definitions.get('a')!.isUnsafe!([])).toBe(true);
    expect([0, 1].map((index) => definitions.get('b')!.isUnsafe!([index]))).toEqual([false, true]);
  });
});

describe('warnings', () => {
  test('name files that no host or group asks for, and the nearest name', async () => {
    const { warnings } = await loadProject({
      sources: ['i/hosts'],
      files: { 'i/hosts': '[web]\nw1\n', 'i/group_vars/wep.yml': 'a: 1\n', 'i/host_vars/w1.yml': 'a: 1\n' },
    });
    expect(warnings).toEqual([
      {
        message: 'not read: the inventory has no group "wep"',
        place: { file: 'i/group_vars/wep.yml', line: 0, col: 0 },
        hint: 'did you mean "web"?',
      },
    ]);
  });
});

describe('mistakes', () => {
  test.each([
    ['open section', { 'h.ini': '[web\n' }, 'h.ini:1:1: [web is no section'],
    ['section', { 'h.ini': 'a\n[web x]\n' }, 'h.ini:2:1: [web x] is no section'],
    ['kind of section', { 'h.ini': '[web:var]\n' }, 'h.ini:1:1: [web:var] is no kind of section'],
    [
      'undefined child',
      { 'h.ini': '[a:children]\nb\n' },
      'h.ini:2:1: [a:children] names a group that is nowhere defined: b',
    ],
    [
      'undefined group of vars',
      { 'h.ini': '[a:vars]\nx=1\n' },
      'h.ini:1:1: [a:vars] is for a group that is nowhere defined',
    ],
    ['loop', { 'h.ini': '[a:children]\nb\n[b:children]\na\n' }, 'the groups stand in a loop: b > a > b'],
    ['own child', { 'h.ini': '[a:children]\na\n' }, 'h.ini:2:1: the group "a" is its own child'],
    ['all as a child', { 'h.ini': '[a:children]\nall\n' }, 'the groups stand in a loop'],
    ['variable', { 'h.ini': '[a]\nh x = 1\n' }, 'h.ini:2:3: expected name=value, not: x'],
    ['quote', { 'h.ini': 'h x="1\n' }, 'h.ini:1:1: no closing "'],
    ['range', { 'h.ini': 'a[1:b]\n' }, 'h.ini:1:1: a[1:b]: a range goes from number to number'],
    ['widths', { 'h.ini': 'a[01:100]\n' }, 'with leading zeros, begin and end are equally long'],
    ['huge range', { 'h.ini': 'a[1:99999999]\n' }, 'a range makes more than 100000 hosts'],
    ['huge ranges', { 'h.ini': 'a[1:9999][1:9999]\n' }, 'a range makes more than 100000 hosts'],
    ['step', { 'h.ini': 'a[1:9:0]\n' }, 'the step of a range is at least 1'],
    [
      'two at once',
      { 'h.ini': 'h x\nj y\n' },
      'h.ini:1:3: expected name=value, not: x (no spaces around "="; quote a value with spaces)\nh.ini:2:3: expected name=value, not: y',
    ],
    ['YAML list', { 'h.yml': '- a\n' }, 'h.yml:1:1: a YAML inventory is a mapping of groups'],
    [
      'YAML host list',
      { 'h.yml': 'all:\n  hosts:\n    - a\n' },
      'h.yml:2:3: "hosts" of the group "all" must be a mapping',
    ],
    ['YAML host', { 'h.yml': 'all:\n  hosts:\n    a: 5\n' }, 'h.yml:3:5: the host "a" must be a mapping of variables'],
    ['duplicate', { 'h.yml': 'all:\n  hosts:\n    a:\n    a:\n' }, 'h.yml:4:5: the key "a" stands here twice'],
    ['prototype', { 'h.yml': 'all:\n  vars:\n    __proto__: 1\n' }, 'h.yml:3:5: the key "__proto__" is refused'],
    ['plugin', { 'h.yml': 'plugin: aws_ec2\n' }, 'h.yml:1:1: inventory plugins are not supported (aws_ec2)'],
    [
      'script fails',
      { 'h.sh': '#!/bin/sh\necho oops >&2\nexit 3\n' },
      'h.sh: the inventory script failed: it ended with exit code 3: oops',
    ],
    ['script prints no JSON', { 'h.sh': '#!/bin/sh\necho hello\n' }, 'what it prints for --list is no JSON'],
    [
      'script prints a prototype',
      { 'h.sh': '#!/bin/sh\necho \'{"g": {"vars": {"__proto__": 1}}}\'\n' },
      'it prints the key "__proto__", which is refused',
    ],
    [
      'variables file',
      { 'h.ini': '[w]\nh\n', 'group_vars/w.yml': '- 1\n', 'host_vars/h.yml': 'a: b: c\n' },
      'group_vars/w.yml:1:1: a file of variables is a mapping',
    ],
  ] as const)('%s', async (_, files, message) => {
    expect(await problems(files)).toContain(message);
  });

  test('a source that is not there', async () => {
    expect(await problems({}, ['web1'])).toBe(
      'web1: there is no such inventory (a host that is no file is written with a comma: -i web1,)',
    );
  });
});

describe('an inventory script', () => {
  test.each([
    [
      'is ended after its time, with what it started',
      'sleep 30 & wait',
      { milliseconds: 200, bytes: 100 },
      'it did not end within 0.2 seconds',
    ],
    [
      'is ended when it prints too much',
      'yes',
      { milliseconds: 5000, bytes: 3_000_000 },
      'it prints more than 3000000 bytes',
    ],
  ])('%s', async (_, command, limits, message) => {
    const start = performance.now();
    await expect(runProgram('/bin/sh', ['-c', command], limits)).rejects.toThrow(message);
    expect(performance.now() - start).toBeLessThan(4000);
  });
});

test('a file that is not UTF-8 is refused with its line', async () => {
  const { folder, remove } = write({ files: {} });
  writeFileSync(join(folder, 'h.ini'), Buffer.from('a\nb\nx=\xff\n', 'latin1'));
  await expect(loadInventory({ sources: ['h.ini'], cwd: folder })).rejects.toThrow('h.ini:3:1: this is not UTF-8');
  remove();
});

describe('parseExtraVars', () => {
  test('numbers the arguments', async () => {
    const { rank, definitions } = await parseExtraVars(['a=1', '{"b": 2}', 'a=3']);
    expect(rank).toBe('extra vars');
    expect([...definitions].map(([name, { value, place }]) => [name, value, place.file, place.col])).toEqual([
      ['a', '3', '-e argument 3', 3],
      ['b', 2, '-e argument 2', 7],
    ]);
  });

  test.each([
    ['word', '-e argument 1:1:1: expected name=value, not: word'],
    ['/tmp/x.yml', 'a file of variables is written with @ (-e @/tmp/x.yml)'],
    ['[1]', 'extra variables are a mapping'],
    ['a="b', 'no closing "'],
    ['@nowhere.yml', 'nowhere.yml: cannot read this file: there is no such file'],
    ['{"__proto__": 1}', 'the key "__proto__" is refused'],
  ])('refuses %s', async (argument, message) => {
    await expect(parseExtraVars([argument])).rejects.toThrow(message);
  });
});
