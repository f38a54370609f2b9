import { randomBytes } from 'node:crypto';
import { UnreachableError } from '../base/error.js';
import { quote } from '../base/quote.js';
import { Session, type SessionLock } from './session.js';
import { bootCommand, type Connection, type Shell } from './shell.js';

/** Another user to run as. */
export interface Become {
  readonly method: 'sudo' | 'su' | 'doas';
  readonly user: string;
  readonly password?: string;
}

/**
 * Opens the persistent shell of a host, as the login user or as another one.
 * @param timeout seconds that the shell may take to come up
 * @throws UnreachableError with reason `become` where the host does not let us become that user
 */
export async function openSession(
  connection: Connection,
  become: Become | undefined,
  timeout: number,
  lock?: SessionLock,
): Promise<Session> {
  if (!become) return new Session(await connection.openShell(bootCommand()), { lock, patience: timeout });
  if (become.password === undefined) {
    const shell = await connection.openShell(commandFor(become, bootCommand()));
    return new Session(shell, { refusal: (said) => refusal(become, said), lock, patience: timeout });
  }
  const ready = `ready-${randomBytes(8).toString('hex')}`;
  const prompt = `password-${randomBytes(8).toString('hex')}`;
  // doas reads passwords from a terminal and from nothing else.
  const terminal = become.method === 'doas';
  const shell = await connection.openShell(commandFor(become, bootCommand(ready), prompt), { terminal });
  await answerPrompt(shell, become, ready, prompt, timeout);
  return new Session(shell, { refusal: (said) => refusal(become, said), lock, patience: timeout, merged: terminal });
}

function commandFor({ method, user, password }: Become, command: string, prompt = ''): string {
  switch (method) {
    case 'sudo':
      return password === undefined
        ? `sudo -H -n -u ${quote(user)} -- ${command.replace(/^exec /, '')}`
        : `sudo -H -S -p ${quote(prompt)} -u ${quote(user)} -- ${command.replace(/^exec /, '')}`;
    case 'su':
      return `su ${quote(user)} -c ${quote(command)}`;
    case 'doas':
      return `doas ${password === undefined ? '-n ' : ''}-u ${quote(user)} -- ${command.replace(/^exec /, '')}`;
  }
}

/** Waits for the shell to say it is ready, giving the password once when it is asked for. */
function answerPrompt(shell: Shell, become: Become, ready: string, prompt: string, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    let asked = 0;
    const finish = (error?: UnreachableError): void => {
      clearTimeout(timer);
      shell.stdout.off('data', heard);
      shell.stderr.off('data', heard);
      if (error) {
        shell.close();
        reject(error);
      } else resolve();
    };
    const heard = (chunk: Buffer): void => {
      said = (said + chunk.toString('utf8')).slice(-4096);
      if (said.includes(ready)) return finish();
      const asks = become.method === 'sudo' ? said.includes(prompt) : /: ?$/.test(said);
      if (!asks) return;
      if (++asked > 1) return finish(refusal(become, 'the password is wrong'));
      said = '';
      shell.stdin.write(`${become.password}\n`);
    };
    const timer = setTimeout(
      () => finish(refusal(become, `no answer within ${timeout} s; it said: ${said.trim()}`)),
      timeout * 1000,
    );
    shell.stdout.on('data', heard);
    shell.stderr.on('data', heard);
    void shell.ended.then((end) => finish(refusal(become, said.trim() || end.reason)));
  });
}

function refusal({ method, user, password }: Become, said: string): UnreachableError {
  const hint =
    password === undefined
      ? 'if it wants a password, give it with -K or ansible_become_password'
      : 'check the become password (-K, ansible_become_password) and that this user may use it';
  return new UnreachableError(
    'become',
    `${method} to ${user} was refused: ${said.trim().split('\n').slice(-3).join(' / ')}`,
    hint,
  );
}
