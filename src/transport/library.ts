/**
 * The functions that every session has on the host, POSIX sh for dash, bash and busybox ash.
 *
 * hw_end INDEX STATUS   closes a step: a marker on stdout
 * hw_fin INDEX STATUS   the same for a step that streamed: a marker on stderr too
 * hw_recv LENGTH FILE   reads exactly LENGTH bytes of stdin into FILE; reads them also where FILE can't be written
 * hw_drop LENGTH        reads LENGTH bytes of stdin away
 * hw_exec ARGV...       runs a program with stdout and stderr relayed apart. The relays outlive a dead
 *                       link (the program is not killed by SIGPIPE half way), and when the program ends
 *                       while something it started still holds its output, the controller learns the status
 *                       from the `x` marker and need not wait.
 */
export function sessionLibrary(nonce: string): string {
  return `unset hw_nonce hw_failed
hw_nonce='${nonce}'
hw_locale=\${LC_ALL-}
LC_ALL=C
export LC_ALL
PATH=\${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin
export PATH
umask 022
hw_end() {
  printf '%se%s:%s\\n' "$hw_nonce" "$1" "$2"
}
hw_fin() {
  printf '%se%s:%s\\n' "$hw_nonce" "$1" "$2"
  printf '%se%s:%s\\n' "$hw_nonce" "$1" "$2" >&2
}
hw_bytes() {
  [ "$1" -lt 65536 ] || dd bs=65536 count=$(($1 / 65536)) iflag=fullblock 2>/dev/null
  [ $(($1 % 65536)) = 0 ] || dd bs=$(($1 % 65536)) count=1 iflag=fullblock 2>/dev/null
}
hw_recv() {
  hw_bytes "$1" | { cat >"$2" && exit 0; cat >/dev/null; exit 1; }
}
hw_drop() {
  [ "$1" = 0 ] || hw_bytes "$1" >/dev/null
}
hw_relay() {
  trap '' PIPE
  cat 2>/dev/null
  exec cat >/dev/null
}
hw_exec() {
  hw_status=$(
    {
      {
        {
          "$@" </dev/null 3>&- 4>&- 5>&- 6>&-
          hw_status=$?
          printf '%sx%s:\\n' "$hw_nonce" "$hw_status" >&3
          printf %s "$hw_status" >&5
        } 2>&1 >&4 4>&- | hw_relay >&6 3>&- 4>&- 5>&- 6>&-
      } 4>&1 | hw_relay >&3 3>&- 5>&- 6>&-
    } 5>&1
  )
  return "$hw_status"
} 3>&1 6>&2
`;
}
