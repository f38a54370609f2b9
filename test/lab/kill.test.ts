import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { Heard } from './support.js';
import { Controller, eventually, labProject, on, onLab, sleep, theLab } from './support.js';

/** Kills in all; more for a long night. */
const KILLS = Number(process.env.KILLS ?? 54);

const SMALL = 8;
const FOLDER = '/srv/kill';

/** The play: version `v` of some small files and a big one, a package that comes and goes, a service that restarts. */
const PLAY = `
- hosts: all
  tasks:
    - {name: folder, file: {path: ${FOLDER}, state: directory}}
    - {name: small, copy: {dest: "${FOLDER}/small{{ item }}", content: "{{ text }}"}, loop: [${Array.from({ length: SMALL }, (_, i) => i)}]}
    - {name: big, copy: {dest: ${FOLDER}/big, src: "big{{ v }}"}}
    - {name: unit, copy: {dest: /etc/systemd/system/kill.service, content: "[Service]\\nExecStart=/bin/sleep infinity\\n# {{ v }}\\n"}, notify: restart}
    - {name: package, apt: {name: hello, state: "{{ package }}"}}
    - {name: last, copy: {dest: ${FOLDER}/last, content: "{{ text }}"}}
  handlers:
    - {name: restart, systemd: {name: kill, state: restarted, daemon_reload: true}}
`;

const BIG = [0, 1].map((v) => Buffer.alloc(2 * 1024 * 1024, `${v} is the version of this file\n`));

/** What version `v` is: text that tells a half from a whole, and the package there or not. */
const versionOf = (v: number) => ({
  v: v % 2,
  text: `${v}\n`.repeat(400),
  package: v % 2 === 0 ? 'present' : 'absent',
});

onLab('a run killed at any moment', () => {
  const project = labProject();
  beforeAll(async () => {
    project.write('kill.yml', PLAY);
    for (const [v, bytes] of BIG.entries()) project.write(`big${v}`, bytes);
    await Promise.all(
      theLab().hosts.map(({ name }) =>
        on(name, `rm -rf ${FOLDER}; apt-get -qq update && apt-get -qq -y --download-only install hello >/dev/null`),
      ),
    );
  });

  /** Starts version `v` and kills it so many seconds after it connected, at one end or the other. */
  async function killed(name: string, v: number, seconds: number, end: 'controller' | 'session'): Promise<boolean> {
    const run = new Controller(join(project.folder, 'kill.yml'), name, versionOf(v));
    await run.heard('connected');
    await sleep(seconds);
    if (end === 'controller') await run.kill();
    else await on(name, `for p in $(pgrep -f '^sshd(-session)?: root'); do kill -KILL $p; done; :`);
    return (await run.ended) === 0;
  }

  /** Every file is wholly of one version: the one before or the new one. */
  async function wholes(name: string, v: number): Promise<void> {
    const digests = (version: number): string =>
      `printf %s "$(for i in $(seq 400); do echo ${version}; done)" | cat - /root/newline | sha256sum`;
    const seen = await on(
      name,
      `echo >/root/newline; ${digests(v)}; ${digests(v - 1)}; cd ${FOLDER} && sha256sum small* last; sha256sum big; systemctl cat kill.service >/dev/null && echo unit; tail -c 4 /etc/systemd/system/kill.service`,
    );
    const lines = seen.split('\n');
    const [next, before] = lines.map((line) => line.split(' ')[0]!);
    const files = lines.filter((line) => /small|last/.test(line));
    expect(files).toHaveLength(SMALL + 1);
    for (const line of files) expect([next, before], `${name} version ${v}: ${line}`).toContain(line.split(' ')[0]);
    const big = lines.find((line) => line.endsWith('  big'))?.split(' ')[0];
    expect(
      BIG.map((bytes) => createHash('sha256').update(bytes).digest('hex')),
      `${name} version ${v}: big`,
    ).toContain(big);
    expect(lines).toContain('unit');
    expect(lines.at(-1)).toMatch(/^# [01]$/);
  }

  /** The run that comes after: it may find the dying one still at work for a moment, never for long. */
  function converges(name: string, v: number): Promise<Heard> {
    return eventually(`${name} converges`, 30, async () => {
      const heard = await project.runFile('kill.yml', { limit: name, vars: versionOf(v) });
      if (heard.exitCode === 4 && heard.told().includes('another run is at work')) return undefined;
      expect(heard.exitCode, heard.told()).toBe(0);
      return heard;
    });
  }

  const tally = { kills: 0, finished: 0, leftovers: 0 };

  it(`leaves whole files, and the next run converges (${KILLS} times)`, async () => {
    await Promise.all(
      theLab().hosts.map(async ({ name }, at) => {
        const started = performance.now();
        await converges(name, 0);
        const whole = (performance.now() - started) / 1000;
        const times = Math.ceil(KILLS / theLab().hosts.length);
        for (let v = 1; v <= times; v++) {
          const end = (v + at) % 2 === 0 ? 'controller' : 'session';
          const finished = await killed(name, v, Math.random() * whole, end);
          tally.kills++;
          if (finished) tally.finished++;
          // What the host was doing goes on to its end: whole files are promised at every moment, so look at once.
          await wholes(name, v);
          const left = await on(name, `find ${FOLDER} /etc/systemd/system -maxdepth 1 -name '.*' -type f`);
          if (left !== '') tally.leftovers++;
          await converges(name, v);
          const now = await on(
            name,
            `dpkg --audit; cat ${FOLDER}/last | head -1; head -c 1 ${FOLDER}/big; echo; dpkg -s hello 2>/dev/null | grep -c '^Status: install ok installed'; :`,
          );
          expect(now.split('\n')).toEqual([String(v), String(v % 2), v % 2 === 0 ? '1' : '0']);
          const again = await project.runFile('kill.yml', { limit: name, vars: versionOf(v) });
          expect(again.changed(), again.told()).toEqual([]);
        }
        expect(
          await on(name, `find ${FOLDER} /etc/systemd/system -maxdepth 1 -name '.*' -type f`),
          'temporary files that stay for ever',
        ).toBe('');
      }),
    );
    process.stdout.write(`kills: ${JSON.stringify(tally)}\n`);
    expect(tally.kills).toBeGreaterThanOrEqual(Math.min(KILLS, 50));
    expect(tally.kills - tally.finished).toBeGreaterThan(tally.kills / 3);
  }, 600_000);
});
