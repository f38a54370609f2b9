import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Value } from '../../../src/base/value.js';
import { checkArguments } from '../../../src/modules/check-arguments.js';
import { git } from '../../../src/modules/git.js';
import { Unknowable } from '../../../src/modules/module.js';
import type { ProgramOutput } from '../../../src/probes/output.js';
import { ABSENT } from '../../../src/probes/package.js';
import { ask, probeKey } from '../../../src/probes/registry.js';
import type { FileStat } from '../../../src/probes/stat.js';
import type { Session } from '../../../src/transport/session.js';
import { openSession, shells } from '../probes/shells.js';
import { doForReal, planForReal } from './for-real.js';
import { answer, context, planOf } from './plan-of.js';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);

/** The plan for what git says here and there. */
function plan(
  args: Record<string, Value>,
  local: string | Partial<ProgramOutput>,
  remote: string | Partial<ProgramOutput> = '',
  installed = false,
  there: FileStat | null = null,
) {
  const all = { repo: 'https://example.org/r.git', dest: '/srv/r', ...args };
  const output = (said: string | Partial<ProgramOutput>): ProgramOutput => ({
    status: 0,
    stdout: '',
    stderr: '',
    ...(typeof said === 'string' ? { stdout: said } : said),
  });
  const probes = git.probes(checkArguments(git, all).values as never, context);
  const known = probes.map((probe, i): readonly [string, unknown] => [
    probeKey(probe),
    i === 0 ? there : output(i === 1 ? local : remote),
  ]);
  return planOf(git, all, [
    ...known,
    answer(ask('stat', '/srv/r'), there),
    answer(ask('package', 'git'), { ...ABSENT, installed }),
  ]);
}
const refs = `ref: refs/heads/main\tHEAD\n${A}\tHEAD\n`;
const at = (commit: string, more = '') => `repository\nhead ${commit}\nurl https://example.org/r.git\n${more}`;

describe('the plan of a checkout', () => {
  it('clones where there is nothing, and tells which commit', () => {
    const change = plan({}, 'none\n', refs);
    expect(change.actions).toHaveLength(1);
    expect(change).toMatchObject({
      diff: [{ note: `(none) → ${A.slice(0, 12)}` }],
      result: { before: null, after: A },
    });
  });
  it('does nothing where the commit is there', () => {
    expect(plan({}, at(A), refs)).toMatchObject({ actions: [], result: { before: A, after: A } });
    expect(plan({ version: 'v1' }, at(A), `${B}\trefs/tags/v1\n${A}\trefs/tags/v1^{}\n`).actions).toEqual([]);
    expect(plan({ version: A }, at(A, `version ${A}\n`)).actions).toEqual([]);
    expect(plan({ version: 'aaaaaaaa' }, at(A, `version ${A}\n`)).actions).toEqual([]);
  });
  it.each([
    ['another commit', {}, at(B), refs],
    ['another URL', {}, `repository\nhead ${A}\nurl /elsewhere\n`, refs],
    ['local changes, with force', { force: true }, at(A, 'dirty\n'), refs],
    ['an empty repository there', {}, 'repository\nurl https://example.org/r.git\n', refs],
  ])('updates for %s', (_name, args, local, remote) => {
    expect(plan(args, local, remote).actions).toHaveLength(1);
  });
  it('leaves a checkout alone where update is false, and makes none where clone is', () => {
    expect(plan({ update: false }, at(B)).actions).toEqual([]);
    expect(plan({ clone: false }, 'none\n', refs).actions).toEqual([]);
  });
  it.each([
    [{}, 'other\n', refs, /not empty and no git repository/],
    [{}, at(A, 'dirty\n'), refs, /local changes/],
    [{}, 'missing\n', 'missing\n', /git is not installed/],
    [{}, 'none\n', '', /is empty/],
    [{ version: 'v9' }, 'none\n', refs, /no branch or tag "v9"/],
    [{}, 'none\n', { status: 128, stderr: 'Host key verification failed.' }, /Host key/],
    [{}, { status: 1, stderr: 'fatal: detected dubious ownership' }, refs, /dubious/],
    [{ version: '-x' }, '', '', /cannot be the version/],
    [{ repo: '--upload-pack=x' }, '', '', /cannot be the repo/],
    [{ repo: 'ext::sh -c id' }, '', '', /ext::/],
    [{ dest: 'srv' }, '', '', /absolute/],
    [{ umask: '99' }, '', '', /umask/],
  ])('refuses %j where it finds %j', (args, local, remote, message) => {
    expect(() => plan(args as Record<string, Value>, local, remote)).toThrow(message);
  });
  it('foresees a clone where an earlier task would install git, and nothing else', () => {
    const change = plan({ version: 'v1' }, 'missing\n', 'missing\n', true);
    expect(change).toMatchObject({ actions: [{ kind: 'run' }], diff: [{ note: '(none) → v1' }] });
    expect(() => plan({}, 'missing\n', 'missing\n', true, { type: 'directory' } as FileStat)).toThrow(Unknowable);
  });
  it('never asks, and names the key and the known hosts for ssh', () => {
    const change = plan({ key_file: "/k y's", accept_newhostkey: true }, 'none\n', refs);
    expect(change.actions[0]).toMatchObject({
      environment: {
        GIT_TERMINAL_PROMPT: '0',
        GIT_SSH_COMMAND: `ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new -i '/k y'\\''s' -o IdentitiesOnly=yes`,
      },
    });
    expect(plan({}, 'none\n', refs).actions[0]).toMatchObject({
      environment: { GIT_SSH_COMMAND: 'ssh -o BatchMode=yes' },
    });
  });
});

const base = mkdtempSync(join(tmpdir(), 'hostwright-git-'));
const repo = join(base, "the repo's");
const environment = {
  ...process.env,
  HOME: base,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'x',
  GIT_AUTHOR_EMAIL: 'x',
  GIT_COMMITTER_NAME: 'x',
  GIT_COMMITTER_EMAIL: 'x',
};
const run = (...words: string[]): string =>
  execFileSync('git', ['-C', repo, ...words], { env: environment, stdio: ['ignore', 'pipe', 'ignore'] })
    .toString()
    .trim();
function commit(content: string): string {
  writeFileSync(join(repo, 'f'), content);
  run('add', 'f');
  run('commit', '-qm', content);
  return run('rev-parse', 'HEAD');
}
const hasGit = existsSync('/usr/bin/git');
afterAll(() => rmSync(base, { recursive: true }));

describe.runIf(hasGit).each(shells)('checkouts for real under %s', (_name, shell) => {
  let session: Session;
  let dest = '';
  beforeAll(() => {
    rmSync(repo, { recursive: true, force: true });
    mkdirSync(repo);
    run('init', '-q', '-b', 'trunk');
    for (let i = 0; i < 4; i++) commit(`${i}`);
    run('tag', '-a', '-m', 'x', 'v1');
    run('branch', 'side', 'HEAD~2');
  });
  beforeEach(() => {
    dest = join(mkdtempSync(join(base, 'x-')), 'deep', 'check out');
  });
  afterAll(() => session?.close());
  const open = async (): Promise<Session> => (session?.usable ? session : (session = await openSession(shell)));
  /** Does it, and makes sure that a second time there is nothing to do. */
  async function checkout(args: Record<string, Value>) {
    const all = { repo: `file://${repo}`, dest, ...args };
    const done = await doForReal(await open(), git, all);
    expect([done.failed, done.outcomes.at(-1)?.stderr ?? '']).toEqual([false, '']);
    expect((await planForReal(await open(), git, all)).actions, 'the second time').toEqual([]);
    return done;
  }
  const head = (): string => execFileSync('git', ['-C', dest, 'rev-parse', 'HEAD']).toString().trim();

  it('clones a branch, a tag, a commit', async () => {
    const { result } = await checkout({});
    expect(result).toMatchObject({ before: null, after: run('rev-parse', 'trunk') });
    expect(readFileSync(join(dest, 'f'), 'utf8')).toBe('3');
    expect(readdirSync(join(dest, '..'))).toEqual(['check out']);
    await checkout({ version: 'side' });
    expect(readFileSync(join(dest, 'f'), 'utf8')).toBe('1');
    await checkout({ version: 'v1' });
    expect(readFileSync(join(dest, 'f'), 'utf8')).toBe('3');
    const first = run('rev-list', '--max-parents=0', 'HEAD');
    await checkout({ version: first });
    expect(head()).toBe(first);
    await checkout({ version: run('rev-parse', 'trunk~1').slice(0, 9) });
    expect(readFileSync(join(dest, 'f'), 'utf8')).toBe('2');
    await checkout({});
    expect(execFileSync('git', ['-C', dest, 'symbolic-ref', '--short', 'HEAD']).toString().trim()).toBe('trunk');
  });

  it('clones each of them anew, also into an empty folder and through a link', async () => {
    mkdirSync(dest, { recursive: true, mode: 0o700 });
    await checkout({ version: run('rev-parse', 'trunk~2') });
    expect(lstatSync(dest).mode & 0o777).toBe(0o700);
    dest = `${dest}-2`;
    mkdirSync(`${dest}-real`, { recursive: true });
    symlinkSync(`${dest}-real`, dest);
    await checkout({ version: 'v1' });
    expect(lstatSync(dest).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(dest, 'f'), 'utf8')).toBe('3');
  });

  it('gets little history where that is asked for, and follows', async () => {
    await checkout({ depth: 1 });
    expect(execFileSync('git', ['-C', dest, 'rev-list', '--count', 'HEAD']).toString().trim()).toBe('1');
    await checkout({ depth: 1, version: 'side' });
    commit('later');
    await checkout({ depth: 1 });
    expect(readFileSync(join(dest, 'f'), 'utf8')).toBe('later');
  });

  it('follows a branch that was rewritten', async () => {
    await checkout({ version: 'side' });
    run('branch', '-f', 'side', 'HEAD~1');
    await checkout({ version: 'side' });
    expect(head()).toBe(run('rev-parse', 'side'));
    run('branch', '-f', 'side', 'v1~2');
    await checkout({ version: 'side' });
    expect(head()).toBe(run('rev-parse', 'side'));
  });

  it('keeps local changes unless force says otherwise', async () => {
    await checkout({});
    writeFileSync(join(dest, 'f'), 'mine');
    await expect(planForReal(await open(), git, { repo: `file://${repo}`, dest })).rejects.toThrow(/local changes/);
    await checkout({ force: true });
    expect(readFileSync(join(dest, 'f'), 'utf8')).not.toBe('mine');
  });

  it('moves to another URL, and takes over a half-made repository', async () => {
    mkdirSync(dest, { recursive: true });
    execFileSync('git', ['-C', dest, 'init', '-q']);
    await checkout({});
    const { result } = await checkout({ repo });
    expect(result['after']).toBe(head());
    expect(execFileSync('git', ['-C', dest, 'config', 'remote.origin.url']).toString().trim()).toBe(repo);
  });

  it('makes a bare repository, and brings it up to date', async () => {
    await checkout({ bare: true });
    expect(existsSync(join(dest, 'HEAD'))).toBe(true);
    commit(`bare ${shell.join(' ')}`);
    await checkout({ bare: true });
  });

  it('tells why it failed, and leaves nothing', async () => {
    await expect(planForReal(await open(), git, { repo: 'file:///no/such/repo', dest })).rejects.toThrow(
      /asking file:\/\/\/no\/such\/repo: .*(not|does not)/s,
    );
    await expect(planForReal(await open(), git, { repo, dest, executable: '/no/git' })).rejects.toThrow(
      /not installed/,
    );
    writeFileSync(join(base, 'plain'), '');
    const { failed, conclusion } = await doForReal(await open(), git, { repo, dest: join(base, 'plain', 'x') });
    expect(failed).toBe(true);
    expect(conclusion.message).toMatch(/plain/);
  });
});
