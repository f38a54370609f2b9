import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, hostwright } from './program.js';

const LOCAL = ['-i', 'localhost,', '-c', 'local'];
const play = (...tasks: string[]): string =>
  ['- hosts: all', '  gather_facts: false', '  tasks:', ...tasks.map((task) => `    ${task}`), ''].join('\n');

/** A project with one playbook. */
const project = (...tasks: string[]): string => folder({ 'site.yml': play(...tasks) });

test('--version is that of the package', async () => {
  expect(await hostwright(['--version'])).toEqual({ code: 0, stdout: '9.8.7\n', stderr: '' });
});

test('without a command the help is an error, with --help it is not', async () => {
  const bare = await hostwright([]);
  expect([bare.code, bare.stdout]).toEqual([1, '']);
  expect(bare.stderr).toContain('Usage: hostwright');
  const asked = await hostwright(['--help']);
  expect([asked.code, asked.stderr]).toEqual([0, '']);
});

describe('a wrong command line', () => {
  test.each([
    [['rnu'], "error: unknown command 'rnu'\n(Did you mean run?)"],
    [['run', 'x.yml', '--chek'], "error: unknown option '--chek'\n(Did you mean --check?)"],
    [['run'], "error: missing required argument 'PLAYBOOK'"],
    [['run', 'x.yml', '-f', '0'], 'a whole number from 1 is needed'],
    [['run', 'x.yml', '--become-method', 'runas'], 'Allowed choices are sudo, su, doas'],
    [['inventory', '-i', 'a,'], 'give one of --list, --host HOST and --graph'],
    [['explain', 'web2', '-i', 'web1,'], 'there is no host "web2"'],
    [['lab', 'up', '--hosts', 'a:sid'], 'there is no release "sid"'],
    [['lint', 'nowhere'], 'there is no file or folder nowhere'],
    [['journal', 'nope'], 'there is no run "nope"'],
  ])('%j is told, with exit code 1', async (args, message) => {
    const { code, stdout, stderr } = await hostwright(args, { cwd: folder() });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('a broken playbook', () => {
  const broken = ['- name: one', '  file: {path: /x, stat: directory}', '- name: two', '  comand: ls'];

  test('gives every problem with its place, the line, a caret and a hint, and exit code 1', async () => {
    const { code, stdout, stderr } = await hostwright(['run', 'site.yml', ...LOCAL], { cwd: project(...broken) });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.split('\n')).toEqual([
      'site.yml:5:24: unknown argument "stat"',
      '    5 |       file: {path: /x, stat: directory}',
      '      |                        ^',
      '    hint: did you mean "state"?',
      'site.yml:7:7: unknown module "comand"',
      '    7 |       comand: ls',
      '      |       ^',
      '    hint: did you mean "command"?',
      '',
    ]);
  });

  test('is told as JSON to editors', async () => {
    const { code, stdout, stderr } = await hostwright(['lint', 'site.yml', '--output', 'json'], {
      cwd: project(...broken),
    });
    expect([code, stderr]).toEqual([1, '']);
    const problems = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(problems.map(({ severity, place }) => [severity, place.line])).toEqual([
      ['error', 5],
      ['error', 7],
    ]);
  });

  test('does not reach a host, so that no journal is written either', async () => {
    const cwd = project(...broken);
    await hostwright(['run', 'site.yml', ...LOCAL, '--journal', join(cwd, 'runs')], { cwd });
    expect((await hostwright(['journal', '--journal', join(cwd, 'runs')])).stdout).toContain('there are no runs');
  });

  test('leaves the report of an earlier run alone', async () => {
    const cwd = folder({ 'site.yml': '- hosts: all\n  taks: []\n', 'report.html': 'before' });
    await hostwright(['run', 'site.yml', ...LOCAL, '--report', 'report.html'], { cwd });
    expect(readFileSync(join(cwd, 'report.html'), 'utf8')).toBe('before');
  });

  test('control characters of a file reach no terminal', async () => {
    const cwd = folder({ 'site.yml': '- hosts: all\n  "ta\\e[31msks": []\n  # \x9b31m\n' });
    const { code, stderr } = await hostwright(['run', 'site.yml', ...LOCAL], { cwd });
    expect(code).toBe(1);
    expect(['\x1b', '\x9b'].filter((char) => stderr.includes(char))).toEqual([]);
  });
});

describe('exit codes of runs', () => {
  const cases: [string, string[], string[], number][] = [
    ['nothing changes', ['- command: "true"', '  changed_when: false'], [], 0],
    ['something changes', ['- command: "true"'], [], 0],
    ['something changes, with --fail-on-change', ['- command: "true"'], ['--fail-on-change'], 3],
    ['a task fails', ['- command: "false"'], [], 2],
    ['a failure is ignored', ['- command: "false"', '  ignore_errors: true'], [], 0],
  ];
  test.each(cases)('%s', async (_name, tasks, flags, expected) => {
    const { code } = await hostwright(['run', 'site.yml', ...LOCAL, ...flags], { cwd: project(...tasks) });
    expect(code).toBe(expected);
  });

  test('a host cannot be reached', async () => {
    const args = ['run', 'site.yml', '-i', '127.0.0.1:1,', '-T', '5'];
    const { code, stdout } = await hostwright(args, { cwd: project('- ping:') });
    expect(code).toBe(4);
    expect(stdout).toContain('unreachable=1');
  });

  test('Ctrl-C lets what runs end, says where hosts stand, and gives 130', async () => {
    let sent = false;
    const { code, stdout } = await hostwright(['run', 'site.yml', ...LOCAL, '-v', '--output', 'json'], {
      cwd: project('- command: sleep 1', '- command: "true"'),
      onOutput: (text, child) => {
        if (sent || !text.includes('"task-start"')) return;
        sent = true;
        // While the first command sleeps.
        setTimeout(() => child.kill('SIGINT'), 300);
      },
    });
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(130);
    expect(events.filter(({ type }) => type === 'task-result').map(({ task }) => task.id)).toHaveLength(1);
    expect(events.find(({ type }) => type === 'interrupted').standing).toMatchObject([
      { host: 'localhost', state: 'running' },
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'run-end', exitCode: 130 });
  });

  test('a second Ctrl-C ends at once', async () => {
    const started = performance.now();
    let sent = 0;
    const { code } = await hostwright(['run', 'site.yml', ...LOCAL, '--output', 'json'], {
      cwd: project('- command: sleep 6'),
      onOutput: (text, child) => {
        if ((sent === 0 && text.includes('"task-start"')) || (sent === 1 && text.includes('"interrupted"'))) {
          sent++;
          child.kill('SIGINT');
        }
      },
    });
    expect(code).toBe(130);
    const took = performance.now() - started;
    expect(took).toBeLessThan(5000);
    // What it left running holds this machine's lock to its end, as it should: later tests need it.
    await new Promise((resolve) => setTimeout(resolve, 7000 - took));
  });
});

describe('output', () => {
  test('in a pipe there are plain lines without colours or cursor movements', async () => {
    const { stdout, stderr } = await hostwright(['run', 'site.yml', ...LOCAL], { cwd: project('- command: echo hi') });
    expect(stderr).toBe('');
    expect(stdout).toContain('changed: [localhost] command');
    expect(stdout).not.toContain('\x1b');
  });

  test('FORCE_COLOR colours, NO_COLOR does not', async () => {
    const cwd = project('- command: echo hi');
    expect((await hostwright(['run', 'site.yml', ...LOCAL], { cwd, env: { FORCE_COLOR: '1' } })).stdout).toContain(
      '\x1b[33m',
    );
    expect((await hostwright(['run', 'site.yml', ...LOCAL], { cwd, env: { NO_COLOR: '1' } })).stdout).not.toContain(
      '\x1b',
    );
  });

  test('--output json is one event a line, and reports are written beside it', async () => {
    const cwd = project('- command: echo hi');
    const args = [
      'run',
      'site.yml',
      ...LOCAL,
      '--output',
      'json',
      '--junit',
      'out/junit.xml',
      '--report',
      'out/report.html',
    ];
    const { stdout } = await hostwright(args, { cwd });
    const types = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect([types[0], types.at(-1)]).toEqual(['run-start', 'run-end']);
    expect(readFileSync(join(cwd, 'out/junit.xml'), 'utf8')).toContain('<testsuite');
    expect(readFileSync(join(cwd, 'out/report.html'), 'utf8')).toContain('<!doctype html>');
  });

  test('a run can be looked at afterwards, with its round trips', async () => {
    const cwd = project('- command: echo hi');
    await hostwright(['run', 'site.yml', ...LOCAL, '--journal', 'runs'], { cwd });
    expect((await hostwright(['journal', '--journal', 'runs'], { cwd })).stdout).toMatch(
      /run site\.yml {2}exit 0 {2}1 host {2}changed=1/,
    );
    const shown = await hostwright(['journal', 'last', '--journal', 'runs'], { cwd });
    expect(shown.stdout).toMatch(/changed: \[localhost\] command[\s\S]*ROUND TRIPS\nlocalhost : \d+ round trip/);
  });
});

describe('lists', () => {
  const files = {
    'site.yml': play('- name: one', '  ping:', '  tags: [net, a]', '- name: two', '  ping:', '  tags: b'),
    'inventory.yml': 'all: {hosts: {web1: , web2: }}\n',
  };

  test('--list-hosts, --list-tasks and --list-tags connect to nothing', async () => {
    const { code, stdout } = await hostwright(
      ['run', 'site.yml', '--list-hosts', '--list-tasks', '--list-tags', '-l', 'web2'],
      { cwd: folder(files) },
    );
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        '',
        'playbook: site.yml',
        '',
        '  play #1 (all): all\tTAGS: []',
        '    pattern: [all]',
        '    hosts (1):',
        '      web2',
        '    tasks:',
        '      one\tTAGS: [a, net]',
        '      two\tTAGS: [b]',
        '    TASK TAGS: [a, b, net]',
        '',
      ].join('\n'),
    );
  });

  test('a tag that no task has is an error with the nearest', async () => {
    for (const flag of ['--tags', '--skip-tags']) {
      const { code, stderr } = await hostwright(['run', 'site.yml', flag, 'nte'], { cwd: folder(files) });
      expect([code, stderr]).toEqual([1, `error: ${flag}: no task has the tag "nte"\n    hint: did you mean "net"?\n`]);
    }
  });

  test('special tags are known', async () => {
    expect(
      (await hostwright(['run', 'site.yml', '-t', 'all,always', '--list-tasks'], { cwd: folder(files) })).code,
    ).toBe(0);
  });

  test('--syntax-check tells the file only', async () => {
    const { code, stdout } = await hostwright(['run', 'site.yml', '--syntax-check'], { cwd: folder(files) });
    expect([code, stdout]).toEqual([0, '\nplaybook: site.yml\n']);
  });
});

describe('inventory', () => {
  const files = {
    'inventory/hosts.yml': 'all: {vars: {port: 1}, children: {web: {hosts: {web1: {port: 3}}}}}\n',
    'inventory/group_vars/web.yml': 'port: 2\nname: x\n',
    'other.yml': 'all: {hosts: {other1: }}\n',
  };

  test('is inventory/ where nobody says so, or HOSTWRIGHT_INVENTORY, or -i', async () => {
    const cwd = folder(files);
    const graph = async (args: string[], env = {}) =>
      (await hostwright(['inventory', '--graph', ...args], { cwd, env })).stdout;
    expect(await graph([])).toBe('@all:\n  |--@ungrouped:\n  |--@web:\n  |  |--web1\n');
    expect(await graph([], { HOSTWRIGHT_INVENTORY: 'other.yml' })).toContain('other1');
    expect(await graph([], { HOSTWRIGHT_INVENTORY: 'other.yml,inventory' })).toMatch(/other1[\s\S]*web1/);
    expect(await graph([], { HOSTWRIGHT_INVENTORY: 'db1,db2' })).toContain('db2');
    expect(await graph(['--inventory-file=other.yml'], { HOSTWRIGHT_INVENTORY: 'inventory' })).toContain('other1');
  });

  test('--list and --host are JSON', async () => {
    const cwd = folder(files);
    expect(JSON.parse((await hostwright(['inventory', '--list'], { cwd })).stdout)._meta.hostvars.web1).toEqual({
      port: 3,
      name: 'x',
    });
    expect(JSON.parse((await hostwright(['inventory', '--host', 'web1', '-e', 'name=y'], { cwd })).stdout)).toEqual({
      port: 3,
      name: 'y',
    });
  });

  test('explain shows every candidate with its place and rank, the winner first', async () => {
    const { code, stdout } = await hostwright(['explain', 'web1', 'port'], { cwd: folder(files) });
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'port',
        '  wins  3  inventory/hosts.yml:1:62  inventory file or script host vars',
        '  loses 2  inventory/group_vars/web.yml:1:7  inventory group_vars/*, group web',
        '  loses 1  inventory/hosts.yml:1:20  inventory file or script group vars, group all',
        '',
      ].join('\n'),
    );
  });
});

describe('lint', () => {
  const role = { 'roles/a/tasks/main.yml': '- ping:\n' };

  test('checks playbooks, roles and the inventory of a project', async () => {
    const cwd = folder({ ...role, 'playbooks/p.yml': '- hosts: all\n  roles: [a]\n', 'inventory.yml': 'all:\n' });
    const { code, stdout } = await hostwright(['lint'], { cwd });
    expect([code, stdout]).toEqual([0, '1 playbook, 1 role, the inventory: 0 errors, 0 warnings\n']);
  });

  test('a role that two playbooks use is wrong once, also where none does', async () => {
    const broken = { 'roles/a/tasks/main.yml': '- pong:\n' };
    const plays = {
      'playbooks/p.yml': '- hosts: all\n  roles: [a]\n',
      'playbooks/q.yml': '- hosts: all\n  roles: [a]\n',
    };
    for (const files of [broken, { ...broken, ...plays }]) {
      const { code, stdout, stderr } = await hostwright(['lint'], { cwd: folder(files) });
      expect(code).toBe(1);
      expect(stderr.match(/roles\/a\/tasks\/main\.yml:1:3/g)).toHaveLength(1);
      expect(stdout).toContain('1 error');
    }
  });
});

describe('one task on hosts', () => {
  test('exec shows the output of a command', async () => {
    const { code, stdout } = await hostwright(['exec', 'all', ...LOCAL, '-m', 'shell', '-a', 'echo one; echo two >&2']);
    expect([code, stdout]).toEqual([0, 'localhost | CHANGED | rc=0 >>\none\ntwo\n']);
  });

  test('exec takes words, and a mapping in JSON or YAML', async () => {
    const cwd = folder();
    for (const args of [
      `path=${cwd}/a state=directory`,
      `{"path": "${cwd}/b", "state": "directory"}`,
      `{path: ${cwd}/c, state: directory}`,
    ]) {
      const { code, stdout } = await hostwright(['exec', 'all', ...LOCAL, '-m', 'file', '-a', args]);
      expect(code, stdout).toBe(0);
      expect(stdout).toContain('localhost | CHANGED');
    }
  });

  test('a wrong argument is told before anything is done', async () => {
    const { code, stderr } = await hostwright(['exec', 'all', ...LOCAL, '-m', 'file', '-a', 'path=/x stat=absent']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^the command line:\d+:\d+: unknown argument "stat"\n {4}hint: did you mean "state"\?\n$/);
  });

  test('ping', async () => {
    expect((await hostwright(['ping', 'all', ...LOCAL])).stdout).toContain('localhost | SUCCESS');
  });
});

describe('passwords', () => {
  test('asked for without a terminal: told, not waited for', async () => {
    const { code, stderr } = await hostwright(['run', 'site.yml', ...LOCAL, '-K'], { cwd: project('- ping:') });
    expect(code).toBe(1);
    expect(stderr).toContain('standard input is no terminal');
  });

  test('of a file are not shown, however they come out', async () => {
    const cwd = folder({
      'site.yml': play('- command: cat secret', `  args: {chdir: ${folder({ secret: 'correct horse\n' })}}`),
      password: 'correct horse\n',
    });
    const { stdout } = await hostwright(
      ['run', 'site.yml', ...LOCAL, '-vv', '--become-password-file', 'password', '--output', 'json'],
      { cwd },
    );
    expect(stdout).toContain('[redacted]');
    expect(stdout).not.toContain('correct horse');
  });
});
