import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batches, inOrder } from '../../../src/engine/batches.js';
import { Rendezvous } from '../../../src/engine/rendezvous.js';
import { Slots } from '../../../src/engine/slots.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a rendezvous', () => {
  it('releases all at once, in the order of the batch', async () => {
    const meeting = new Rendezvous(['a', 'b', 'c']);
    const met: string[] = [];
    const arrive = (host: string, point: number) =>
      meeting.arrive(host, point).then((company) => met.push(`${host}: ${company.join()}`));
    void arrive('c', 5);
    void arrive('a', 5);
    await turn();
    expect(met).toEqual([]);
    void arrive('b', 5);
    await turn();
    expect(met.sort()).toEqual(['a: a,b,c', 'b: a,b,c', 'c: a,b,c']);
  });

  it('lets those at the earliest point go on, and waits for nobody who left', async () => {
    const meeting = new Rendezvous(['a', 'b', 'c']);
    const met: string[] = [];
    const arrive = (host: string, point: number) =>
      meeting.arrive(host, point).then((company) => met.push(`${host}@${point}: ${company.join()}`));
    void arrive('a', 9);
    void arrive('b', 4);
    meeting.leave('c');
    await turn();
    expect(met).toEqual(['b@4: b']);
    void arrive('b', 9);
    await turn();
    expect(met.slice(1).sort()).toEqual(['a@9: a,b', 'b@9: a,b']);
  });

  it('never deadlocks, and whoever comes to a point meets all who come to it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 6 }), { minLength: 1, maxLength: 5 }),
        fc.scheduler(),
        async (ways, scheduler) => {
          const hosts = ways.map((_, i) => `h${i}`);
          const meeting = new Rendezvous(hosts);
          const met = new Map<number, string[][]>();
          const go = async (host: string, points: readonly number[]): Promise<void> => {
            for (const point of [...points].sort((x, y) => x - y)) {
              await scheduler.schedule(Promise.resolve(), `${host} to ${point}`);
              const company = [...(await meeting.arrive(host, point))];
              expect(company).toContain(host);
              met.set(point, [...(met.get(point) ?? []), company]);
            }
            await scheduler.schedule(Promise.resolve(), `${host} leaves`);
            meeting.leave(host);
          };
          const all = Promise.all(ways.map((points, i) => go(hosts[i]!, points)));
          await scheduler.waitFor(all);
          for (const [point, companies] of met) {
            const expected = hosts.filter((_, i) => ways[i]!.includes(point));
            for (const company of companies) expect(company, `at ${point}`).toEqual(expected);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('slots', () => {
  it('never give more places than there are, serve in order, and are given back after errors', async () => {
    const slots = new Slots(2);
    let working = 0;
    let most = 0;
    const begun: number[] = [];
    const work = (i: number) =>
      slots.within(async () => {
        begun.push(i);
        most = Math.max(most, ++working);
        await turn();
        working--;
        if (i % 3 === 0) throw new Error(`${i}`);
      });
    const ends = await Promise.allSettled([0, 1, 2, 3, 4, 5, 6].map(work));
    expect(most).toBe(2);
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(3);
    await slots.take();
    await slots.take();
    slots.give();
    await slots.take();
  });
});

describe('batches', () => {
  const hosts = (count: number): string[] => Array.from({ length: count }, (_, i) => `h${i}`);
  it.each([
    [10, [], [10]],
    [10, [3], [3, 3, 3, 1]],
    [10, ['30%'], [3, 3, 3, 1]],
    [10, [1, '20%'], [1, 2, 2, 2, 2, 1]],
    [10, [1, 5, 100], [1, 5, 4]],
    [3, ['10%'], [1, 1, 1]],
    [3, ['100%'], [3]],
    [10, [0], [10]],
    [0, [3], []],
  ] as const)('of %i hosts by %j', (count, serial, sizes) => {
    const made = batches(hosts(count), serial);
    expect(made.map((batch) => batch.length)).toEqual(sizes);
    expect(made.flat()).toEqual(hosts(count));
  });

  it('begin with the hosts in the order the play wants', () => {
    expect(inOrder(['b', 'a', 'c'], 'inventory')).toEqual(['b', 'a', 'c']);
    expect(inOrder(['b', 'a', 'c'], 'reverse_inventory')).toEqual(['c', 'a', 'b']);
    expect(inOrder(['b', 'a', 'c'], 'sorted')).toEqual(['a', 'b', 'c']);
    expect(inOrder(['b', 'a', 'c'], 'reverse_sorted')).toEqual(['c', 'b', 'a']);
    expect(inOrder(['b', 'a', 'c'], 'shuffle').sort()).toEqual(['a', 'b', 'c']);
  });
});
