import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../src/actions/action.js';
import { type Action, actionEffects } from '../../../src/actions/registry.js';
import { ask, type Probe, probeKey } from '../../../src/probes/registry.js';
import { answer, type Known } from '../modules/plan-of.js';

const LOADED = {
  load: 'loaded',
  active: 'active',
  sub: 'running',
  file: 'enabled',
  mainPid: 1,
  needsReload: false,
  result: 'success',
};
const NONE = { ...LOADED, load: 'not-found', active: 'inactive', file: '' };

function unitsAfter(action: Action, known: Known): Effect[] {
  const answers = new Map(known);
  const look = (probe: Probe): never => answers.get(probeKey(probe)) as never;
  return actionEffects(action, look as never).filter(
    (effect) =>
      (effect.type === 'stale-kinds' && effect.kinds.includes('unit')) ||
      (effect.type === 'predict' && effect.probe.kind === 'unit'),
  );
}
const write = (path: string, text: string): Action => ({
  kind: 'write',
  path,
  content: Buffer.from(text),
  mode: 0o644,
});
const unit = ask('unit', 'app.service');
const path = '/etc/systemd/system/app.service';

describe('a file of systemd', () => {
  it('makes a unit where there was none', () => {
    const [stale, prediction] = unitsAfter(write(path, '[Service]\n[Install]\n'), [answer(unit, NONE)]);
    expect(stale).toEqual({ type: 'stale-kinds', kinds: ['unit'] });
    expect(prediction).toMatchObject({
      certain: false,
      answer: { load: 'loaded', active: 'inactive', file: 'disabled' },
    });
    expect(unitsAfter(write(path, '[Service]\n'), [answer(ask('stat', path), null)])[1]).toMatchObject({
      answer: { file: 'static' },
    });
  });
  it('wants a unit that is there read anew, also through a drop-in', () => {
    expect(unitsAfter(write(path, ''), [answer(unit, LOADED)])[1]).toMatchObject({
      answer: { ...LOADED, needsReload: true },
    });
    expect(unitsAfter(write(`${path}.d/x.conf`, ''), [answer(unit, LOADED)])[1]).toMatchObject({
      answer: { needsReload: true },
    });
    expect(unitsAfter(write(`${path}.d/x.conf`, ''), [])).toHaveLength(1);
  });
  it('masks by a link to /dev/null', () => {
    const link: Action = { kind: 'link', path, target: '/dev/null', hard: false };
    expect(unitsAfter(link, [answer(unit, LOADED)])[1]).toMatchObject({ answer: { load: 'masked' } });
  });
  it('says nothing of other files', () => {
    expect(unitsAfter(write('/etc/app.service', ''), [answer(unit, NONE)])).toEqual([]);
    expect(unitsAfter({ kind: 'remove', path }, [answer(unit, LOADED)])).toEqual([
      { type: 'stale-kinds', kinds: ['unit'] },
    ]);
  });
});
