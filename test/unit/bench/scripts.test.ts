import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AS_WANTED, coalescedScript, lookUpScript, makeScript, resetScript } from '../../bench/scripts.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostwright-bench-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scripts = { lookUpScript, coalescedScript, makeScript, resetScript };

test.each(Object.entries(scripts))('%s is a script that sh can read', (_, script) => {
  const parsed = spawnSync('sh', ['-n'], { input: script('web1'), encoding: 'utf8' });
  expect(parsed).toMatchObject({ status: 0, stderr: '' });
});

// Neither slower than natural nor coalesced: one look-up after the other, each by its own program.
test('the reference looks 135 things up', () => {
  const calls = lookUpScript('web1')
    .split('\n')
    .filter((line) => /^(directory|file|line|group|user|cron_job|service|package) /.test(line));
  const lookUps = calls.map((line) => (/^(file|user) /.test(line) ? 2 : 1)).reduce((sum, each) => sum + each, 0);
  expect(calls).toHaveLength(100);
  expect(lookUps).toBe(135);
});

// Programs of the host are replaced by functions that know nothing, so that nothing is as wanted.
test.each(Object.entries({ lookUpScript, coalescedScript }))('%s says what is not as wanted', (_, script) => {
  const names = ['stat', 'sha256sum', 'grep', 'getent', 'crontab', 'systemctl', 'cat'];
  const deaf = names.map((name) => `${name}() { return 1; }\n`).join('');
  const nothing = `${deaf}alias dpkg-query=false\n`;
  const text = script('web1').replaceAll('dpkg-query', 'false').replaceAll('/srv/bench', join(folder, 'none'));
  const ran = spawnSync('sh', { input: nothing + text, encoding: 'utf8' });
  expect(ran.status).toBe(1);
  expect(ran.stdout).toContain('differs: ');
  expect(ran.stdout).not.toContain(AS_WANTED);
  if (script === lookUpScript) expect(ran.stdout.trimEnd().split('\n').at(-1)).toBe('135 differences');
});
