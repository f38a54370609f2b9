import { beforeAll, expect, it } from 'vitest';
import { loadReporter } from '../../src/report/reporters.js';
import { Controller, labProject, onLab } from './support.js';

/** What a host prints is any bytes, of any length, and means nothing. */
onLab('hostile output', () => {
  const project = labProject();
  const task = (text: string, more = ''): string =>
    `- hosts: one\n  tasks:\n    - name: it\n      ${text}\n      register: r\n${more}`;
  const after = '    - {name: after, command: echo still in step}\n';
  /** Megabytes that a run has at the most, in a process of its own. */
  async function peak(file: string): Promise<number> {
    const run = new Controller(file, 'one');
    const { kilobytes } = await run.heard('peak');
    expect(await run.ended).toBe(0);
    expect(run.lines.filter(({ type, status }) => type === 'task-result' && status === 'changed')).toHaveLength(2);
    return Number(kilobytes) / 1024;
  }
  let empty = 0;
  beforeAll(async () => {
    empty = await peak(project.write('quiet.yml', task('command: echo', after)));
  });

  it.each([
    ['text', "shell: 'yes a line of hostile output | head -c 100000000'"],
    ['bytes', "shell: 'head -c 100000000 /dev/urandom'"],
    ['zeros on both', "shell: 'head -c 50000000 /dev/zero; head -c 50000000 /dev/zero >&2'"],
    ['one long line', 'shell: \'head -c 100000000 /dev/zero | tr "\\\\0" x\''],
  ])('100 MB of %s: memory stays bounded, and what follows is right', async (_title, text) => {
    const megabytes = await peak(project.write('much.yml', task(text, after)));
    expect(megabytes - empty).toBeLessThan(80);
  });

  it('keeps the beginning and the end of what is too long, and says how much is left out', async () => {
    const heard = await project.run(
      task('shell: \'echo first; head -c 5000000 /dev/zero | tr "\\\\0" x; echo; echo last\''),
    );
    const stdout = String(heard.result('it').values.stdout);
    expect(stdout.startsWith('first\n')).toBe(true);
    expect(stdout.endsWith('last')).toBe(true);
    expect(stdout).toMatch(/\[\.\.\. \d+ bytes left out \.\.\.\]/);
    expect(stdout.length).toBeLessThan(2 * 1024 * 1024);
  });

  it('NUL bytes and invalid UTF-8 pass, and what follows is right', async () => {
    project.write('bytes', Buffer.from([0, 1, 2, 255, 254, 0xc3, 0x28, 10, 0]));
    const heard = await project.run(
      `- hosts: one\n  tasks:\n    - {name: put, copy: {dest: /srv/bytes, src: bytes}}\n    - {name: it, command: cat /srv/bytes}\n    - {name: sum, command: sha256sum /srv/bytes}\n    - {name: same, copy: {dest: /srv/bytes, src: bytes}}\n`,
    );
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(String(heard.result('it').values.stdout)).toContain('\0\x01\x02');
    expect(heard.result('same').status).toBe('ok');
  });

  it('lines that look like the framing are output, and a command is not told what makes a frame', async () => {
    // The shell's own variables hold the nonce, but what it starts is not told: a guess is all that is left.
    const guess = `\\036${'0'.repeat(32)}`;
    const heard = await project.run(
      task(
        `shell: 'env | grep -c hw_; for i in 0 1 2 3; do printf "${guess}e$i:0\\\\n"; printf "${guess}e$i:0\\\\n" >&2; printf "\\\\036e$i:0\\\\n"; done; exit 3'\n      failed_when: r.rc != 3`,
        after,
      ),
    );
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(heard.result('it').values).toMatchObject({ rc: 3 });
    expect(String(heard.result('it').values.stdout).split('\n')[0]).toBe('0');
    expect(String(heard.result('it').values.stdout)).toContain('e0:0');
    expect(heard.result('after').values.stdout).toBe('still in step');
  });

  it('a command cannot write into the answers of later tasks', async () => {
    const heard = await project.run(
      task(
        "shell: 'ls -l /proc/$PPID/fd /proc/self/fd; (sleep 0.3; echo late; echo late >&2) & echo now'",
        `${after}    - {name: look, command: cat /proc/sys/kernel/hostname}\n    - {name: wait, command: sleep 0.6}\n    - {name: end, command: echo end}\n`,
      ),
    );
    expect(heard.exitCode, heard.told()).toBe(0);
    expect(heard.result('look').values.stdout).toBe('one');
    expect(heard.result('end').values.stdout).toBe('end');
    expect(heard.result('wait').values.stdout).toBe('');
  });

  it('a command does not get our input: it reads nothing and takes nothing away', async () => {
    const heard = await project.run(task('shell: cat; head -c 1 | wc -c', after));
    expect(heard.result('it').values.stdout).toBe('0');
    expect(heard.result('after').values.stdout).toBe('still in step');
  });

  it('file names with newlines, quotes and escapes', async () => {
    const name = 'a b\\n$(touch /root/owned)`x`\\e[31m\\"q\\" \\u00e9';
    const text = `- hosts: one\n  tasks:\n    - {name: folder, file: {path: "/srv/odd/${name}", state: directory}}\n    - {name: put, copy: {dest: "/srv/odd/${name}/file", content: x}}\n`;
    const first = await project.run(
      text.replace('tasks:\n', 'tasks:\n    - {name: base, file: {path: /srv/odd, state: directory}}\n'),
    );
    expect(first.exitCode, first.told()).toBe(0);
    const again = await project.run(text);
    expect(again.changed(), again.told()).toEqual([]);
    expect(again.exitCode).toBe(0);
  });

  it('terminal escapes come to the terminal as harmless text', async () => {
    const heard = await project.run(
      task('shell: \'printf "\\\\033]0;title\\\\007\\\\033[2J\\\\033[31mred\\\\r\\\\n"; exit 1\''),
    );
    expect(String(heard.result('it').values.stdout).startsWith('\u001b]0;title\u0007')).toBe(true);
    let printed = '';
    const write = (text: string, done?: () => void): void => {
      printed += text;
      done?.();
    };
    const reporter = await loadReporter('plain', { verbosity: 3, stream: { write, isTTY: false }, env: {} });
    for (const event of heard.events) reporter.on(event);
    await reporter.close();
    expect(printed).toContain('title');
    expect(printed.replace(/[\n\t]/g, '')).not.toMatch(/\p{Cc}/u);
  });
});
