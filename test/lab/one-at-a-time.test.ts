import { beforeEach, expect, it } from 'vitest';
import { Controller, eventually, labProject, on, onLab, sleep, theLab } from './support.js';

const SLOW = '- hosts: all\n  tasks:\n    - {name: slow, command: sleep 30}\n';
const QUICK = '- hosts: all\n  tasks:\n    - {name: quick, command: touch /root/second}\n';

/** Promise 8: two runs never work on one host at once; a dead run's lock frees itself. */
onLab('two runs on one host', () => {
  const project = labProject();
  beforeEach(() => Promise.all(theLab().hosts.map(({ name }) => on(name, 'rm -f /root/second'))));

  /** A run of its own process that holds the host; resolves when its task runs there. */
  async function holding(name: string): Promise<Controller> {
    const run = new Controller(project.write('slow.yml', SLOW), name);
    await run.heard('task-start');
    return run;
  }

  it('the second is told who holds it, and does nothing; when the first is killed the lock frees itself', async () => {
    const first = await holding('one');
    try {
      const second = await project.run(QUICK, { limit: 'one' });
      expect(second.exitCode).toBe(4);
      const { status, message, hint } = second.result('quick');
      expect(status).toBe('unreachable');
      expect(message).toMatch(/another run is at work on this host: .+@.+, run \d{8}-\d{6}/);
      expect(hint).toBeTruthy();
      expect(await on('one', 'test -e /root/second && echo there || echo not')).toBe('not');
      const look = await project.check('- hosts: one\n  tasks:\n    - {name: look, ping: {}}\n');
      expect(look.exitCode, look.told()).toBe(0);
    } finally {
      await first.kill();
    }
    // What it had begun goes on for its 30 s: until then the host is busy, and then free by itself.
    await on('one', 'pkill -f "^sleep 30" || :');
    const seconds = performance.now();
    await eventually('the lock is free', 20, async () => (await project.run(QUICK, { limit: 'one' })).exitCode === 0);
    expect((performance.now() - seconds) / 1000).toBeLessThan(10);
    await on('one', 'rm /root/second');
  });

  it('a holder whose link was cut without a word is taken over once it gave no sign for long', async () => {
    const first = await holding('two');
    // Only this one connection is cut: what it sends, its end too, never arrives.
    const port = (await on('two', "ss -Htn state established '( sport = :22 )'"))
      .trim()
      .split(/[\s:]+/)
      .at(-1)!;
    await on(
      'two',
      `nft 'add table inet cut; add chain inet cut in { type filter hook input priority 0; }; add rule inet cut in tcp sport ${port} drop'`,
    );
    await first.kill();
    await on('two', 'pkill -f "^sleep 30"; sleep 0.5');
    // sshd still believes in the first connection: its shell sits there and holds the lock.
    const refused = await project.run(QUICK, { limit: 'two' });
    expect(refused.exitCode, refused.told()).toBe(4);
    expect(refused.told()).toContain('another run is at work');
    await on('two', 'touch -d "5 minutes ago" /run/hostwright.lock');
    const taken = await project.run(QUICK, { limit: 'two' });
    expect(taken.exitCode, taken.told()).toBe(0);
    await on('two', 'rm /root/second; nft delete table inet cut');
  });

  it('a holder that is still at work is not taken over, however long it is silent', async () => {
    const first = await holding('two');
    try {
      await on('two', 'touch -d "5 minutes ago" /run/hostwright.lock');
      const second = await project.run(QUICK, { limit: 'two' });
      expect(second.exitCode, second.told()).toBe(4);
    } finally {
      await first.kill();
      await on('two', 'pkill -f "^sleep 30" || :');
    }
  });

  it('hosts that are not held are worked on all the same', async () => {
    await sleep(0.5);
    const first = await holding('one');
    try {
      const second = await project.run(QUICK, { limit: 'one,three' });
      expect(second.result('quick', 'three').status).toBe('changed');
      expect(second.result('quick', 'one').status).toBe('unreachable');
    } finally {
      await first.kill();
      await on('one', 'pkill -f "^sleep 30" || :');
      await on('three', 'rm /root/second');
    }
  });
});
