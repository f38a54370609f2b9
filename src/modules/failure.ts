import type { Outcome } from './module.js';

/** Why a program failed, for a person. */
export interface Explanation {
  readonly message: string;
  readonly hint?: string;
}

/** A failure that programs have in common: what they print, and what to do about it. */
const COMMON: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    /No space left on device|(not|n't) (have )?enough free space|Disk quota exceeded/i,
    'make room on the host: df -h and df -i show which file system is full',
  ],
  [/Read-only file system/i, 'a file system is mounted read-only: dmesg tells whether a disk error did it'],
  [/Permission denied|Operation not permitted|must be root|are you root|superuser/i, 'run the task with become: true'],
  [
    /cannot lock \/etc\/(passwd|group|shadow|gshadow)/,
    'another program is changing accounts, or left /etc/*.lock behind when it died',
  ],
  [/Temporary failure (in name )?resolv|Could not resolve/i, 'the host cannot look up names: see its /etc/resolv.conf'],
];

/**
 * What to tell of an outcome that is not 0.
 * @param what the thing that was tried, e.g. `useradd alice`
 * @param known failures of this program, tried before the common ones
 * @param lines of output that are shown at the most
 */
export function explain(
  what: string,
  outcome: Outcome,
  known: readonly (readonly [RegExp, string])[] = [],
  lines = 5,
): Explanation {
  const said = (outcome.stderr.trim() || outcome.stdout.trim()).split('\n').slice(-lines).join('\n');
  if (outcome.status === 127)
    return { message: `${what}: the program is not there`, hint: said || 'install its package' };
  if (outcome.status === 124)
    return { message: `${what} did not end in time and was stopped`, hint: 'raise the timeout of the task' };
  const all = `${outcome.stderr}\n${outcome.stdout}`;
  const hint = [...known, ...COMMON].find(([pattern]) => pattern.test(all))?.[1];
  return { message: `${what} failed: ${said || `status ${outcome.status}`}`, ...(hint === undefined ? {} : { hint }) };
}
