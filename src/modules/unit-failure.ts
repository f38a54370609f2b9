import { type Explanation, explain } from './failure.js';
import type { Outcome } from './module.js';

const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/Unit \S+ is masked/, 'masked: false unmasks it'],
  [
    /not been booted with systemd|Failed to connect to bus/,
    'systemd does not run on this host, or is out of reach for this user',
  ],
  [/Interactive authentication required|Access denied/, 'run the task with become: true'],
  [/bad unit file setting|bad-setting/, 'systemd-analyze verify UNIT names the bad line of the unit file'],
  [
    /start-limit-hit|Start request repeated too quickly/,
    'it failed too often in a short time: systemctl reset-failed UNIT, once the cause is mended',
  ],
];

/** Why systemctl failed, with the last lines of the unit's journal. */
export function explainUnit(name: string, outcome: Outcome): Explanation {
  const said = outcome.stderr.trim().split('\n')[0] ?? '';
  const journal = outcome.stdout.trim().split('\n').slice(-11).join('\n');
  const short: Outcome = { ...outcome, stderr: [said, journal].filter((each) => each !== '').join('\n'), stdout: '' };
  const { message, hint } = explain(name, short, KNOWN, 12);
  return { message, hint: (hint ?? `journalctl -u ${name} tells more`).replaceAll('UNIT', name) };
}
