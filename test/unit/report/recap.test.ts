import { describe, expect, it } from 'vitest';
import type { Recap } from '../../../src/report/event.js';
import { exitCode, newRecap, recapOf } from '../../../src/report/recap.js';
import { ended, playStart, roundTrip, task } from './events.js';

const label = task(1, 't');

describe('recapOf', () => {
  it('counts by the rules of Ansible: a changed, and an ignored, task is also an ok one', () => {
    const recaps = recapOf([
      playStart(['web1', 'web2']),
      ended('web1', label, 'ok'),
      ended('web1', label, 'changed'),
      ended('web1', label, 'skipped'),
      ended('web1', label, 'unknown'),
      ended('web1', label, 'failed', { ignored: true }),
      ended('web1', label, 'failed', { rescued: true }),
      ended('web1', label, 'failed'),
      ended('web1', label, 'unreachable', { rescued: true }),
      ended('web1', label, 'unreachable'),
      roundTrip('web1'),
      roundTrip('bastion'),
    ]);
    expect(recaps.get('web1')).toEqual({
      ok: 3,
      changed: 1,
      unreachable: 1,
      failed: 1,
      skipped: 1,
      rescued: 2,
      ignored: 1,
      unknown: 1,
      roundTrips: 1,
    });
    expect(recaps.get('web2')).toEqual(newRecap());
    expect([...recaps.keys()]).toEqual(['web1', 'web2']);
  });

  it('counts loop items once, with their task', () => {
    const item = { ...ended('web1', label, 'changed', { item: 'a' }), type: 'task-item' } as const;
    expect(recapOf([item as never, ended('web1', label, 'changed')]).get('web1')?.changed).toBe(1);
  });
});

describe('exitCode', () => {
  const of = (...counts: Partial<Recap>[]) => new Map(counts.map((c, i) => [`h${i}`, { ...newRecap(), ...c }]));
  it.each([
    ['all well', of({ ok: 3, changed: 1, skipped: 2 }), {}, 0],
    ['no host', of(), { failOnChange: true }, 0],
    ['failed', of({ ok: 1 }, { failed: 1 }), {}, 2],
    ['ignored and rescued', of({ ignored: 2, rescued: 1 }), {}, 0],
    ['changed', of({ changed: 1 }), { failOnChange: true }, 3],
    ['unknown is no change', of({ unknown: 4 }), { failOnChange: true }, 0],
    ['failed before changed', of({ changed: 1 }, { failed: 1 }, { changed: 1 }), { failOnChange: true }, 2],
    ['unreachable before failed', of({ failed: 1 }, { unreachable: 1 }), {}, 4],
    ['interrupted before all', of({ failed: 1 }, { unreachable: 1 }), { interrupted: true }, 130],
  ])('%s', (_name, recaps, options, code) => {
    expect(exitCode(recaps, options)).toBe(code);
  });
});
