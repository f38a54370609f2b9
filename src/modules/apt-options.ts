import type { Arguments } from './options.js';

export const aptOptions = {
  name: {
    type: 'list',
    elements: 'str',
    aliases: ['package', 'pkg'],
    description: 'Packages: `name`, `name=version` (globs allowed in both), `name:architecture`.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent', 'latest', 'fixed', 'build-dep'],
    default: 'present',
    description: 'Installed, removed, at the newest version; fixed mends broken dependencies.',
  },
  update_cache: { type: 'bool', aliases: ['update-cache'], description: 'Fetch the package lists first.' },
  cache_valid_time: {
    type: 'int',
    default: 0,
    description: 'Seconds for which package lists are new enough not to be fetched.',
  },
  upgrade: {
    type: 'str',
    choices: ['no', 'false', 'yes', 'true', 'safe', 'full', 'dist'],
    default: 'no',
    description: 'Upgrade all packages: yes or safe removes none, full or dist may.',
  },
  deb: { type: 'path', description: 'A package file on the host.' },
  purge: { type: 'bool', default: false, description: 'With absent or autoremove: remove configuration files too.' },
  autoremove: {
    type: 'bool',
    default: false,
    description: 'Remove packages that were installed for others and are not needed any more.',
  },
  autoclean: {
    type: 'bool',
    default: false,
    description: 'Remove package files from the cache that cannot be fetched any more.',
  },
  clean: { type: 'bool', default: false, description: 'Remove all package files from the cache.' },
  install_recommends: {
    type: 'bool',
    aliases: ['install-recommends'],
    description: "Install recommended packages too; left out: the host's setting.",
  },
  default_release: {
    type: 'str',
    aliases: ['default-release'],
    description: 'Release to prefer, e.g. bookworm-backports.',
  },
  only_upgrade: { type: 'bool', default: false, description: 'Install nothing that is not installed.' },
  allow_downgrade: {
    type: 'bool',
    default: false,
    aliases: ['allow-downgrade', 'allow_downgrades', 'allow-downgrades'],
    description: 'A lower version may replace a higher one.',
  },
  allow_change_held_packages: { type: 'bool', default: false, description: 'Held packages may change.' },
  allow_unauthenticated: {
    type: 'bool',
    default: false,
    aliases: ['allow-unauthenticated'],
    description: 'Packages need no signature.',
  },
  force: { type: 'bool', default: false, description: 'All three allowances above, and removing essential packages.' },
  fail_on_autoremove: {
    type: 'bool',
    default: false,
    description: 'Fail where an installation would remove packages.',
  },
  dpkg_options: {
    type: 'str',
    default: 'force-confdef,force-confold',
    description: 'Options of dpkg, comma-separated.',
  },
  force_apt_get: { type: 'bool', default: false, description: 'apt-get is always used.' },
  lock_timeout: {
    type: 'int',
    default: 60,
    description: 'Seconds to wait while another program holds the lock of apt or dpkg.',
  },
} as const;

export type AptArguments = Arguments<typeof aptOptions>;

/** The words of an apt-get command line with the options that a task's arguments ask for. */
export function aptGet(args: AptArguments, ...words: string[]): string[] {
  const flag = (wanted: boolean, ...flags: string[]): string[] => (wanted ? flags : []);
  return [
    'apt-get',
    '-y',
    '-o',
    'Dpkg::Use-Pty=0',
    '-o',
    `DPkg::Lock::Timeout=${args.lock_timeout}`,
    ...args.dpkg_options
      .split(',')
      .filter(Boolean)
      .flatMap((option) => ['-o', `Dpkg::Options::=--${option.trim()}`]),
    ...(args.default_release === undefined ? [] : ['-t', args.default_release]),
    ...(args.install_recommends === undefined
      ? []
      : ['-o', `APT::Install-Recommends=${args.install_recommends ? 'yes' : 'no'}`]),
    ...flag(args.allow_downgrade || args.force, '--allow-downgrades'),
    ...flag(args.allow_change_held_packages || args.force, '--allow-change-held-packages'),
    ...flag(args.allow_unauthenticated || args.force, '--allow-unauthenticated'),
    ...flag(args.force, '--allow-remove-essential'),
    ...flag(args.fail_on_autoremove, '--no-remove'),
    ...words,
  ];
}
