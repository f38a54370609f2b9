import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Value, Values } from '../../../src/base/value.js';
import { LocalFolders } from '../../../src/engine/local-files.js';
import type { Module, PlanContext } from '../../../src/modules/module.js';
import { loadModules, moduleNamed } from '../../../src/modules/registry.js';
import type { Session } from '../../../src/transport/session.js';
import { openSession, shells } from '../probes/shells.js';
import { doForReal, planForReal, type RealResult } from './for-real.js';

const base = mkdtempSync(join(tmpdir(), 'hostwright-files-'));
afterAll(() => rmSync(base, { recursive: true }));
const names = [
  'file',
  'copy',
  'template',
  'lineinfile',
  'blockinfile',
  'replace',
  'stat',
  'slurp',
  'fetch',
  'find',
  'get_url',
  'unarchive',
];
beforeAll(() => loadModules(names));

let folder = '';
let count = 0;
const at = (name: string): string => join(folder, name);
const text = (name: string): string => readFileSync(at(name), 'utf8');
const mode = (name: string): string => (statSync(at(name)).mode & 0o7777).toString(8);

// What differs between shells is tested with the probes and actions; here one will do.
describe.each(shells.slice(0, 1))('on this machine under %s', (_name, shell) => {
  let session: Session;
  beforeAll(async () => {
    session = await openSession(shell);
  });
  afterAll(() => session.close());
  beforeEach(() => {
    folder = join(base, `t${count++}`);
    mkdirSync(join(folder, 'play/files'), { recursive: true });
    mkdirSync(join(folder, 'play/templates'));
  });

  const context = (): Partial<PlanContext> => ({
    user: userInfo().username,
    local: new LocalFolders(at('play')).in(undefined, at('play/play.yml')),
    value: (name) => ({ playbook_dir: at('play'), inventory_hostname: 'web1' })[name],
    render: (template) => template.replaceAll('{{name}}', 'value'),
  });
  const once = (name: string, args: Values): Promise<RealResult> =>
    doForReal(session, moduleNamed(name) as Module, args as Value, context());

  /** Runs a task twice: the first run changes something, the second plans nothing. */
  async function twice(name: string, args: Values): Promise<RealResult> {
    const first = await once(name, args);
    expect(first.conclusion.message ?? first.outcomes.at(-1)?.stderr).toBe(
      first.outcomes.length > 0 && !first.failed ? (first.conclusion.message ?? '') : '',
    );
    expect([first.failed, first.changed]).toEqual([false, true]);
    const second = await once(name, args);
    expect([second.change.actions, second.change.unknown], 'the second run').toEqual([[], undefined]);
    return first;
  }

  it('file: directories with their modes, also recursively', async () => {
    await twice('file', { path: at('a/b/c'), state: 'directory', mode: '0750' });
    expect([mode('a'), mode('a/b/c')]).toEqual(['750', '750']);
    writeFileSync(at('a/b/x'), '', { mode: 0o755 });
    writeFileSync(at('a/b/y'), '', { mode: 0o600 });
    symlinkSync('/etc/passwd', at('a/b/link'));
    await twice('file', { path: at('a'), recurse: true, mode: 'u=rwX,g=rX,o=' });
    expect([mode('a/b'), mode('a/b/x'), mode('a/b/y'), statSync('/etc/passwd').mode & 0o777]).toEqual([
      '750',
      '750',
      '640',
      0o644,
    ]);
    await twice('file', { path: at('a'), state: 'absent' });
    // setgid is given on, kept by symbolic modes, and taken away by digits that do not have it.
    await twice('file', { path: at('shared'), state: 'directory', mode: '2775' });
    await twice('file', { path: at('shared/x/y'), state: 'directory' });
    await twice('file', { path: at('shared/z'), state: 'directory', mode: '0700' });
    expect([mode('shared/x'), mode('shared/x/y'), mode('shared/z')]).toEqual(['2755', '2755', '700']);
    await twice('file', { path: at('shared'), state: 'directory', mode: 'g=rx' });
    expect(mode('shared')).toBe('2755');
    await twice('file', { path: at('shared'), state: 'directory', mode: '0755' });
    expect(mode('shared')).toBe('755');
    expect(existsSync(at('a'))).toBe(false);
  });

  it('file: links, in place of links, files and empty directories', async () => {
    writeFileSync(at('target'), 'x');
    await twice('file', { path: at('link'), src: 'target', state: 'link' });
    await twice('file', { path: at('link'), src: at('target'), state: 'link' });
    expect(readlinkSync(at('link'))).toBe(at('target'));
    writeFileSync(at('file'), '');
    await twice('file', { path: at('file'), src: 'nowhere', state: 'link', force: true });
    mkdirSync(at('empty'));
    await twice('file', { path: at('empty'), src: 'target', state: 'link', force: true });
    mkdirSync(at('full/x'), { recursive: true });
    await expect(once('file', { path: at('full'), src: 'target', state: 'link', force: true })).rejects.toThrow(
      /something in it/,
    );
    await twice('file', { path: at('hard'), src: at('target'), state: 'hard' });
    expect(statSync(at('hard')).ino).toBe(statSync(at('target')).ino);
    // Attributes of a link are those of what it leads to.
    await twice('file', { path: at('link'), mode: '0600' });
    expect([mode('target'), lstatSync(at('link')).isSymbolicLink()]).toEqual(['600', true]);
  });

  it('file: times and empty files', async () => {
    const args = {
      path: at('stamp'),
      state: 'touch',
      access_time: 'preserve',
      modification_time: '202001021530.45',
      mode: '0640',
    };
    await twice('file', args);
    const seconds = Number(execFileSync('date', ['-d', '2020-01-02 15:30:45', '+%s']));
    expect([statSync(at('stamp')).mtimeMs / 1000, mode('stamp')]).toEqual([seconds, '640']);
    expect((await once('file', { path: at('stamp'), state: 'touch' })).changed).toBe(true);
    expect(statSync(at('stamp')).mtimeMs / 1000).toBeGreaterThan(seconds);
  });

  it('copy: text, files, folders, and files of the host', async () => {
    await twice('copy', { dest: at('motd'), content: 'Hi\n', mode: '0600' });
    await twice('copy', { dest: at('motd'), content: { a: [1] }, backup: true });
    expect([text('motd'), mode('motd')]).toEqual(['{"a":[1]}', '600']);
    const saved = (await once('copy', { dest: at('motd'), content: 'third', backup: true })).result
      .backup_file as string;
    expect(readFileSync(saved, 'utf8')).toBe('{"a":[1]}');
    mkdirSync(at('play/files/site/sub/none'), { recursive: true });
    writeFileSync(at('play/files/site/sub/a b'), 'A');
    writeFileSync(at('play/files/site/run'), '#!', { mode: 0o755 });
    await twice('copy', { src: 'site', dest: at('www'), mode: 'preserve', directory_mode: '0700' });
    expect([text('www/site/sub/a b'), mode('www/site/run'), mode('www/site/sub/none')]).toEqual(['A', '755', '700']);
    await twice('copy', { src: 'site/', dest: at('flat') });
    expect(text('flat/sub/a b')).toBe('A');
    await twice('copy', { src: 'site/run', dest: at('new/folder/') });
    expect(text('new/folder/run')).toBe('#!');
    await twice('copy', { src: at('flat/run'), dest: at('run.orig'), remote_src: true, mode: '0711' });
    expect([text('run.orig'), mode('run.orig')]).toEqual(['#!', '711']);
    await twice('copy', { src: `${at('flat')}/`, dest: at('twin'), remote_src: true });
    expect(text('twin/sub/a b')).toBe('A');
  });

  it('copy: a symlink is replaced, or with follow what it leads to is', async () => {
    writeFileSync(at('real'), 'old');
    symlinkSync('real', at('link'));
    await twice('copy', { dest: at('link'), content: 'new', follow: true });
    expect([text('real'), readlinkSync(at('link'))]).toEqual(['new', 'real']);
    await twice('copy', { dest: at('link'), content: 'new' });
    expect(lstatSync(at('link')).isFile()).toBe(true);
  });

  it('copy: validate decides, without a shell, and nothing lands where it says no', async () => {
    writeFileSync(at('conf'), 'old');
    const refused = await once('copy', { dest: at('conf'), content: 'bad', validate: 'grep -q good %s' });
    expect([refused.failed, text('conf')]).toEqual([true, 'old']);
    await twice('copy', {
      dest: at('conf'),
      content: 'so good',
      validate: `sh -c 'grep -q "so good" %s; echo no > ${at('conf')}.no; exit 0'`,
    });
    expect(text('conf.no')).toBe('no\n');
  });

  it('template, lineinfile, blockinfile, replace', async () => {
    writeFileSync(at('play/templates/t.hbs'), 'x = {{name}}\n');
    await twice('template', { src: 't.hbs', dest: at('t.conf'), mode: '0640' });
    expect(text('t.conf')).toBe('x = value\n');
    await twice('lineinfile', { path: at('deep/lines'), create: true, line: 'a=1', regexp: '^a=', mode: '0600' });
    await twice('lineinfile', { path: at('deep/lines'), line: 'b=1', insertbefore: 'BOF' });
    expect([text('deep/lines'), mode('deep/lines')]).toEqual(['b=1\na=1\n', '600']);
    await twice('blockinfile', { path: at('deep/lines'), block: 'one\ntwo', insertafter: '^b' });
    expect(text('deep/lines')).toBe('b=1\n# BEGIN ANSIBLE MANAGED BLOCK\none\ntwo\n# END ANSIBLE MANAGED BLOCK\na=1\n');
    await twice('blockinfile', { path: at('deep/lines'), state: 'absent' });
    await twice('replace', { path: at('deep/lines'), regexp: '^(.)=1$', replace: '\\1=2' });
    expect(text('deep/lines')).toBe('b=2\na=2\n');
    writeFileSync(at('bytes'), Buffer.from('caf\xe9 1\n\xff\n', 'latin1'));
    await twice('lineinfile', { path: at('bytes'), regexp: '1$', line: 'é 2' });
    expect(readFileSync(at('bytes')).equals(Buffer.concat([Buffer.from('é 2\n'), Buffer.from([0xff, 0x0a])]))).toBe(
      true,
    );
  });

  it('stat and slurp tell what is there', async () => {
    writeFileSync(at('f'), 'hello', { mode: 0o640 });
    symlinkSync('f', at('l'));
    const { stat } = (await once('stat', { path: at('f') })).result as { stat: Values };
    expect(stat).toMatchObject({
      exists: true,
      isreg: true,
      isdir: false,
      islnk: false,
      mode: '0640',
      size: 5,
      rusr: true,
      xusr: false,
      wgrp: false,
      roth: false,
      readable: true,
      path: at('f'),
    });
    expect(stat.checksum).toBe('aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d');
    expect(stat.pw_name).toBe(userInfo().username);
    const md5 = (await once('stat', { path: at('f'), checksum_algorithm: 'md5' })).result as { stat: Values };
    expect(md5.stat.checksum).toBe('5d41402abc4b2a76b9719d911017c592');
    const link = (await once('stat', { path: at('l') })).result as { stat: Values };
    expect(link.stat).toMatchObject({ islnk: true, lnk_target: 'f', lnk_source: at('f') });
    const followed = (await once('stat', { path: at('l'), follow: true })).result as { stat: Values };
    expect(followed.stat).toMatchObject({ islnk: false, isreg: true, size: 5 });
    expect((await once('stat', { path: at('none') })).result).toEqual({ stat: { exists: false } });
    expect((await once('slurp', { src: at('l') })).result).toMatchObject({ content: 'aGVsbG8=', encoding: 'base64' });
  });

  it('fetch brings small and large files, once', async () => {
    const large = Buffer.alloc(9_000_001, 'abc');
    writeFileSync(at('large'), large);
    const change = await planForReal(
      session,
      moduleNamed('fetch') as Module,
      { src: at('large'), dest: 'got' },
      context(),
    );
    const [effect] = change.controller!;
    expect(effect).toMatchObject({ type: 'save', path: join(at('play/got/web1'), at('large')) });
    expect(effect!.type === 'save' && effect!.content.equals(large)).toBe(true);
    mkdirSync(join(at('play/got/web1'), folder), { recursive: true });
    writeFileSync(join(at('play/got/web1'), at('large')), large);
    const again = await planForReal(
      session,
      moduleNamed('fetch') as Module,
      { src: at('large'), dest: 'got' },
      context(),
    );
    expect([again.changed, again.controller]).toEqual([false, undefined]);
  });

  it('find lists what meets every condition', async () => {
    mkdirSync(at('logs/deep/deeper'), { recursive: true });
    for (const name of ['a.log', 'b.log', '.hidden.log', 'x y.gz', 'deep/c.log', 'deep/deeper/d.log'])
      writeFileSync(at(`logs/${name}`), 'debug = 1\n'.repeat(name === 'b.log' ? 300 : 1));
    utimesSync(at('logs/a.log'), 1_000_000, 1_000_000);
    symlinkSync('a.log', at('logs/link.log'));
    const list = async (args: Values): Promise<string[]> => {
      const { files } = (await once('find', { paths: at('logs'), ...args })).result as { files: { path: string }[] };
      return files.map(({ path }) => path.slice(at('logs/').length)).sort();
    };
    expect(await list({})).toEqual(['a.log', 'b.log', 'x y.gz']);
    expect(await list({ patterns: '*.log', recurse: true })).toEqual([
      'a.log',
      'b.log',
      'deep/c.log',
      'deep/deeper/d.log',
    ]);
    expect(await list({ patterns: '*.log', recurse: true, depth: 2, hidden: true })).toEqual([
      '.hidden.log',
      'a.log',
      'b.log',
      'deep/c.log',
    ]);
    expect(await list({ patterns: '^[ab]\\.', use_regex: true, excludes: 'b.*' })).toEqual(['a.log']);
    expect(await list({ age: '1w' })).toEqual(['a.log']);
    expect(await list({ age: '-1w', size: '2k' })).toEqual(['b.log']);
    expect(await list({ size: '-1k', patterns: '*.log' })).toEqual(['a.log']);
    expect(await list({ file_type: 'directory' })).toEqual(['deep']);
    expect(await list({ file_type: 'link' })).toEqual(['link.log']);
    expect(await list({ contains: 'debug\\s+=', patterns: '?.log' })).toEqual(['a.log', 'b.log']);
    expect(await list({ contains: '= 1' })).toEqual([]);
    const full = (
      await once('find', { paths: [at('logs'), at('none')], get_checksum: true, limit: 1, patterns: 'a.*' })
    ).result;
    expect(full).toMatchObject({
      matched: 1,
      examined: 6,
      skipped_paths: { [at('none')]: expect.stringMatching(/not a directory/) },
    });
    expect((full.files as Values[])[0]).toMatchObject({
      isreg: true,
      mtime: 1_000_000,
      checksum: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
  });

  it('unarchive: tar and zip from here and from the host, and only what is missing', async () => {
    mkdirSync(at('src/app/bin'), { recursive: true });
    writeFileSync(at('src/app/bin/run'), '#!/bin/sh\n', { mode: 0o755 });
    writeFileSync(at('src/app/read me'), 'text');
    writeFileSync(at('src/app/skip.log'), 'log');
    writeFileSync(at(`src/app/${'long'.repeat(40)}`), 'long name');
    symlinkSync('bin/run', at('src/app/link'));
    const files = at('play/files');
    for (const [flag, name] of [
      ['z', 'app.tar.gz'],
      ['', 'app.tar'],
      ['J', 'app.tar.xz'],
    ])
      execFileSync('tar', [`-c${flag}f`, join(files, name!), '-C', at('src'), 'app']);
    execFileSync('zip', ['-qry', join(files, 'app.zip'), 'app'], { cwd: at('src') });
    for (const name of ['app.tar.gz', 'app.tar', 'app.zip']) {
      const dest = at(`here-${name}`);
      mkdirSync(dest);
      await twice('unarchive', { src: name, dest });
      expect([
        readFileSync(join(dest, 'app/read me'), 'utf8'),
        readlinkSync(join(dest, 'app/link')),
        statSync(join(dest, 'app/bin/run')).mode & 0o777,
      ]).toEqual(['text', 'bin/run', 0o755]);
      writeFileSync(join(dest, 'app/read me'), 'TEXT');
      await twice('unarchive', { src: name, dest });
      rmSync(join(dest, 'app/link'));
      await twice('unarchive', { src: name, dest });
    }
    mkdirSync(at('stripped'));
    await twice('unarchive', {
      src: 'app.tar.gz',
      dest: at('stripped'),
      extra_opts: ['--strip-components=1'],
      exclude: ['*.log'],
      mode: 'u=rwX,go=',
    });
    expect([existsSync(at('stripped/skip.log')), mode('stripped/bin/run'), mode('stripped/read me')]).toEqual([
      false,
      '700',
      '600',
    ]);
    for (const name of ['app.tar.gz', 'app.tar.xz', 'app.zip']) {
      const dest = at(`remote-${name}`);
      mkdirSync(dest);
      await twice('unarchive', { src: join(files, name), dest, remote_src: true, mode: 'go-rwx' });
      expect((statSync(join(dest, 'app/bin/run')).mode & 0o777).toString(8)).toBe('700');
      chmodSync(join(dest, 'app/bin/run'), 0o755);
      await twice('unarchive', { src: join(files, name), dest, remote_src: true, mode: 'go-rwx' });
      writeFileSync(join(dest, 'app/read me'), 'other');
      await twice('unarchive', { src: join(files, name), dest, remote_src: true, mode: 'go-rwx' });
    }
    mkdirSync(at('xz'));
    const unknown = await once('unarchive', { src: 'app.tar.xz', dest: at('xz') });
    expect([unknown.failed, unknown.change.unknown]).toEqual([false, expect.stringMatching(/only by unpacking/)]);
    expect(readFileSync(at('xz/app/read me'), 'utf8')).toBe('text');
    writeFileSync(join(files, 'broken.tar.gz'), 'not an archive');
    expect((await once('unarchive', { src: 'broken.tar.gz', dest: at('xz') })).conclusion).toMatchObject({
      failed: true,
      hint: 'is it an archive, and whole?',
    });
  });

  describe('get_url', () => {
    let server: Server;
    let url = '';
    const asked: string[] = [];
    beforeAll(async () => {
      server = createServer((request, response) => {
        asked.push(`${request.url} ${request.headers['x-token'] ?? ''} ${request.headers.authorization ?? ''}`.trim());
        if (request.url === '/SUMS')
          response.end(
            `${'0'.repeat(64)}  other\n2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 *file\n`,
          );
        else if (request.url === '/file') response.end('hello');
        else response.writeHead(404).end('no');
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => new Promise((done) => server.close(done)));

    it('downloads what is missing, other or asked for, and tells whether it differed', async () => {
      await twice('get_url', { url: `${url}/file`, dest: at('file'), mode: '0600' });
      expect([text('file'), mode('file')]).toEqual(['hello', '600']);
      writeFileSync(at('file'), 'changed');
      await twice('get_url', { url: `${url}/file`, dest: at('file'), checksum: `sha256:${url}/SUMS` });
      const forced = await once('get_url', { url: `${url}/file`, dest: at('file'), force: true });
      expect([forced.changed, forced.change.unknown, forced.result.status_code]).toEqual([
        false,
        expect.any(String),
        200,
      ]);
      writeFileSync(at('file'), 'changed');
      const replaced = await once('get_url', { url: `${url}/file`, dest: at('file'), force: true, backup: true });
      expect([replaced.changed, text('file'), mode('file')]).toEqual([true, 'hello', '600']);
      mkdirSync(at('folder'));
      expect((await once('get_url', { url: `${url}/file`, dest: at('folder') })).changed).toBe(true);
      expect((await once('get_url', { url: `${url}/file`, dest: at('folder') })).changed).toBe(false);
      expect(text('folder/file')).toBe('hello');
    });

    it('sends headers and credentials, and leaves nothing behind where it fails', async () => {
      asked.length = 0;
      await once('get_url', {
        url: `${url}/file`,
        dest: at('one'),
        headers: { 'X-Token': 'a "b" \\c' },
        url_username: 'me',
        url_password: 'p"w',
        force_basic_auth: true,
      });
      expect(asked).toEqual([`/file a "b" \\c Basic ${Buffer.from('me:p"w').toString('base64')}`]);
      const missing = await once('get_url', { url: `${url}/none`, dest: at('two') });
      expect(missing.conclusion).toMatchObject({ failed: true, hint: expect.stringMatching(/does not have it/) });
      const wrong = await once('get_url', { url: `${url}/file`, dest: at('two'), checksum: `md5:${'0'.repeat(32)}` });
      expect(wrong.conclusion).toMatchObject({
        failed: true,
        message: expect.stringMatching(/md5 checksum 5d41402abc4b2a76b9719d911017c592, not 0/),
      });
      expect(execFileSync('ls', ['-A', folder], { encoding: 'utf8' })).toBe('one\nplay\n');
    });
  });
});
