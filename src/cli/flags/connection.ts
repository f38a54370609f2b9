import { type Command, Option } from 'commander';
import { positive } from './parse.js';

export interface ConnectionValues {
  readonly user?: string;
  readonly privateKey?: string;
  readonly askPass?: true;
  readonly askKeyPassphrase?: true;
  readonly connectionPasswordFile?: string;
  readonly connection?: string;
  readonly timeout: number;
  readonly acceptNewHostKeys?: true;
  readonly forks: number;
  readonly become?: true;
  readonly becomeUser: string;
  readonly becomeMethod: string;
  readonly askBecomePass?: true;
  readonly becomePasswordFile?: string;
}

/** How hosts are reached, and as whom. */
export function connectionFlags(command: Command): Command {
  return command
    .option('-u, --user <NAME>', 'log in as this user')
    .option('--private-key <FILE>', 'log in with this key (also: --key-file)')
    .option('--ask-key-passphrase', 'ask for the passphrase of the key')
    .option('-k, --ask-pass', 'ask for the password of the login')
    .option('--connection-password-file <FILE>', 'read the password of the login from the first line of a file')
    .addOption(new Option('-c, --connection <KIND>', 'how hosts are reached').choices(['ssh', 'local']))
    .option('-T, --timeout <SECONDS>', 'time for connecting and logging in', positive, 20)
    .option('--accept-new-host-keys', 'trust the key of a host that is not known yet, and remember it')
    .option('-f, --forks <NUMBER>', 'hosts that are worked on at once', positive, 50)
    .option('-b, --become', 'do tasks as another user')
    .option('--become-user <NAME>', 'that user', 'root')
    .addOption(
      new Option('--become-method <METHOD>', 'how to become that user').choices(['sudo', 'su', 'doas']).default('sudo'),
    )
    .option('-K, --ask-become-pass', 'ask for the password that becoming needs')
    .option('--become-password-file <FILE>', 'read that password from the first line of a file');
}
