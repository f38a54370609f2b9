import type { Effect } from '../actions/action.js';
import type { RunAction } from '../actions/run.js';
import type { PlanContext } from './module.js';

/** Status that the script below ends with when a lock is held too long. */
export const LOCKED = 75;

/**
 * $1 seconds to wait for locks, then a command line. Waits until nobody holds apt's and dpkg's locks and
 * says on stderr who does, brings an interrupted dpkg to its end, then runs the command; where another
 * program was quicker to lock, it waits again. A lock's holder is in /proc/locks by the inode of the file.
 */
export const APT_SCRIPT = `limit=$1
shift
holder() {
  for file in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock; do
    [ ! -e "$file" ] || set -- "$@" "$file"
  done
  [ $# != 0 ] || return 0
  inodes=$(stat -c %i -- "$@" 2>/dev/null | tr '\\n' ' ')
  while read -r _ kind _ _ pid place _; do
    [ "$kind" = POSIX ] && [ "$pid" -gt 0 ] && [ "$pid" != $$ ] || continue
    case " $inodes" in *" \${place##*:} "*) ;; *) continue ;; esac
    for file; do
      if [ -r "/proc/$pid/fd" ]; then
        [ -n "$(find "/proc/$pid/fd" -lname "$file" 2>/dev/null)" ] || continue
      fi
      read -r name <"/proc/$pid/comm" || name='unknown program'
      echo "$name (process $pid)"
      return 0
    done
  done </proc/locks
}
now() { read -r up _ </proc/uptime; echo "\${up%%.*}"; }
start=$(now)
told=
unlocked() {
  while :; do
    who=$(holder)
    [ -n "$who" ] || return 0
    past=$(($(now) - start))
    if [ "$past" -ge "$limit" ]; then
      echo "the lock of apt and dpkg is still held after $limit s, by $who" >&2
      exit ${LOCKED}
    fi
    [ "$told" = "$who" ] || echo "waiting up to $((limit - past)) s: the lock of apt and dpkg is held by $who" >&2
    told=$who
    sleep 1
  done
}
unlocked
for file in /var/lib/dpkg/updates/[0-9]*; do
  [ -e "$file" ] || break
  echo 'dpkg was interrupted: bringing it to its end with dpkg --configure -a' >&2
  dpkg --force-confdef --force-confold --configure -a </dev/null || exit
  break
done
"$@" && exit
status=$?
[ -n "$(holder)" ] || exit $status
unlocked
exec "$@"`;

/** What apt must never do when nobody is there to answer. */
const ENVIRONMENT = {
  DEBIAN_FRONTEND: 'noninteractive',
  DEBIAN_PRIORITY: 'critical',
  APT_LISTCHANGES_FRONTEND: 'none',
};

export function aptAction(
  command: readonly string[],
  lockTimeout: number,
  context: PlanContext,
  effects: readonly Effect[],
): RunAction {
  return {
    kind: 'run',
    argv: ['sh', '-c', APT_SCRIPT, 'apt', String(lockTimeout), ...command],
    environment: { ...context.environment, ...ENVIRONMENT },
    ...(context.timeout === undefined ? {} : { timeout: context.timeout }),
    effects,
  };
}
