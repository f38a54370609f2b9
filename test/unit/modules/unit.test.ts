import { describe, expect, it } from 'vitest';
import type { RunAction } from '../../../src/actions/run.js';
import type { Values } from '../../../src/base/value.js';
import { Unknowable } from '../../../src/modules/module.js';
import { service } from '../../../src/modules/service.js';
import { systemd } from '../../../src/modules/systemd.js';
import { ask, outputOf } from '../../../src/probes/registry.js';
import type { UnitState } from '../../../src/probes/unit.js';
import { answer, planOf } from './plan-of.js';

const unit = (change: Partial<UnitState>): UnitState => ({
  load: 'loaded',
  active: 'active',
  sub: 'running',
  file: 'enabled',
  mainPid: 7,
  needsReload: false,
  result: 'success',
  ...change,
});
const up = unit({});
const down = unit({ active: 'inactive', sub: 'dead', mainPid: 0, file: 'disabled' });
const masked = unit({ load: 'masked', active: 'inactive', file: 'masked' });
const none = unit({ load: 'not-found', active: 'inactive', file: '' });

const words = (actions: readonly unknown[]): string[] =>
  actions.map((action) => {
    const { argv } = action as RunAction;
    return argv[0] === 'sh' ? [argv[4], argv[5], argv[6]].join(' ').trim() : argv.join(' ');
  });
const known = (state: UnitState) => [answer(ask('unit', 'app.service'), state)];

describe('systemd', () => {
  it.each<[string, Values, UnitState, string[]]>([
    ['started and running', { state: 'started' }, up, []],
    ['started and coming up', { state: 'started' }, unit({ active: 'activating' }), []],
    ['started and down', { state: 'started' }, down, ['start app.service']],
    ['started and failed', { state: 'started' }, unit({ active: 'failed' }), ['start app.service']],
    ['started and going down', { state: 'started' }, unit({ active: 'deactivating' }), ['start app.service']],
    ['stopped and down', { state: 'stopped' }, down, []],
    ['stopped and running', { state: 'stopped' }, up, ['stop app.service']],
    ['restarted', { state: 'restarted' }, up, ['restart app.service']],
    ['reloaded', { state: 'reloaded' }, up, ['reload app.service']],
    ['reloaded but down', { state: 'reloaded' }, down, ['start app.service']],
    ['enabled and so', { enabled: true }, up, []],
    ['enabled and not so', { enabled: true }, down, ['enable app.service']],
    ['enabled by force', { enabled: true, force: true }, down, ['enable app.service --force']],
    ['enabled and static', { enabled: true }, unit({ file: 'static' }), []],
    ['not enabled and so', { enabled: false }, down, []],
    ['not enabled and not so', { enabled: false }, up, ['disable app.service']],
    ['masked', { masked: true }, up, ['mask app.service']],
    ['masked already', { masked: true }, masked, []],
    ['masked though it is not there', { masked: true }, none, ['mask app.service']],
    ['unmasked', { masked: false }, masked, ['unmask app.service']],
    [
      'unmasked, enabled and started',
      { masked: false, enabled: true, state: 'started' },
      masked,
      ['unmask app.service', 'enable app.service', 'start app.service'],
    ],
    ['stopped though masked', { state: 'stopped' }, masked, []],
    ['enabled and started', { enabled: true, state: 'started' }, down, ['enable app.service', 'start app.service']],
    ['started without waiting', { state: 'started', no_block: true }, down, ['start app.service --no-block']],
  ])('%s', (_name, args, there, expected) => {
    const change = planOf(systemd, { name: 'app', ...args }, known(there));
    expect(words(change.actions)).toEqual(expected);
    expect(change.changed).toBe(expected.length > 0);
  });
  it('reloads unit files first, which is no change', () => {
    const change = planOf(systemd, { name: 'app', state: 'started', daemon_reload: true }, known(up));
    expect(words(change.actions)).toEqual(['systemctl daemon-reload']);
    expect(change.changed).toBe(false);
    expect(planOf(systemd, { daemon_reexec: true, daemon_reload: true }).actions).toHaveLength(2);
  });
  it('asks for a unit once, however it is named', () => {
    expect(systemd.probes({ name: 'app' } as never, {} as never)).toEqual(
      systemd.probes({ name: 'app.service' } as never, {} as never),
    );
    expect(systemd.probes({ name: 'app.timer' } as never, {} as never)).toEqual([ask('unit', 'app.timer')]);
    expect(systemd.probes({ name: 'my.app' } as never, {} as never)).toEqual([ask('unit', 'my.app.service')]);
  });
  it('tells a unit that is not there, and one that is near', () => {
    const list = outputOf({ argv: ['systemctl', 'list-unit-files', '--no-legend', '--no-pager', '--type=service'] });
    const answers = [
      ...known(none),
      answer(list, { status: 0, stdout: 'apt.service enabled enabled\napp1.service static -\n', stderr: '' }),
    ];
    expect(() => planOf(systemd, { name: 'app', state: 'started' }, answers)).toThrow(/no unit app\.service/);
    expect(() => planOf(systemd, { name: 'app', state: 'started' }, answers, { check: true })).toThrow(Unknowable);
  });
  it.each<[Values, RegExp]>([
    [{ name: 'app', state: 'started' }, /masked/],
    [{ name: 'app', enabled: true }, /masked/],
  ])('will not touch a masked unit: %j', (args, message) => {
    expect(() => planOf(systemd, args, known(masked))).toThrow(message);
  });
  it.each<[Values, RegExp]>([
    [{ name: 'app' }, /one of state/],
    [{ state: 'started' }, /need name/],
    [{ name: 'a b', state: 'started' }, /not the name of a unit/],
    [{ name: '*', state: 'started' }, /not the name of a unit/],
    [{ name: '--now', state: 'started' }, /not the name of a unit/],
    [{ name: 'app', state: 'started', scope: 'user' }, /not supported/],
  ])('refuses %j', (args, message) => {
    expect(() => planOf(systemd, args, known(up))).toThrow(message);
  });
  it('says why a unit did not start', () => {
    const stdout =
      'Result=exit-code ActiveState=failed SubState=failed ExecMainStatus=1 \napp: no such file: /etc/app.conf\n';
    const stderr =
      'Job for app.service failed because the control process exited with error code.\nSee "systemctl status app.service" for details.\n';
    const said = systemd.conclude!(
      { name: 'app' } as never,
      [{ status: 1, stdout, stderr, truncated: false, duration: 1 }],
      { actions: [] },
    );
    expect(said.message).toContain('Job for app.service failed');
    expect(said.message).toContain('no such file: /etc/app.conf');
    expect(said.hint).toContain('journalctl -u app');
  });
});

describe('service', () => {
  it.each<[Values, UnitState, string[]]>([
    [{ state: 'started', enabled: true }, up, []],
    [{ state: 'restarted' }, up, ['restart app.service']],
    [{ state: 'started', enabled: true }, down, ['enable app.service', 'start app.service']],
  ])('%j', (args, there, expected) => {
    expect(words(planOf(service, { name: 'app', ...args }, known(there)).actions)).toEqual(expected);
  });
});
