import { quote } from '../base/quote.js';
import { probeKind, Refusal } from './probe.js';

/** Only root may name a user, even itself; anyone else has one crontab. */
export const CRONTAB_LIBRARY = new Map([
  [
    'hw_crontab',
    `hw_crontab() {
  hw_user=$1
  shift
  if [ "$(id -u)" = 0 ]; then set -- -u "$hw_user" "$@"
  elif [ "$(id -un)" != "$hw_user" ]; then
    echo "only root may see the crontab of $hw_user" >&2
    return 1
  fi
  crontab "$@"
}
`,
  ],
]);

/** A user's crontab as text (subject: user name); null where there is none, no such user, or no cron at all. */
export const crontab = probeKind<string | null>({
  library: CRONTAB_LIBRARY,
  most: 1,
  streams: true,
  ask: ([user = '']) => `hw_exec hw_crontab ${quote(user)} -l`,
  parse: ({ stdout, stderr, status }) => {
    if (status === 0) return [stdout.toString('utf8')];
    const said = stderr.toString('utf8').trim();
    if (status === 127 || /no crontab for|unknown/.test(said)) return [null];
    return [
      new Refusal(
        `crontab -l: ${said || `status ${status}`}`,
        /only root/.test(said) ? 'run the task with become: true' : undefined,
      ),
    ];
  },
});
