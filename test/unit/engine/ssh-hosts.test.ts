import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Misbehaviour } from '../../../src/lab/embedded/misbehaviour.js';
import { type EmbeddedServer, startEmbeddedServer } from '../../../src/lab/embedded/server.js';
import { generateKey, knownHostsLine } from '../../../src/lab/keys.js';
import type { Heard, Overrides } from '../../support/project.js';
import { localProject } from './local-hosts.js';

/** Hosts behind SSH servers of this process, some of which misbehave. No lock: they are all this machine. */
const project = localProject(['unused']);
const folder = mkdtempSync(join(tmpdir(), 'hostwright-hosts-'));
const key = generateKey('test');
writeFileSync(join(folder, 'key'), key.privateKey, { mode: 0o600 });
const servers: EmbeddedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => rmSync(folder, { recursive: true }));

let inventories = 0;
async function play(
  hosts: Readonly<Record<string, Misbehaviour>>,
  text: string,
  overrides: Overrides = {},
): Promise<Heard> {
  const lines: string[] = [];
  const known: string[] = [];
  for (const [name, misbehaviour] of Object.entries(hosts)) {
    const home = join(folder, name);
    mkdirSync(home, { recursive: true });
    const server = await startEmbeddedServer({
      home,
      authorizedKeys: [key.publicKey],
      misbehaviour,
      path: process.env.PATH,
    });
    servers.push(server);
    known.push(knownHostsLine('127.0.0.1', server.port, server.hostKey));
    lines.push(`    ${name}: {ansible_host: 127.0.0.1, ansible_port: ${server.port}, home: ${home}}`);
  }
  const knownHosts = join(folder, `known_hosts-${inventories}`);
  const inventory = join(folder, `inventory-${inventories++}.yml`);
  writeFileSync(knownHosts, `${known.join('\n')}\n`);
  const vars = `{ansible_user: ${userInfo().username}, ansible_ssh_private_key_file: ${folder}/key, ansible_ssh_known_hosts_file: ${knownHosts}}`;
  writeFileSync(inventory, `all:\n  vars: ${vars}\n  hosts:\n${lines.join('\n')}\n`);
  return project.run(text, { inventory: [inventory], connection: { timeout: 2 }, ...overrides });
}

const TASKS = `- hosts: all
  tasks:
    - {name: one, copy: {dest: "{{ home }}/one", content: x}}
    - {name: two, command: echo two}
    - {name: three, copy: {dest: "{{ home }}/three", content: x}}
`;

describe('hosts over SSH', () => {
  it('one connection and one shell each, whatever the number of tasks', async () => {
    const heard = await play({ h1: {}, h2: {} }, TASKS);
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(servers.map((server) => server.counts())).toEqual([
      { connections: 1, commands: 1 },
      { connections: 1, commands: 1 },
    ]);
  });

  it('one that hangs, lies about its key, refuses or floods is unreachable, and holds up nobody', async () => {
    const started = Date.now();
    const hosts = {
      good: {},
      silent: { silent: 'connect' },
      liar: { wrongHostKey: true },
      closed: { refuseAuth: true },
      mute: { silent: 'exec' },
    } as const;
    const heard = await play(
      hosts,
      `${TASKS.replace('- hosts', '- any_errors_fatal: false\n  hosts')}`.replace(
        'content: x}}',
        'content: x}, timeout: 1}',
      ),
      { limit: 'good,silent,liar,closed' },
    );
    expect(heard.order('good')).toEqual(['one=changed', 'two=changed', 'three=changed']);
    for (const name of ['silent', 'liar', 'closed'])
      expect(heard.order(name), heard.told()).toEqual(['one=unreachable']);
    expect(heard.result('one', 'liar').message).toContain('CHANGED');
    expect(heard.recap.get('good')).toMatchObject({ changed: 3, unreachable: 0 });
    expect(heard.exitCode).toBe(4);
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  it('one that dies while it answers is unreachable, never ok, and what it had done is told', async () => {
    const heard = await play(
      { good: {}, dying: { dieAfterBytes: 3000 } },
      `- hosts: all
  tasks:
    - {name: one, copy: {dest: "{{ home }}/one", content: x}}
    - {name: sure, command: 'true'}
    - {name: much, command: head -c 100000 /dev/zero}
    - {name: never, copy: {dest: "{{ home }}/never", content: x}}
`,
    );
    expect(heard.order('good').at(-1)).toBe('never=changed');
    expect(heard.order('dying'), heard.told()).toEqual(['one=changed', 'sure=changed', 'much=unreachable']);
    expect(existsSync(join(folder, 'dying/never'))).toBe(false);
    expect(heard.exitCode).toBe(4);
  });

  it('one that dies is tried once more in a rescue, over a new connection', async () => {
    const heard = await play(
      { dying: { dieAfterBytes: 3000 } },
      `- hosts: all
  tasks:
    - block: [{name: much, command: head -c 100000 /dev/zero}]
      rescue: [{name: mend, copy: {dest: "{{ home }}/mended", content: x}}]
    - {name: after, command: 'true'}
`,
    );
    expect(heard.order('dying'), heard.told()).toEqual(['much=unreachable', 'mend=changed', 'after=changed']);
    expect(heard.result('much').rescued).toBe(true);
    expect(heard.of('connected')).toHaveLength(2);
    expect(heard.exitCode).toBe(0);
  });

  it('ignore_unreachable goes on with the next task, over a new connection', async () => {
    const heard = await play(
      { dying: { dieAfterBytes: 3000 } },
      `- hosts: all
  tasks:
    - {name: much, command: head -c 100000 /dev/zero, ignore_unreachable: true, register: r}
    - {name: judge, assert: {that: [r.unreachable]}}
    - {name: after, command: 'true'}
`,
    );
    expect(heard.order('dying'), heard.told()).toEqual(['much=unreachable', 'judge=ok', 'after=changed']);
    expect(heard.result('much').ignored).toBe(true);
  });

  it('one that dies with changes on their way: what is planned behind is not told as done', async () => {
    const tasks = Array.from(
      { length: 30 },
      (_, i) => `    - {name: t${i}, copy: {dest: "{{ home }}/t${i}", content: x}}\n`,
    ).join('');
    const heard = await play({ dying: { dieAfterBytes: 1200 } }, `- hosts: all\n  tasks:\n${tasks}`);
    const order = heard.order('dying');
    expect(order.at(-1)).toMatch(/=unreachable$/);
    // Whatever was told as changed is there.
    for (const line of order.slice(0, -1))
      expect([line, existsSync(join(folder, 'dying', line.split('=')[0]!))]).toEqual([
        expect.stringMatching(/=changed$/),
        true,
      ]);
    expect(heard.of('task-result')).toHaveLength(order.length);
  });

  it('a flood of output stays bounded, and its result is right', async () => {
    const heard = await play(
      { h: {} },
      `- hosts: all\n  tasks: [{name: flood, shell: 'head -c 5000000 /dev/zero | tr "\\0" x; echo; echo end', register: r}, {name: judge, assert: {that: ["r.stdout.endsWith('end')", r.truncated]}}]\n`,
    );
    expect(heard.order('h'), heard.told()).toEqual(['flood=changed', 'judge=ok']);
    expect(JSON.stringify(heard.result('flood').values).length).toBeLessThan(3_000_000);
  });
});
