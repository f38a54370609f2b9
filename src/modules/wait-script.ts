import { quote } from '../base/quote.js';
import type { WaitArguments } from './wait-for.js';

/** States of /proc/net/tcp that count as a connection: ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, TIME_WAIT. */
const CONNECTED = '0[1-6]';

/** The shell text that waits: status 0 once it is so, 75 when the time is up, 69 where nothing can look at a port. */
export function waitScript(args: WaitArguments): string {
  const { port, path, state, delay, sleep, timeout } = args;
  if (port === undefined && path === undefined) return `sleep ${Math.max(0, timeout)}`;
  const there = state === 'started' || state === 'present';
  const look =
    path !== undefined ? fileLook(path, args.search_regex) : state === 'drained' ? drainedLook(port!) : portLook(args);
  return `${look}
${delay > 0 ? `sleep ${delay}` : ':'}
end=$(($(date +%s) + ${timeout > 0 ? timeout + 1 : 0}))
while :; do
  look
  r=$?
  if [ $r ${there || state === 'drained' ? '-eq' : '-ne'} 0 ]; then exit 0; fi
  if [ "$(date +%s)" -ge "$end" ]; then exit 75; fi
  sleep ${Math.max(1, sleep)}
done`;
}

/** Perl's expressions where grep has them, else extended ones. */
const GREP = `if echo x | grep -qP x 2>/dev/null; then p=-P; else p=-E; fi`;
const search = (regex: string): string => `grep $p -m1 -e ${quote(regex)}`;

/** A broken expression ends the wait. */
const checkRegex = (regex: string): string => `${GREP}
: | ${search(regex)} >/dev/null
if [ $? -gt 1 ]; then exit 65; fi
`;

function fileLook(path: string, regex: string | undefined): string {
  if (regex === undefined) return `look() { [ -e ${quote(path)} ] || [ -L ${quote(path)} ]; }`;
  return `${checkRegex(regex)}look() { [ -f ${quote(path)} ] && ${search(regex)} -- ${quote(path)} 2>/dev/null; }`;
}

function drainedLook(port: number): string {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const line = `^ *[0-9]+: [0-9A-F]+:${hex} [0-9A-F]+:[0-9A-F]{4} ${CONNECTED} `;
  return `look() { ! grep -sEq ${quote(line)} /proc/net/tcp /proc/net/tcp6; }`;
}

/**
 * bash opens ports itself; nc and curl are asked where there is no bash. Any failure is a "no". With an
 * expression, what the port sends is read until a line matches, the other side is done, or the time for
 * one look is up.
 */
function portLook({ host, port, connect_timeout: seconds, search_regex: regex, state }: WaitArguments): string {
  const limit = Math.max(1, seconds);
  const to = `${quote(host)} ${port}`;
  const read =
    regex === undefined || !(state === 'started' || state === 'present')
      ? undefined
      : ` | head -c 1048576 | ${search(regex)}`;
  const looks: [string, string][] = read
    ? [
        ['bash', `timeout ${limit} bash -c 'exec 3<>"/dev/tcp/$1/$2" && exec cat <&3' look ${to} 2>/dev/null${read}`],
        ['nc', `timeout ${limit} nc ${to} </dev/null 2>/dev/null${read}`],
        ['curl', `timeout ${limit} curl -sN ${quote(`telnet://${host}:${port}`)} </dev/null 2>/dev/null${read}`],
      ]
    : [
        ['bash', `timeout ${limit} bash -c 'exec 3<>"/dev/tcp/$1/$2"' look ${to} 2>/dev/null`],
        ['nc', `nc -z -w ${limit} ${to} </dev/null >/dev/null 2>&1`],
        [
          'curl',
          `[ -n "$(curl -s -o /dev/null -m ${limit} -w '%{remote_ip}' ${quote(`telnet://${host}:${port}`)} </dev/null 2>/dev/null)" ]`,
        ],
      ];
  const cases = looks.map(([program, look]) => `if command -v ${program} >/dev/null; then\n  look() { ${look}; }`);
  const none = "else\n  echo 'neither bash nor nc nor curl is there to look at a port' >&2\n  exit 69\nfi";
  return `${read === undefined ? '' : checkRegex(regex!)}${cases.join('\nel')}\n${none}`;
}
