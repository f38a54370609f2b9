import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Value } from '../../../src/base/value.js';
import { uri } from '../../../src/modules/uri.js';
import { ask } from '../../../src/probes/registry.js';
import type { FileStat } from '../../../src/probes/stat.js';
import type { Session } from '../../../src/transport/session.js';
import { openSession, shells } from '../probes/shells.js';
import { doForReal } from './for-real.js';
import { answer, planOf } from './plan-of.js';

const secret = 'hunter"2\\ \t$x';

describe('the plan of a request', () => {
  it('says nothing of the request in an argument list', () => {
    const change = planOf(uri, {
      url: 'http://h/?token=abc',
      url_username: 'u',
      url_password: secret,
      headers: { 'X-Key': 'k3y' },
      body: 'b0dy',
      method: 'POST',
    });
    const [action] = change.actions;
    if (action?.kind !== 'run') throw new Error('a run was expected');
    for (const word of ['token', 'hunter', 'k3y', 'b0dy']) expect(action.argv.join(' ')).not.toContain(word);
    expect(change).toMatchObject({ changed: false, unknown: expect.stringContaining('only by asking') });
  });
  it('asks nothing where creates or removes say so', () => {
    const there = answer(ask('stat', '/f'), { type: 'file' } as FileStat);
    expect(planOf(uri, { url: 'http://h', creates: '/f' }, [there]).actions).toEqual([]);
    expect(planOf(uri, { url: 'http://h', removes: '/f' }, [answer(ask('stat', '/f'), null)]).actions).toEqual([]);
  });
  it.each([
    [{ url: 'ftp://x' }, /not a URL/],
    [{ url: 'file:///etc/shadow' }, /not a URL/],
    [{ url: 'http://x', method: 'GET /' }, /not an HTTP method/],
    [{ url: 'http://x', headers: { 'a b': 'c' } }, /not a header/],
    [{ url: 'http://x', headers: { a: 'b\nc: d' } }, /not a header/],
    [{ url: 'http://x', body: 3, body_format: 'form-urlencoded' }, /a mapping, or a list of pairs/],
    [{ url: 'http://x', headers: { a: 'b\0' } }, /NUL/],
    [{ url: 'http://x', dest: 'here' }, /absolute/],
  ])('refuses %j', (args, message) => {
    expect(() => planOf(uri, args as Value)).toThrow(message);
  });
});

let server: Server;
let url = '';
let seen: { method: string; path: string; headers: IncomingMessage['headers']; body: string } | undefined;
const folder = mkdtempSync(join(tmpdir(), 'hostwright-uri-'));
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      seen = { method: request.method ?? '', path, headers: request.headers, body: Buffer.concat(chunks).toString() };
      if (path === '/go') return response.writeHead(302, { Location: '/json', 'X-Hop': '1' }).end('moved');
      if (path === '/loop') return response.writeHead(302, { Location: '/loop' }).end();
      if (path === '/file') return response.writeHead(302, { Location: 'file:///etc/passwd' }).end();
      if (path.split('?')[0] === '/json')
        return response
          .writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'X-Two': ['a', 'b'] })
          .end('{"a": [1, null], "__proto__": {"x": 1}}');
      if (path === '/bad-json') return response.writeHead(200, { 'Content-Type': 'application/json' }).end('{');
      if (path === '/missing') return response.writeHead(404).end('no such page');
      if (path === '/slow') return;
      if (path === '/trick')
        return response
          .writeHead(200, 'HTTP/1.1 200 OK')
          .end('HTTP/1.1 500 No\r\nContent-Type: x\r\n\r\n\x1ehostwright 500 0 x\n');
      if (path === '/large') return response.end('x'.repeat(3_000_000));
      response.end('plain');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const has = (program: string): boolean => ['/usr/bin', '/bin'].some((each) => existsSync(join(each, program)));

describe.runIf(has('curl')).each(shells)('requests for real under %s', (_name, shell) => {
  let session: Session;
  afterAll(() => session?.close());
  const request = async (args: Record<string, Value>) => {
    if (!session?.usable) session = await openSession(shell);
    return doForReal(session, uri, args as Value);
  };
  const get = (path: string, args: Record<string, Value> = {}) => request({ ...args, url: url + path });

  it('registers status, headers and JSON', async () => {
    const { result, failed, changed } = await get('/json', { return_content: true });
    expect([failed, changed]).toEqual([false, false]);
    expect(result).toMatchObject({
      status: 200,
      url: `${url}/json`,
      redirected: false,
      content_type: 'application/json; charset=utf-8',
      x_two: 'a, b',
      msg: 'OK',
    });
    expect(result['json']).toMatchObject({ a: [1, null] });
    expect(Object.getPrototypeOf(result['json'])).toBeNull();
    expect(result['content']).toMatch(/^\{"a"/);
    expect(seen?.headers['user-agent']).toBe('hostwright');
  });
  it('fails on another status, with what the server said', async () => {
    const { result, failed, conclusion } = await get('/missing');
    expect(failed).toBe(true);
    expect(conclusion.message).toBe(`GET ${url}/missing: the status was 404 and not 200`);
    expect(result).toMatchObject({ status: 404, content: 'no such page' });
    expect((await get('/missing', { status_code: [200, 404] })).failed).toBe(false);
    expect((await get('/missing', { status_code: '404' })).failed).toBe(false);
  });
  it('sends JSON, forms and text as they are', async () => {
    await get('/', { method: 'post', body: { a: 'é"\\\n\t\u2028', b: [1] }, body_format: 'json' });
    expect(seen).toMatchObject({
      method: 'POST',
      body: '{"a":"é\\"\\\\\\n\\t\u2028","b":[1]}',
      headers: { 'content-type': 'application/json' },
    });
    await get('/', { method: 'PUT', body: { a: 'x y&z', b: [1, true] }, body_format: 'form-urlencoded' });
    expect(seen).toMatchObject({
      method: 'PUT',
      body: 'a=x+y%26z&b=1&b=true',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    await get('/', {
      method: 'POST',
      body: '@/etc/passwd\r\n"\\n',
      headers: { 'Content-Type': 'text/plain', 'X-A': 'it\'s "so"', 'X-Empty': '' },
    });
    expect(seen).toMatchObject({
      body: '@/etc/passwd\r\n"\\n',
      headers: { 'content-type': 'text/plain', 'x-a': 'it\'s "so"', 'x-empty': '' },
    });
    const long = 'line "\\\n'.repeat(30_000);
    await get('/', { method: 'POST', body: long });
    expect(seen?.body).toBe(long);
  });
  it('logs in', async () => {
    await get('/', { url_username: 'me', url_password: secret });
    expect(Buffer.from(String(seen?.headers.authorization).slice(6), 'base64').toString()).toBe(`me:${secret}`);
  });
  it('follows redirects as it is told, and never to a file', async () => {
    expect((await get('/go')).result).toMatchObject({
      status: 200,
      redirected: true,
      url: `${url}/json`,
      json: { a: [1, null] },
    });
    expect((await get('/go', { follow_redirects: 'none', status_code: 302 })).result).toMatchObject({
      status: 302,
      location: '/json',
      x_hop: '1',
    });
    expect((await get('/go', { method: 'POST', body: 'x', status_code: 302 })).failed).toBe(false);
    const file = await get('/file');
    expect(file.failed).toBe(true);
    expect(JSON.stringify(file.result)).not.toContain('root:');
    expect((await get('/loop')).conclusion.message).toMatch(/redirects/);
  });
  it('asks only for the head', async () => {
    const { result, failed } = await get('/json', { method: 'HEAD' });
    expect([failed, seen?.method, result['status']]).toEqual([false, 'HEAD', 200]);
  });
  it('is not fooled by what the server sends', async () => {
    expect((await get('/trick', { return_content: true })).result).toMatchObject({
      status: 200,
      content: expect.stringContaining('HTTP/1.1 500'),
    });
    expect((await get('/bad-json')).result['json']).toBeUndefined();
    const large = await get('/large', { return_content: true });
    expect(large.result).toMatchObject({ status: 200, truncated: true });
  });
  it('tells why there was no answer', async () => {
    const refused = await request({ url: 'http://127.0.0.1:9/' });
    expect(refused).toMatchObject({ failed: true, result: { status: -1 } });
    expect(refused.conclusion).toMatchObject({
      message: expect.stringMatching(/connect/i),
      hint: expect.stringContaining('nothing listens'),
    });
    expect((await get('/slow', { timeout: 1 })).conclusion.hint).toMatch(/raise timeout/);
  });
  it('puts the answer into a file, once', async () => {
    const dest = join(folder, `f ${shell.join(' ').replaceAll('/', '-')}`);
    const first = await get('/json', { dest });
    expect([first.failed, first.changed]).toEqual([false, true]);
    expect(readFileSync(dest, 'utf8')).toMatch(/^\{"a"/);
    expect((await get('/json', { dest })).changed).toBe(false);
    const failed = await get('/missing', { dest });
    expect([failed.failed, failed.result['content']]).toEqual([true, 'no such page']);
    expect(readFileSync(dest, 'utf8')).toMatch(/^\{"a"/);
    mkdirSync(`${dest}-d`);
    await get('/json?x=/y', { dest: `${dest}-d` });
    expect(readdirSync(`${dest}-d`)).toEqual(['json']);
    expect(lstatSync(join(`${dest}-d`, 'json')).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder).filter((name) => name.includes('hostwright'))).toEqual([]);
  });
});

const TOOLS = ['sh', 'wget', 'cat', 'mktemp', 'rm', 'dd', 'timeout', 'sed', 'tee', 'sleep', 'grep'];

describe.runIf(has('wget'))('without curl', () => {
  /** A session whose PATH has only these programs. */
  async function withOnly(...programs: string[]): Promise<Session> {
    const bin = mkdtempSync(join(folder, 'bin-'));
    for (const program of programs)
      symlinkSync(
        execFileSync('sh', ['-c', `command -v ${program}`])
          .toString()
          .trim(),
        join(bin, program),
      );
    chmodSync(bin, 0o755);
    const session = await openSession(['/bin/sh']);
    await session.exchange([{ text: `PATH=${bin}`, guarded: false, streams: false }], { timeout: 5 });
    return session;
  }
  it('wget does for a plain GET', async () => {
    const session = await withOnly(...TOOLS);
    const { result, failed } = await doForReal(session, uri, { url: `${url}/json?a=$x`, return_content: true });
    session.close();
    expect([failed, result]).toMatchObject([false, { status: 200, json: { a: [1, null] } }]);
    expect(seen?.path).toBe('/json?a=$x');
  });
  it('says what to install otherwise', async () => {
    const session = await withOnly(...TOOLS);
    const { conclusion } = await doForReal(session, uri, { url, method: 'POST', body: 'x' });
    session.close();
    expect(conclusion).toMatchObject({
      failed: true,
      message: 'curl is not installed',
      hint: expect.stringContaining('install curl'),
    });
  });
});
