/**
 * The functions that every session has on the host, POSIX sh for dash, bash and busybox ash.
 *
 * USR1                  what is at work ends, and no guarded step after it begins (see Link.stop)
 * hw_end INDEX STATUS   closes a step: a marker on stdout
 * hw_fin INDEX STATUS   the same for a step that streamed: a marker on stderr too
 * hw_recv LENGTH FILE   reads exactly LENGTH bytes of stdin into FILE; reads them also where FILE can't be written;
 *                       fails where the link dies before they all came. (It says so in a subshell: with the link
 *                       gone that is a SIGPIPE, and the shell still has to remove what is half there.)
 * hw_drop LENGTH        reads LENGTH bytes of stdin away
 * hw_exec ARGV...       runs a program with stdout and stderr relayed apart. The relays outlive a dead
 *                       link, so no program is killed by SIGPIPE half way. Something the program leaves
 *                       running may hold its output: the relays then get two seconds and are ended, so it
 *                       neither stalls us nor prints into later answers. Descriptor 8 is the host's
 *                       lock: not the program's, or what it leaves running would hold the host for ever.
 *                       (The subshell around the program matters: a redirected function call would leave
 *                       copies of the closed descriptors in everything it forks.)
 */
export function sessionLibrary(nonce: string): string {
  return `unset hw_nonce hw_failed hw_stopped
hw_nonce='${nonce}'
hw_locale=\${LC_ALL-}
LC_ALL=C
export LC_ALL
PATH=\${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin
export PATH
umask 022
trap 'hw_stopped=1' USR1
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
  hw_bytes "$1" | { cat >"$2" && exit 0; cat >/dev/null; exit 1; } || return 1
  [ "$(wc -c <"$2")" -eq "$1" ] || { (echo "the connection ended in the middle of a file" >&2); return 1; }
}
hw_drop() {
  [ "$1" = 0 ] || hw_bytes "$1" >/dev/null
}
hw_relay() {
  trap '' PIPE
  exec tee /dev/null 2>/dev/null
}
hw_alive() {
  kill -0 "$1" 2>/dev/null && { [ ! -d /proc/self ] || [ -e "/proc/$1/fd/1" ]; }
}
hw_exec() {
  hw_all=$(
    {
      {
        {
          ("$@") </dev/null 3>&- 4>&- 5>&- 6>&- 8>&-
          printf ' s%s' "$?" >&5
        } 2>&1 >&4 3>&- 4>&- 6>&- | hw_relay >&6 3>&- 4>&- 5>&- 6>&- 8>&- &
        printf ' e%s' "$!" >&5
        exec 3>&- 4>&- 5>&- 6>&- 8>&-
        wait
      } 4>&1 | hw_relay >&3 3>&- 5>&- 6>&- 8>&- &
      printf ' o%s' "$!" >&5
    } 5>&1
  )
  for hw_w in $hw_all; do
    case $hw_w in
      s*) hw_status=\${hw_w#s} ;;
      e*) hw_e=\${hw_w#e} ;;
      o*) hw_o=\${hw_w#o} ;;
    esac
  done
  hw_k=0
  while hw_alive "$hw_o" || hw_alive "$hw_e"; do
    hw_k=$((hw_k + 1))
    [ "$hw_k" -lt 1000 ] || sleep 0.1
    [ "$hw_k" -lt 1020 ] || kill "$hw_o" "$hw_e" 2>/dev/null
  done
  return "$hw_status"
} 3>&1 6>&2
`;
}
