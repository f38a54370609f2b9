import { UnreachableError } from '../base/error.js';
import { quote } from '../base/quote.js';
import type { SessionLock } from '../transport/session.js';

/** Seconds after which an idle holder that gave no sign of life counts as dead. */
const STALE = 90;

/**
 * The lock of a host, held for as long as a session's shell lives. The kernel frees an flock when its
 * holder ends, so a dead run's lock frees itself as soon as its shell ends; a shell whose link died
 * without a word is recognised by the lock's age (every batch renews it) and by having no child, and
 * is ended. Root's lock is in /run; other users' where they may write.
 * @param holder who and what run, as told to the one who finds the host locked
 */
export function hostLock(holder: string): SessionLock {
  return {
    take: takeText(holder),
    renew: 'hw_renew',
    refused: (said) =>
      new UnreachableError(
        'locked',
        `another run is at work on this host: ${said || 'unknown holder'}`,
        'wait until it has ended; the lock of a run that died frees itself within two minutes',
      ),
  };
}

function takeText(holder: string): string {
  return `hw_renew() {
  [ -z "$hw_mine" ] || printf '%s %s\\n' $$ ${quote(holder)} >"$hw_lockfile"
}
hw_mine=
hw_lock() {
  command -v flock >/dev/null || return 0
  if [ -w /run ]; then hw_lockfile=/run/hostwright.lock
  else hw_lockfile=\${XDG_RUNTIME_DIR:-/tmp}/hostwright-$(id -u).lock; fi
  [ ! -L "$hw_lockfile" ] || return 0
  umask 077
  true 2>/dev/null >>"$hw_lockfile" || { umask 022; return 0; }
  umask 022
  exec 8<"$hw_lockfile" || return 0
  hw_k=0
  until flock -n 8; do
    hw_pid=
    hw_holder=
    read -r hw_pid hw_holder <"$hw_lockfile"
    # Another name of this host, in the same run.
    [ "$hw_holder" != ${quote(holder)} ] || return 0
    # Who took it may be about to write its name; a run that has just ended may take a moment to be gone.
    hw_k=$((hw_k + 1))
    if [ "$hw_k" -le 20 ]; then sleep 0.1; continue; fi
    hw_age=$(( $(date +%s) - $(stat -c %Y "$hw_lockfile") ))
    if [ -n "$hw_pid" ] && [ "$hw_age" -gt ${STALE} ] && [ -z "$(cat /proc/"$hw_pid"/task/*/children 2>/dev/null)" ]; then
      kill "$hw_pid" 2>/dev/null
      sleep 0.2
      kill -9 "$hw_pid" 2>/dev/null
      flock -w 2 8 && break
    fi
    printf '%s\\n' "$hw_holder"
    exec 8<&-
    return 1
  done
  hw_mine=1
  hw_renew
}`;
}
