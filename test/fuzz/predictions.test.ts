import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localProject } from '../unit/engine/local-hosts.js';
import { runs } from './runs.js';
import { anyPlay, foreseeable, type RandomTask } from './tasks.js';
import { lookAt, statuses, statusOf, World } from './world.js';

const project = localProject(['a']);
World.prepare(project);

const show = (tasks: readonly RandomTask[]): string =>
  tasks.map(({ module, args, keywords }, i) => `${i} ${module} ${JSON.stringify({ ...args, ...keywords })}`).join('\n');

describe('what the engine takes for certain', () => {
  it('comes to the same as asking the host before every task', async () => {
    await fc.assert(
      fc.asyncProperty(anyPlay, async (tasks) => {
        const [one, other] = [new World(project), new World(project)];
        try {
          const together = await one.together(tasks);
          const apart = await other.apart(tasks);
          const about = `${show(tasks)}\n--- together\n${together.told()}\n--- apart\n${apart.told}`;
          expect(statuses(together), about).toEqual(apart.statuses);
          expect(lookAt(one.root), about).toEqual(lookAt(other.root));
          expect(together.of('task-result'), about).toHaveLength(tasks.length);
        } finally {
          one.remove();
          other.remove();
        }
      }),
      runs(25),
    );
  });

  it('makes a task that was just done have nothing more to do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(foreseeable, { minLength: 1, maxLength: 8 }), async (tasks) => {
        const world = new World(project);
        try {
          const heard = await world.together(tasks.flatMap((task) => [task, task]));
          const told = statuses(heard).map(statusOf);
          tasks.forEach(({ settles }, i) => {
            const [first, second] = [told[2 * i]!, told[2 * i + 1]!];
            const about = `${show(tasks)}\n${heard.told()}\ntask ${2 * i} and again`;
            if (settles && first !== 'failed') expect(second, about).toBe(first === 'skipped' ? 'skipped' : 'ok');
          });
        } finally {
          world.remove();
        }
      }),
      runs(25),
    );
  });

  it('is what check mode says, and check mode changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(foreseeable, { maxLength: 4 }),
        fc.array(foreseeable, { minLength: 1, maxLength: 7 }),
        async (before, tasks) => {
          const world = new World(project);
          try {
            await world.together(before);
            const seen = lookAt(world.root, true);
            const check = await world.together(tasks, { flags: { check: true } });
            expect(lookAt(world.root, true), show(tasks)).toEqual(seen);
            const run = await world.together(tasks);
            const about = `before:\n${show(before)}\nthen:\n${show(tasks)}\n${seen.join('\n')}\n--- check\n${check.told()}\n--- run\n${run.told()}`;
            const predicted = statuses(check);
            statuses(run).forEach((status, i) => {
              if (statusOf(predicted[i]!) !== 'unknown') expect(predicted[i], about).toBe(status);
            });
            // What lies below a new link, in a new name of a file, in a copy on the host, or in a tree that is changed as a whole, nobody can say without doing it.
            const blurred = tasks.some(
              ({ args }) =>
                args['state'] === 'link' ||
                args['state'] === 'hard' ||
                args['recurse'] === true ||
                args['remote_src'] === true,
            );
            if (!blurred)
              expect(
                predicted.filter((each) => statusOf(each) === 'unknown'),
                about,
              ).toEqual([]);
          } finally {
            world.remove();
          }
        },
      ),
      runs(30),
    );
  });

  it('leaves a settled world as it is, to the last time stamp', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          foreseeable.filter(({ settles }) => settles),
          { minLength: 1, maxLength: 6 },
        ),
        async (tasks) => {
          const world = new World(project);
          try {
            await world.together(tasks);
            const settled = await world.together(tasks);
            if (statuses(settled).some((status) => !/ok|failed/.test(status))) return; // they undo each other
            const seen = lookAt(world.root, true);
            const again = await world.together(tasks);
            expect(statuses(again), show(tasks)).toEqual(statuses(settled));
            expect(lookAt(world.root, true), show(tasks)).toEqual(seen);
          } finally {
            world.remove();
          }
        },
      ),
      runs(20),
    );
  });
});
