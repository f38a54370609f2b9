import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { labDropPackets, labFreeze, labThaw } from '../../src/lab/control.js';
import type { Misbehaviour } from '../../src/lab/embedded/misbehaviour.js';
import { generateKey, knownHostsLine } from '../../src/lab/keys.js';
import { Controller, type Heard, host, labProject, misbehavingServer, on, onLab, sleep, theLab } from './support.js';

/** A preamble of any length travels as what is repeated. */
type Bad = Omit<Misbehaviour, 'preamble'> & {
  readonly preamble?: string | { readonly repeat: string; readonly times: number };
};

const PLAY = `
- hosts: all
  tasks:
    - {name: look, command: id -un}
    - {name: write, copy: {dest: "/tmp/hostwright-{{ inventory_hostname }}", content: "{{ inventory_hostname }}"}}
    - {name: end, command: 'true'}
`;

/** Promise 7: one slow, dead or hostile host never stalls or corrupts the others. */
onLab('a host that misbehaves', () => {
  const project = labProject();
  const servers: { close(): void }[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** An inventory of the three good hosts and a bad one among them. */
  async function among(misbehaviour: Bad): Promise<string> {
    const key = generateKey('client');
    const home = join(project.folder, 'home');
    mkdirSync(home, { recursive: true });
    const server = await misbehavingServer({ home, authorizedKeys: [key.publicKey], misbehaviour });
    servers.push(server);
    const keyFile = join(project.folder, 'client');
    writeFileSync(keyFile, key.privateKey, { mode: 0o600 });
    const known = project.write('bad-known', `${knownHostsLine('127.0.0.1', server.port, server.hostKey)}\n`);
    return project.write(
      'bad.yml',
      `all:\n  hosts:\n    bad: {ansible_host: 127.0.0.1, ansible_port: ${server.port}, ansible_user: ${userInfo().username}, ` +
        `ansible_ssh_private_key_file: ${keyFile}, ansible_ssh_known_hosts_file: ${known}}\n`,
    );
  }

  function othersAreFine(heard: Heard): void {
    for (const name of ['one', 'two', 'three']) {
      expect(
        heard.order(name).map((each) => each.split('=')[0]),
        heard.told(),
      ).toEqual(['look', 'write', 'end']);
      expect(heard.recap.get(name)).toMatchObject({ ok: 3, failed: 0, unreachable: 0 });
    }
  }

  /** Seconds after which the last of the good hosts was done. */
  function othersDone({ done }: Heard): number {
    return Math.max(...['one', 'two', 'three'].map((name) => done.get(name) ?? Number.POSITIVE_INFINITY));
  }

  it.each<[string, Bad, RegExp]>([
    ['is silent from the start', { silent: 'connect' }, /within 3 s|handshake/],
    ['greets with an endless line', { preamble: { repeat: 'garbage', times: 1_000_000 } }, /./],
    ['greets with another protocol', { preamble: 'SSH-1.5-old\r\n' }, /./],
    ['refuses every login', { refuseAuth: true }, /refused the login/],
    ['shows another key', { wrongHostKey: true }, /CHANGED/],
    ['dies in its first answer', { dieAfterBytes: 10 }, /lost/],
    ['dies in a later answer', { dieAfterBytes: 300 }, /lost/],
    ['closes without an exit status', { dieWithoutExit: true, dieAfterBytes: 200 }, /./],
    ['floods its output', { flood: 'stdout' }, /./],
    ['floods its errors', { flood: 'stderr' }, /./],
    ['never answers', { silent: 'exec' }, /no answer|silent|lost/],
  ])('that %s is unreachable, and the others are done meanwhile', async (_title, misbehaviour, message) => {
    const inventory = [theLab().inventoryFile, await among(misbehaviour)];
    project.write('play.yml', PLAY.replace('command: id -un}', 'command: id -un, timeout: 2}'));
    const started = performance.now();
    const heard = await project.runFile('play.yml', {
      inventory,
      connection: { timeout: 3 },
    });
    othersAreFine(heard);
    expect(othersDone(heard)).toBeLessThan(10);
    expect((performance.now() - started) / 1000).toBeLessThan(60);
    const bad = heard.of('task-result').filter((event) => event.host === 'bad');
    expect(bad.at(-1)!.result.status, JSON.stringify(bad)).toBe('unreachable');
    expect(bad.at(-1)!.result.message).toMatch(message);
    expect(heard.exitCode).toBe(4);
  });

  it('that is slow is only slow itself', async () => {
    const inventory = [theLab().inventoryFile, await among({ slow: { delay: 1500, bytesPerSecond: 400 } })];
    project.write('play.yml', PLAY);
    const heard = await project.runFile('play.yml', {
      inventory,
    });
    expect(heard.exitCode, heard.told()).toBe(0);
    othersAreFine(heard);
    expect(heard.done.get('bad')! - othersDone(heard)).toBeGreaterThan(0.5);
  });

  it('that floods does not fill our memory', async () => {
    const bad = await among({ flood: 'stdout' });
    const quiet = new Controller(project.write('play.yml', PLAY), 'one');
    const empty = Number((await quiet.heard('peak')).kilobytes);
    const run = new Controller(project.write('play.yml', PLAY), 'bad', {}, bad);
    const { kilobytes } = await run.heard('peak');
    expect(await run.ended).toBe(4);
    expect((Number(kilobytes) - empty) / 1024).toBeLessThan(120);
  });

  it('that is frozen, or falls off the network, in the middle of a task is unreachable within half a minute', async () => {
    const started = performance.now();
    const running = project.run(
      PLAY.replace('command: id -un', 'shell: "test {{ inventory_hostname }} = one || sleep 5"'),
    );
    await sleep(1.5);
    labFreeze(host('two'));
    await labDropPackets(host('three'));
    try {
      const heard = await running;
      expect((performance.now() - started) / 1000).toBeLessThan(30);
      for (const name of ['two', 'three']) {
        expect(heard.order(name)).toEqual(['look=unreachable']);
        expect(heard.result('look', name).message).toMatch(/lost|Keepalive|answer/);
      }
      expect(heard.order('one').map((each) => each.split('=')[0])).toEqual(['look', 'write', 'end']);
      expect(heard.exitCode).toBe(4);
    } finally {
      labThaw(host('two'));
      await labDropPackets(host('three'), false);
      for (const name of ['two', 'three']) await on(name, 'pkill -f "^sleep 5" || :');
    }
  });

  it('that comes back can be rescued: over a new connection', async () => {
    const running = project.run(`
- hosts: one
  tasks:
    - block:
        - {name: long, command: sleep 20}
      rescue:
        - {name: mend, command: echo mended}
    - {name: after, command: 'true'}
`);
    await sleep(1.5);
    await on('one', "for p in $(pgrep -f '^sshd(-session)?: root'); do kill -KILL $p; done; pkill -f '^sleep 20'; :");
    const heard = await running;
    expect(heard.order('one'), heard.told()).toEqual(['long=unreachable', 'mend=changed', 'after=changed']);
    expect(heard.exitCode).toBe(0);
  });
});
