import { quote } from '../base/quote.js';
import { probeKind, Refusal } from './probe.js';

/** A user's crontab as text (subject: user name, empty for the task's own user); null where there is none. */
export const crontab = probeKind<string | null>({
  library: new Map(),
  most: 1,
  streams: true,
  ask: ([user = '']) => `hw_exec crontab ${user === '' ? '' : `-u ${quote(user)} `}-l`,
  parse: ({ stdout, stderr, status }) => {
    if (status === 0) return [stdout.toString('utf8')];
    const said = stderr.toString('utf8').trim();
    if (/no crontab for/.test(said)) return [null];
    return [new Refusal(`crontab -l: ${said || `status ${status}`}`, status === 127 ? 'install the package cron' : undefined)];
  },
});
