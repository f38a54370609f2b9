import { describe, expect, it } from 'vitest';
import { mapping, type Value, type Values } from '../../../src/base/value.js';
import { groupsOf, setup } from '../../../src/modules/setup.js';
import { factGroups } from '../../../src/probes/facts/groups.js';
import { ask } from '../../../src/probes/registry.js';
import { answer, planOf } from './plan-of.js';

describe('subsets of facts', () => {
  const min = groupsOf(['min']);
  it.each([
    [['all'], factGroups],
    [[], factGroups],
    [['!all'], min],
    [['network'], [...min, 'network']],
    [['!all', '!min', 'network'], ['network']],
    [
      ['!all', 'virtual'],
      [...min, 'virtualization'],
    ],
    [
      ['hardware', '!mounts'],
      [...min, 'processor', 'memory', 'product', 'devices', 'boot'],
    ],
    [['!min'], factGroups.filter((group) => !min.includes(group))],
    [['!hardware', '!network', '!virtual'], min],
    [['default_ipv4', '!all', '!min'], ['network']],
    [['facter', '!min'], []],
  ])('%j', (subsets, groups) => {
    expect([...groupsOf(subsets)].sort()).toEqual([...groups].sort());
  });
  it('knows what min is, and not what nothing is', () => {
    expect(min).toContain('distribution');
    expect(min).not.toContain('mounts');
    expect(() => groupsOf(['netwrok'])).toThrow(/no subset "netwrok"/);
  });
});

describe('setup', () => {
  const facts = (values: Record<string, Value>, group: string) => answer(ask('fact', group), mapping(values));
  const known = [facts({ interfaces: ['lo'], default_ipv4: { address: '10.0.0.1' }, eth0: { mtu: 1500 } }, 'network')];
  const gather = (args: Values) =>
    planOf(setup, mapping({ gather_subset: ['!all', '!min', 'network'], ...args }), known);

  it('registers facts under both names, and changes nothing', () => {
    const change = gather({});
    expect(change.actions).toEqual([]);
    expect(Object.keys(change.result!['ansible_facts'] as Values)).toEqual([
      'ansible_interfaces',
      'ansible_default_ipv4',
      'ansible_eth0',
    ]);
    expect(change.controller).toEqual([{ type: 'host-facts', values: change.result!['facts'] }]);
  });
  it.each([
    ['ansible_eth*', ['eth0']],
    ['eth[0-9]', ['eth0']],
    ['eth[!0-9]', []],
    ['*ipv4', ['default_ipv4']],
    ['*e*f*', ['interfaces', 'default_ipv4']],
    ['ansible_eth?', ['eth0']],
    ['eth0.*', []],
    ['eth', []],
    ['th0', []],
    ['*th0', ['eth0']],
    ['a*0', ['eth0']],
    ['ansible_*', ['interfaces', 'default_ipv4', 'eth0']],
    ['', ['interfaces', 'default_ipv4', 'eth0']],
    [`${'*a'.repeat(40)}`, []],
  ])('filters by %s', (filter, names) => {
    expect(Object.keys(gather({ filter }).result!['facts'] as Values)).toEqual(names);
  });
  it('refuses another folder of local facts', () => {
    expect(() => gather({ fact_path: '/x' })).toThrow(/fact_path/);
  });
});
