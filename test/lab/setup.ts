import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { labDown, labUp } from '../../src/lab/lab.js';
import { obstacle } from '../../src/lab/needs.js';
import type { LabState } from '../../src/lab/state.js';

/** The lab that the tests share, or why there is none. */
export interface LabUnderTest {
  readonly state?: LabState;
  /** The folder of the compiled sources, for runs in processes of their own. */
  readonly build?: string;
  readonly skipped?: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    lab: LabUnderTest;
  }
}

const NAME = process.env.LAB_NAME ?? 'tests';
const root = process.cwd();

/**
 * Brings the lab up for all tests and takes it down afterwards. What became of it is written to
 * `.hostwright/lab-tests.json`: `{"ran": true}` or `{"ran": false, "reason": "..."}`. With LAB_REQUIRED=1
 * in the environment a lab that is impossible is an error instead.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const reason = process.env.LAB_SKIP || obstacle(root);
  const report = (outcome: { ran: boolean; reason?: string }): void => {
    mkdirSync(join(root, '.hostwright'), { recursive: true });
    writeFileSync(join(root, '.hostwright', 'lab-tests.json'), `${JSON.stringify(outcome)}\n`);
  };
  if (reason) {
    report({ ran: false, reason });
    if (process.env.LAB_REQUIRED === '1') throw new Error(`the lab tests cannot run: ${reason}`);
    process.stderr.write(`lab tests are skipped: ${reason}\n`);
    project.provide('lab', { skipped: reason });
    return async () => {};
  }
  const build = join(root, '.hostwright', `build-${NAME}`);
  execFileSync(
    join(root, 'node_modules/.bin/tsc'),
    [
      '-p',
      root,
      '--outDir',
      build,
      '--noCheck',
      '--declaration',
      'false',
      '--incremental',
      '--tsBuildInfoFile',
      `${build}/.tsbuildinfo`,
    ],
    { stdio: 'inherit' },
  );
  // While tests are being written, the hosts of the last run save the time of new ones.
  const keep = process.env.LAB_KEEP === '1';
  if (!keep) await labDown({ name: NAME, root });
  try {
    const state = await labUp({
      name: NAME,
      root,
      hosts: [
        { name: 'one', release: 'bookworm' },
        { name: 'two', release: 'trixie' },
        { name: 'three', release: 'bookworm' },
      ],
    });
    project.provide('lab', { state, build });
  } catch (error) {
    await labDown({ name: NAME, root });
    throw error;
  }
  report({ ran: true });
  return async () => {
    if (!keep) await labDown({ name: NAME, root });
  };
}
