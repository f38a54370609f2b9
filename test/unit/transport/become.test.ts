import { EventEmitter } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splitWords } from '../../../src/base/words.js';
import { type Become, openSession } from '../../../src/transport/become.js';
import { connectLocal } from '../../../src/transport/local.js';
import type { Step } from '../../../src/transport/session.js';
import type { Connection, ShellEnd } from '../../../src/transport/shell.js';

const folder = mkdtempSync(join(tmpdir(), 'hostwright-become-'));
const path = process.env.PATH;
/** Stand-ins that say how they were called, ask as the real ones do, and then run the command as we are. */
const PROGRAMS = {
  sudo: `#!/bin/sh
echo "$#: $*" >>${folder}/calls
while [ "$1" != -- ]; do
  case $1 in -p) prompt=$2; shift;; -u) user=$2; shift;; -n) never=1;; esac
  shift
done
shift
case $user in
  refused) echo "sudo: a password is required" >&2; exit 1;;
  silent) exec sleep 60;;
  noisy) echo "We trust you have received the usual lecture" >&2;;
esac
if [ -z "$never" ] && [ "$user" != nopassword ]; then
  for try in 1 2 3; do
    printf %s "$prompt" >&2
    IFS= read -r password || exit 1
    [ "$password" != 'se$cret "x' ] || break
    echo "Sorry, try again." >&2
    [ $try != 3 ] || exit 1
  done
fi
exec "$@"
`,
  su: `#!/bin/sh
[ "$2" = -c ] || exit 9
printf 'Password: ' >&2
IFS= read -r password
[ "$password" = 'se$cret "x' ] || { echo "su: Authentication failure" >&2; exit 1; }
exec sh -c "$3"
`,
};
beforeAll(() => {
  for (const [name, text] of Object.entries(PROGRAMS)) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  process.env.PATH = `${folder}:${path}`;
});
afterAll(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

const plain = (text: string): Step => ({ text, guarded: false, streams: false });
const PASSWORD = 'se$cret "x';
async function say(become: Become, timeout = 10): Promise<string> {
  const session = await openSession(connectLocal(), become, timeout);
  try {
    const results = await session.exchange([plain('echo hello; echo "$hw_nonce" | wc -c')], { timeout: 10 });
    return results[0]!.stdout.toString();
  } finally {
    session.close();
  }
}

describe('becoming another user', () => {
  it.each([
    ['sudo without a password', { method: 'sudo', user: 'root' }],
    ['sudo with one', { method: 'sudo', user: 'root', password: PASSWORD }],
    ['sudo with one that it does not ask for', { method: 'sudo', user: 'nopassword', password: PASSWORD }],
    ['sudo that lectures', { method: 'sudo', user: 'noisy', password: PASSWORD }],
    ['su', { method: 'su', user: 'root', password: PASSWORD }],
  ] as const)('%s', async (_name, become) => {
    expect(await say(become)).toBe('hello\n34\n');
  });

  it.each([
    ['a wrong password', { method: 'sudo', user: 'root', password: 'wrong' }, 'the password is wrong'],
    ['a wrong password for su', { method: 'su', user: 'root', password: 'wrong' }, 'Authentication failure'],
    ['a password that is needed and not given', { method: 'sudo', user: 'refused' }, 'a password is required'],
    ['a user that is refused', { method: 'sudo', user: 'refused', password: PASSWORD }, 'a password is required'],
  ] as const)('%s is told, with what was said and what to do', async (_name, become, message) => {
    const error = await say(become).then(
      () => undefined,
      (reason) => reason,
    );
    expect(error).toMatchObject({ reason: 'become', message: expect.stringContaining(message) });
    expect(error.hint).toContain('-K');
    expect(`${error.message}${error.hint}`).not.toContain(PASSWORD);
  });

  it('does not wait longer than told', async () => {
    const started = Date.now();
    await expect(say({ method: 'sudo', user: 'silent', password: PASSWORD }, 0.3)).rejects.toMatchObject({
      reason: 'become',
      message: expect.stringContaining('0.3 s'),
    });
    expect(Date.now() - started).toBeLessThan(5000);
  });
});

describe('the command line', () => {
  const users = ['root', "o'brien", 'a b', '$(id)', '-x', '`id`', 'a;b'];
  const methods = ['sudo', 'su', 'doas'] as const;

  it.each(methods.flatMap((method) => users.map((user) => [method, user] as const)))(
    'of %s quotes the user "%s", and never holds the password',
    async (method, user) => {
      for (const password of [undefined, PASSWORD]) {
        const asked: string[] = [];
        const connection: Connection = {
          openShell: async (command) => {
            asked.push(command);
            const ended = new Promise<ShellEnd>((resolve) => new EventEmitter().once('x', resolve));
            const stdout = new PassThrough();
            const announced = /printf (ready-\w+)/.exec(command)?.[1];
            if (announced) setImmediate(() => stdout.write(announced));
            return { stdin: new PassThrough(), stdout, stderr: new PassThrough(), ended, close: () => {} };
          },
          close: () => {},
        };
        await openSession(connection, { method, user, ...(password === undefined ? {} : { password }) }, 5);
        expect(asked).toHaveLength(1);
        const words = splitWords(asked[0]!);
        expect(words).toContain(user);
        expect(words[0]).toBe(method);
        expect(asked[0]).not.toContain('cret');
      }
    },
  );
});
