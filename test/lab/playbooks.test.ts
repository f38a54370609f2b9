import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { labDown, labUp } from '../../src/lab/lab.js';
import type { LabState, Release } from '../../src/lab/state.js';
import { Project } from '../support/project.js';
import { newerThan, on, onLab, theLab } from './support.js';

const repository = resolve(import.meta.dirname, '../..');
const playbooks = readdirSync(join(repository, 'playbooks')).filter((file) => /\.ya?ml$/.test(file));
const releases: readonly Release[] = ['bookworm', 'trixie'];
const hostsOf = (playbook: string): string[] =>
  releases.map((release) => `${playbook.replace(/\W.*/, '').toLowerCase()}-${release}`);
const FOLDERS = '/etc /srv /usr /home /root /opt /var/lib/dpkg /var/lib/apt /var/spool /var/www';

/** Promise 2: every playbook of ours, on hosts of its own on which nothing was ever done. */
onLab('on a bare host, what check says is what run does', () => {
  const project = new Project('');
  let lab: LabState;
  let inventory: string[] = [];
  const where = () => ({ name: `${theLab().name}-bare`, root: repository });

  beforeAll(async () => {
    const hosts = playbooks.flatMap((playbook) =>
      hostsOf(playbook).map((name, i) => ({ name, release: releases[i]! })),
    );
    await labDown(where());
    lab = await labUp({ ...where(), hosts });
    const all = hosts.map(({ name }) => `        ${name}:\n`).join('');
    const groups = project.write(
      'groups.yml',
      `all:\n  children:\n    web:\n      hosts:\n${all}    storage:\n      hosts:\n${all}`,
    );
    inventory = [join(repository, 'inventory/demo.yml'), lab.inventoryFile, groups];
  });
  afterAll(() => labDown(where()));

  it('there are playbooks', () => expect(playbooks.length).toBeGreaterThan(0));

  it.each(playbooks)('%s', async (playbook) => {
    const names = hostsOf(playbook);
    const file = join(repository, 'playbooks', playbook);
    const options = {
      playbooks: [file],
      inventory,
      limit: names.join(','),
      cwd: repository,
      roleFolders: [join(repository, 'roles')],
    };
    await Promise.all(names.map((name) => on(name, 'touch /run/mark; sleep 0.05', lab)));
    const check = await project.runFile(playbook, { ...options, flags: { check: true, diff: true } });
    expect(check.exitCode, check.told()).toBe(0);
    for (const name of names)
      expect(await newerThan(name, '/run/mark', FOLDERS, lab), 'check changes nothing').toEqual([]);

    const run = await project.runFile(playbook, options);
    expect(run.exitCode, run.told()).toBe(0);
    // What only a run can tell is said to be unknown: it may go either way.
    const unknown = new Set(
      check
        .of('task-result')
        .filter(({ result }) => result.status === 'unknown')
        .map(({ host, task }) => `${host}: ${task.name}`),
    );
    const certain = (changed: readonly string[]): string[] => changed.filter((each) => !unknown.has(each));
    expect(certain(check.changed())).toEqual(certain(run.changed()));
    expect(certain(run.changed()).length).toBeGreaterThan(0);

    await Promise.all(names.map((name) => on(name, 'touch /run/mark; sleep 0.05', lab)));
    const again = await project.runFile(playbook, options);
    expect(again.exitCode, again.told()).toBe(0);
    expect(again.changed(), again.told()).toEqual([]);
    for (const name of names)
      expect(await newerThan(name, '/run/mark', '/etc /srv /usr', lab), 'a second run changes nothing').toEqual([]);
  });
});
