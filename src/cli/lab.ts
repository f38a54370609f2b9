import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { type Command, Option } from 'commander';
import { InputError } from '../base/error.js';
import { labDown, labList, labSsh, labUp } from '../lab/lab.js';
import type { HostRequest, ProviderName, Release } from '../lab/state.js';
import { plural } from '../report/text.js';

interface LabValues {
  readonly name?: string;
  readonly root?: string;
}

/** `hostwright lab up|down|list|ssh`. */
export function define(command: Command): void {
  // What comes after the host is its command's own.
  command.enablePositionalOptions();
  const sub = (name: string, summary: string): Command =>
    command
      .command(name)
      .summary(summary)
      .description(summary[0]!.toUpperCase() + summary.slice(1))
      .copyInheritedSettings(command);
  const named = (name: string, summary: string): Command =>
    sub(name, summary)
      .option('--name <NAME>', 'the name of the lab', 'lab')
      .option('--root <FOLDER>', 'the project; this folder where left out');

  named('up', 'start hosts, or what is missing of them')
    .option('--hosts <HOSTS>', 'a number, or names with a Debian release, such as "web1,db1:trixie"', hostRequests)
    .addOption(
      new Option('--provider <PROVIDER>', 'real Debian hosts, or shells on this machine').choices([
        'nspawn',
        'embedded',
      ]),
    )
    .action(up);
  named('down', 'take the hosts down and leave nothing of them').action(async ({ name, root }: LabValues) =>
    labDown({ name, root }),
  );
  sub('list', 'the labs of this project and their hosts')
    .option('--root <FOLDER>', 'the project; this folder where left out')
    .action(list);
  named('ssh', 'log in to a host, or run a command there')
    .argument('[HOST]', 'a host of the lab; the first where left out')
    .argument('[COMMAND...]', 'a command, run by the shell of the host')
    .option('--user <USER>', 'log in as root, deploy (sudo without a password) or operator (sudo with it)')
    .passThroughOptions()
    .action(ssh);
}

async function up({
  name,
  root,
  hosts,
  provider,
}: LabValues & { hosts?: HostRequest[]; provider?: ProviderName }): Promise<void> {
  const started = performance.now();
  const state = await labUp({
    name,
    root,
    hosts,
    provider,
    onProgress: (message) => process.stderr.write(`${message}\n`),
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stderr.write(`${plural(state.hosts.length, 'host')} up in ${seconds} s; inventory:\n`);
  const short = relative(process.cwd(), state.inventoryFile);
  process.stdout.write(`${short.startsWith('..') ? state.inventoryFile : short}\n`);
}

async function list({ root }: LabValues): Promise<void> {
  const labs = await labList(root);
  if (labs.length === 0) process.stderr.write('there are no labs here\n');
  for (const lab of labs) {
    for (const { name, address, port, release, running } of lab.hosts) {
      process.stdout.write(`${lab.name}  ${name}  ${address}:${port}  ${release}  ${running ? 'up' : 'down'}\n`);
    }
  }
}

function ssh(host: string | undefined, words: string[], { name, root, user }: LabValues & { user?: string }): void {
  const [file = 'ssh', ...args] = labSsh({ name, root, host, user });
  const { status, error } = spawnSync(file, [...args, ...words], { stdio: 'inherit' });
  if (error)
    throw new InputError({
      message: `${file} cannot be started: ${error.message}`,
      hint: 'apt-get install openssh-client',
    });
  process.exitCode = status ?? 255;
}

/** `3` gives lab1 to lab3, Debian 12 and 13 in turn; else names, each with a release behind a colon if wanted. */
function hostRequests(text: string): HostRequest[] {
  if (/^\d{1,3}$/.test(text)) {
    return Array.from({ length: Number(text) }, (_, i) => ({
      name: `lab${i + 1}`,
      release: i % 2 === 0 ? 'bookworm' : 'trixie',
    }));
  }
  return text.split(',').map((each) => {
    const [name = '', release] = each.trim().split(':');
    if (release === undefined) return { name };
    const found = RELEASES[release];
    if (!found)
      throw new InputError({
        message: `--hosts ${text}: there is no release "${release}"`,
        hint: 'bookworm (Debian 12) or trixie (Debian 13)',
      });
    return { name, release: found };
  });
}

const RELEASES: Readonly<Record<string, Release | undefined>> = {
  bookworm: 'bookworm',
  12: 'bookworm',
  trixie: 'trixie',
  13: 'trixie',
};
