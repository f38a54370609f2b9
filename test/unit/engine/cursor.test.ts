import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cursor } from '../../../src/engine/cursor.js';
import type { Node } from '../../../src/playbook/tree.js';
import { block, include, meta, NO_LEXICAL, role, task } from './nodes.js';

/** Labels of the leaves that are walked; those in `failing` fail, until the walk ends. */
function walk(nodes: readonly Node[], failing: readonly string[] = [], start = Cursor.at(nodes)): string[] {
  const walked: string[] = [];
  let cursor = start;
  for (let i = 0; i < 1000; i++) {
    const { leaf } = cursor;
    if (leaf) {
      walked.push(leaf.label);
      cursor = failing.includes(leaf.label) ? cursor.fail().cursor : cursor.next();
    } else if (cursor.failing) cursor = cursor.fail().cursor;
    else return walked;
  }
  throw new Error('it never ends');
}

const [a, b, c, d, e, f] = ['a', 'b', 'c', 'd', 'e', 'f'].map((label) => task(label)) as [
  Node,
  Node,
  Node,
  Node,
  Node,
  Node,
];

describe('the way through a play', () => {
  const cases: readonly (readonly [string, readonly Node[], readonly string[], string])[] = [
    ['nothing', [], [], ''],
    ['empty blocks', [block([]), block([block([])], [a]), b], [], 'b'],
    ['tasks in order', [a, block([b, c]), d], [], 'a b c d'],
    ['a rescue is passed over, an always is not', [block([a], [b], [c]), d], [], 'a c d'],
    ['a failure ends it', [a, b], ['a'], 'a'],
    ['a failure is rescued', [block([a, b], [c], [d]), e], ['a'], 'a c d e'],
    ['a failing rescue ends it, after its always', [block([a], [b, c], [d]), e], ['a', 'b'], 'a b d'],
    ['an always on the way out', [block([a], [], [b, c]), d], ['a'], 'a b c'],
    ['a failing always ends it', [block([a], [b], [c, d]), e], ['c'], 'a c'],
    [
      'a failing always in a block with rescue goes outwards',
      [block([block([a], [b], [c])], [d], [e]), f],
      ['c'],
      'a c d e f',
    ],
    ['an inner always, then the outer rescue', [block([block([a], [], [b]), c], [d]), e], ['a'], 'a b d e'],
    ["a failure in a failure's always", [block([block([a], [], [b, c])], [d]), e], ['a', 'b'], 'a b d e'],
    ['a failing rescue, the outer rescue', [block([block([a], [b], [c])], [d]), e], ['a', 'b'], 'a b c d e'],
    ['a block at the end of a rescue', [block([a], [block([b], [c])], [d]), e], ['a', 'b'], 'a b c d e'],
    ['an empty rescue is none', [block([a], [], []), b], ['a'], 'a'],
    ['a block in an always, on the way out', [block([a], [], [block([b], [c]), d]), e], ['a', 'b'], 'a b c d'],
  ];
  it.each(cases)('%s', (_name, nodes, failing, expected) => {
    expect(walk(nodes, failing).join(' ')).toBe(expected);
  });

  it('tells whether a failure here would be rescued', () => {
    const cursor = Cursor.at([block([block([a], [], [b])], [c], [d]), e]);
    expect(cursor.guarded).toBe(true);
    const rescued = cursor.fail();
    expect(rescued).toMatchObject({ rescued: false });
    expect(rescued.cursor.leaf).toBe(b);
    expect(rescued.cursor.guarded).toBe(true);
    const outer = rescued.cursor.next();
    expect([outer.leaf, outer.failing]).toEqual([undefined, true]);
    expect(outer.fail()).toMatchObject({ rescued: true });
    expect(outer.fail().cursor.leaf).toBe(c);
    expect(outer.fail().cursor.guarded).toBe(false);
  });

  it("goes through what an include brings, and a failure there is its block's", () => {
    const bring = include();
    const nodes = [block([bring, b], [c]), d];
    const inside = Cursor.at(nodes).enter([e, f]);
    expect(walk(nodes, [], inside)).toEqual(['e', 'f', 'b', 'd']);
    expect(walk(nodes, ['f'], inside)).toEqual(['e', 'f', 'c', 'd']);
    expect(walk(nodes, [], Cursor.at(nodes).enter([]))).toEqual(['b', 'd']);
    expect(walk(nodes, [], Cursor.at([bring]).enter([block([])]))).toEqual([]);
  });

  it('does handlers, then what it stood at', () => {
    const flush = meta('flush_handlers');
    const start = Cursor.at([block([flush, b], [c]), d]);
    const handlers = start.enterHandlers([e as never, f as never]);
    expect([start.inHandlers, handlers.inHandlers, handlers.next().next().inHandlers]).toEqual([false, true, false]);
    expect(handlers.next().next().leaf).toBe(flush);
    expect(walk([], ['f'], handlers)).toEqual(['e', 'f', 'c', 'd']);
  });

  it('leaves a role: everything of it that comes next, in blocks too', () => {
    const web = role('web');
    const mine = (label: string): Node => task(label, { lexical: { ...NO_LEXICAL, role: web } });
    const nodes = [mine('1'), block([mine('2')], [mine('3')], [mine('4')]), a, mine('5')];
    expect(walk(nodes, [], Cursor.at(nodes).leaveRole(web))).toEqual(['a', '5']);
    expect(walk(nodes, [], Cursor.at(nodes).leaveRole(undefined))[0]).toBe('2');
  });
});

describe('any tree', () => {
  /** Labels tell the leaves apart. */
  const tree = fc.letrec<{ node: Node; nodes: Node[] }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.nat(1_000_000).map((n) => task(`t${n}`)),
      fc.tuple(tie('nodes'), tie('nodes'), tie('nodes')).map(([body, rescue, always]) => block(body, rescue, always)),
    ),
    nodes: fc.array(tie('node'), { maxLength: 4 }),
  })).nodes;

  const positions = (nodes: readonly Node[]): Cursor[] => {
    const all: Cursor[] = [];
    for (let cursor = Cursor.at(nodes); cursor.leaf; cursor = cursor.next()) all.push(cursor);
    return all;
  };

  it('ahead() is what is walked when nothing fails, from everywhere', () => {
    fc.assert(
      fc.property(tree, (nodes) => {
        for (const cursor of positions(nodes)) {
          expect([...cursor.ahead()].map(({ label }) => label)).toEqual(walk(nodes, [], cursor));
        }
      }),
    );
  });

  it('ahead() is right also inside rescues, on the way out, in includes and handlers', () => {
    fc.assert(
      fc.property(tree, tree, fc.nat(), fc.nat(2), (nodes, more, at, how) => {
        const all = positions(nodes);
        const from = all[at % Math.max(1, all.length)];
        if (!from) return;
        const failed = from.fail();
        const cursor = how === 0 ? failed.cursor : how === 1 ? from.enter(more) : from.enterHandlers(more as never);
        const ahead = [...cursor.ahead()].map(({ label }) => label);
        const walked: string[] = [];
        for (let each = cursor; each.leaf; each = each.next()) walked.push(each.leaf.label);
        // On the way out of a failure the play does not go on behind the always; nothing more may be promised of it.
        if (how > 0 || failed.rescued) expect(ahead).toEqual(walked);
        else expect(ahead.slice(0, walked.length)).toEqual(walked);
      }),
    );
  });

  it('always ends, whatever fails', () => {
    fc.assert(
      fc.property(tree, fc.func(fc.boolean()), (nodes, fails) => {
        let cursor = Cursor.at(nodes);
        for (let steps = 0; ; steps++) {
          expect(steps).toBeLessThan(10_000);
          if (cursor.leaf) cursor = fails(cursor.leaf.label, steps) ? cursor.fail().cursor : cursor.next();
          else if (cursor.failing) cursor = cursor.fail().cursor;
          else break;
        }
      }),
    );
  });
});
