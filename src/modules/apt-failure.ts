import { LOCKED } from './apt-script.js';
import { type Explanation, explain } from './failure.js';
import type { Outcome } from './module.js';

const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/Unable to locate package/, 'is the name right, and are the package lists new? update_cache: true fetches them'],
  [
    /has no installation candidate|Version '.*' for '.*' was not found/,
    '`apt-cache policy NAME` shows what there is; update_cache: true fetches new lists',
  ],
  [/is a virtual package provided by/, 'name one of the packages that provide it'],
  [/-y was used without --allow-downgrades/, 'allow_downgrade: true permits a lower version'],
  [
    /without --allow-change-held-packages/,
    'a package is held (apt-mark showhold): allow_change_held_packages: true changes it all the same',
  ],
  [
    /Essential packages were removed/,
    'apt would remove essential packages: is a repository of another release configured?',
  ],
  [
    /NO_PUBKEY|is not signed|EXPKEYSIG/,
    "the key of a repository is missing or expired: give its entry the right key (apt_repository's signed_by)",
  ],
  [
    /does not have a Release file/,
    'the address or the suite of a repository is wrong: see the entries in /etc/apt/sources.list.d',
  ],
  [/unmet dependencies|pkgProblemResolver|held broken packages/, 'apt: {state: fixed} may mend them'],
  [
    /Could not get lock|Could not open lock file|Unable to (acquire|lock)/,
    'another program uses apt or dpkg; as another user than root: become: true',
  ],
  [
    /Unable to fetch some archives|Failed to fetch/,
    'can the host reach its mirror? Old package lists name files that are gone: update_cache: true',
  ],
  [
    /Sub-process .*dpkg returned an error|post-installation script/,
    'a script of the package failed: the lines above it in the output say why',
  ],
];

/** Why apt-get failed. */
export function explainApt(what: string, outcome: Outcome): Explanation {
  if (outcome.status === LOCKED) {
    return {
      message: `${what}: ${outcome.stderr.trim().split('\n').at(-1)}`,
      hint: 'wait for that program, or raise lock_timeout',
    };
  }
  // apt's own errors begin with E:, whatever was printed around them.
  const errors = outcome.stderr.split('\n').filter((line) => /^(E:|dpkg: error|W: Failed)/.test(line));
  const said =
    errors.length > 0
      ? {
          ...outcome,
          stderr: errors.map((line) => line.replace(/^E: /, '')).join('\n'),
          stdout: `${outcome.stdout}\n${outcome.stderr}`,
        }
      : outcome;
  return explain(what, said, KNOWN);
}
