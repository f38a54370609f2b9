import { describe, expect, it } from 'vitest';
import { type Effect, predict } from '../../../src/actions/action.js';
import { freshStat } from '../../../src/actions/paths.js';
import { TaskError } from '../../../src/base/error.js';
import { Beliefs } from '../../../src/engine/beliefs.js';
import { Unanswered, Unknowable } from '../../../src/modules/module.js';
import { Refusal } from '../../../src/probes/probe.js';
import { ask } from '../../../src/probes/registry.js';

const stat = (path: string) => ask('stat', path);
const file = freshStat('file', { mode: 0o644 }, 3);
/** What reading a probe comes to. */
function read(beliefs: Beliefs, path: string): string {
  try {
    const answer = beliefs.read(stat(path));
    return answer === null ? 'nothing' : answer.type;
  } catch (error) {
    if (error instanceof Unanswered) return 'ask';
    if (error instanceof Unknowable) return 'unknown';
    if (error instanceof TaskError) return `refused: ${error.message}`;
    throw error;
  }
}

describe('what is believed', () => {
  const cases: readonly (readonly [string, readonly Effect[], { run: string; check: string }])[] = [
    ['what the host said', [], { run: 'file', check: 'file' }],
    ['a certain prediction', [predict(stat('/f/x'), null)], { run: 'nothing', check: 'nothing' }],
    ['a guess: in a run it is asked', [predict(stat('/f/x'), null, false)], { run: 'ask', check: 'nothing' }],
    ['a stale answer', [{ type: 'stale', probe: stat('/f/x') }], { run: 'ask', check: 'unknown' }],
    ['stale kinds', [{ type: 'stale-kinds', kinds: ['stat'] }], { run: 'ask', check: 'file' }],
    ['other kinds', [{ type: 'stale-kinds', kinds: ['digest', 'content'] }], { run: 'file', check: 'file' }],
    ['stale all', [{ type: 'stale-all' }], { run: 'ask', check: 'file' }],
    ['a folder of which nothing is known', [{ type: 'stale-below', path: '/f' }], { run: 'ask', check: 'unknown' }],
    ['the path itself', [{ type: 'stale-below', path: '/f/x' }], { run: 'ask', check: 'unknown' }],
    ['a folder that is gone', [{ type: 'stale-below', path: '/f', gone: true }], { run: 'ask', check: 'nothing' }],
    [
      'a folder of nearly the same name',
      [
        { type: 'stale-below', path: '/f/xy' },
        { type: 'stale-below', path: '/' + 'g' },
      ],
      { run: 'file', check: 'file' },
    ],
    [
      'gone, and there again',
      [{ type: 'stale-below', path: '/f', gone: true }, predict(stat('/f/x'), file)],
      { run: 'file', check: 'file' },
    ],
    [
      'blurred, then gone',
      [
        { type: 'stale-below', path: '/f' },
        { type: 'stale-below', path: '/f', gone: true },
      ],
      { run: 'ask', check: 'nothing' },
    ],
    [
      'gone, then blurred',
      [
        { type: 'stale-below', path: '/f', gone: true },
        { type: 'stale-below', path: '/f' },
      ],
      { run: 'ask', check: 'unknown' },
    ],
    ['everything below the root', [{ type: 'stale-below', path: '/' }], { run: 'ask', check: 'unknown' }],
  ];
  it.each(cases)('%s', (_name, effects, expected) => {
    for (const mode of ['run', 'check'] as const) {
      const beliefs = new Beliefs(mode === 'check');
      beliefs.observe(stat('/f/x'), file);
      beliefs.apply(effects);
      expect(read(beliefs, '/f/x'), mode).toBe(expected[mode]);
      expect(beliefs.has(stat('/f/x')), mode).toBe(expected[mode] !== 'ask');
    }
  });

  it('is nothing at first, and nothing again when all is forgotten', () => {
    for (const check of [true, false]) {
      const beliefs = new Beliefs(check);
      expect(read(beliefs, '/x')).toBe('ask');
      beliefs.observe(stat('/x'), null);
      beliefs.apply([{ type: 'stale-below', path: '/y', gone: true }]);
      beliefs.clear();
      expect([read(beliefs, '/x'), read(beliefs, '/y/z')]).toEqual(['ask', 'ask']);
    }
  });

  it('that the host refused the answer: said where it is read, and looked over by actions', () => {
    const beliefs = new Beliefs(false);
    beliefs.observe(stat('/x'), new Refusal('Permission denied', 'become root'));
    expect(read(beliefs, '/x')).toBe('refused: Permission denied');
    expect(beliefs.look(stat('/x'))).toBeUndefined();
    expect(beliefs.has(stat('/x'))).toBe(true);
  });

  it('may lack a field, which is then asked for in a run and unknown in check mode', () => {
    const run = new Beliefs(false);
    run.observe(stat('/x'), file);
    expect(run.field(stat('/x'), 5)).toBe(5);
    expect(() => run.field(stat('/x'), undefined)).toThrow(Unanswered);
    expect(read(run, '/x')).toBe('ask');
    const check = new Beliefs(true);
    check.observe(stat('/x'), file);
    expect(() => check.field(stat('/x'), undefined)).toThrow(Unknowable);
    expect(read(check, '/x')).toBe('file');
  });

  it('of other kinds is not touched by what happens to paths', () => {
    const beliefs = new Beliefs(true);
    const package_ = ask('package', '/f/x');
    beliefs.observe(package_, null as never);
    beliefs.apply([{ type: 'stale-below', path: '/f' }]);
    expect(beliefs.read(package_)).toBe(null);
  });
});
