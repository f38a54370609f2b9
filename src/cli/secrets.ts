import { InputError } from '../base/error.js';
import { readBytes } from '../base/file.js';
import { askTerminal } from './ask.js';
import type { ConnectionValues } from './flags/connection.js';

/** What is secret of a command line's answers and files. */
export interface Secrets {
  readonly password?: string;
  readonly passphrase?: string;
  readonly becomePassword?: string;
}

/** Reads the passwords that the flags name, files first, then one question after the other. Throws InputError. */
export async function readSecrets(values: ConnectionValues): Promise<Secrets> {
  const { connectionPasswordFile, becomePasswordFile } = values;
  let password =
    connectionPasswordFile === undefined ? undefined : firstLine(connectionPasswordFile, '--connection-password-file');
  let becomePassword =
    becomePasswordFile === undefined ? undefined : firstLine(becomePasswordFile, '--become-password-file');
  if (values.askPass) password = await ask('SSH password: ');
  const passphrase = values.askKeyPassphrase ? await ask('Passphrase of the key: ') : undefined;
  if (values.askBecomePass) {
    const answer = await ask(
      password === undefined ? 'BECOME password: ' : 'BECOME password (empty: the SSH password): ',
    );
    becomePassword = answer === '' ? password : answer;
  }
  return { password, passphrase, becomePassword };
}

const ask = (prompt: string): Promise<string> => askTerminal(prompt, { echo: false });

function firstLine(file: string, flag: string): string {
  const text = readBytes(file, file, 64 * 1024).toString('utf8');
  const line = text.split(/\r?\n/, 1)[0]!;
  if (line !== '') return line;
  throw new InputError({
    message: `${flag}: the file is empty`,
    place: { file, line: 0, col: 0 },
    hint: 'the password is its first line',
  });
}
