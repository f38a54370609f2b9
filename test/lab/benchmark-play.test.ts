import { beforeAll, expect, it } from 'vitest';
import { benchmarkPlay } from '../bench/play.js';
import { labProject, newerThan, on, onLab, theLab } from './support.js';

const FOLDERS = '/etc /srv /usr /home /var/spool/cron /var/lib/dpkg /var/cache/apt';
const SERVICES =
  'for u in $(systemctl list-units --type=service --state=running --plain --no-legend | cut -d" " -f1); do ' +
  'case $u in user@*|systemd-hostnamed*|systemd-timedated*) continue;; esac; ' +
  'echo "$u $(systemctl show -p MainPID --value "$u")"; done';

/** The benchmark play on hosts that were never touched: one after the other, in this order. */
onLab('the benchmark play', () => {
  const project = labProject();
  const names = ['one', 'two', 'three'];
  beforeAll(() => project.write('bench.yml', benchmarkPlay()));

  it('check says what run will change and changes nothing itself; then run does exactly that', async () => {
    await Promise.all(names.map((name) => on(name, 'touch /root/mark; sleep 0.05')));
    const check = await project.runFile('bench.yml', { flags: { check: true } });
    expect(check.exitCode, check.told()).toBe(0);
    for (const name of names) expect(await newerThan(name, '/root/mark', FOLDERS)).toEqual([]);
    const run = await project.runFile('bench.yml');
    expect(run.exitCode, run.told()).toBe(0);
    expect(check.changed()).toEqual(run.changed());
    expect(run.changed()).toHaveLength(90 * names.length);
  });

  it('a second run changes nothing: no task, no file, no service', async () => {
    const before = await Promise.all(names.map((name) => on(name, SERVICES)));
    await Promise.all(names.map((name) => on(name, 'touch /root/mark; sleep 0.05')));
    const again = await project.runFile('bench.yml');
    expect(again.exitCode, again.told()).toBe(0);
    expect(again.changed()).toEqual([]);
    for (const name of names) expect(again.recap.get(name)).toMatchObject({ changed: 0, failed: 0 });
    for (const name of names) expect(await newerThan(name, '/root/mark', FOLDERS)).toEqual([]);
    expect(await Promise.all(names.map((name) => on(name, SERVICES)))).toEqual(before);
  });

  it('takes at most 6 round trips where nothing is to be changed', async () => {
    const again = await project.runFile('bench.yml', { limit: 'one' });
    expect(again.exitCode).toBe(0);
    expect(again.roundTrips('one')).toBeGreaterThan(0);
    expect(again.roundTrips('one')).toBeLessThanOrEqual(6);
    expect(again.recap.get('one')!.roundTrips).toBe(again.roundTrips('one'));
    expect(theLab().hosts).toHaveLength(3);
  });
});
