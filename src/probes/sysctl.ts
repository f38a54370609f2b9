import { quoteAll } from '../base/quote.js';
import { lines, probeKind, Refusal } from './probe.js';

/**
 * First line: a letter for each key, v(alue), d(enied) or - (no such key); then every line of every value
 * after its path. Not read by the shell: it reads byte by byte, and the kernel gives numbers in one piece only.
 */
const LIBRARY = `hw_sysctl() {
  hw_map=
  for hw_p; do
    if [ ! -e "$hw_p" ]; then hw_map="$hw_map"-
    elif [ ! -r "$hw_p" ]; then hw_map="$hw_map"d
    else hw_map="$hw_map"v
    fi
  done
  printf '%s\\n' "$hw_map"
  grep -s '' -- "$@" /dev/null
}
`;

/** Where a key of sysctl(8) is. With a slash in it dots and slashes have changed places, as sysctl has it. */
export function sysctlPath(key: string): string {
  const slash = key.indexOf('/');
  const dot = key.indexOf('.');
  const swapped = slash >= 0 && (dot < 0 || slash < dot);
  const parts = swapped ? key : key.replace(/[./]/g, (each) => (each === '.' ? '/' : '.'));
  return `/proc/sys/${parts}`;
}

/** The value of a kernel setting (subject: its key, e.g. `net.ipv4.ip_forward`); null where there is no such key. */
export const sysctl = probeKind<string | null>({
  library: new Map([['hw_sysctl', LIBRARY]]),
  most: 250,
  ask: (keys) => `hw_sysctl ${quoteAll(keys.map(sysctlPath))}`,
  parse: ({ stdout }, keys) => {
    const [map = '', ...rest] = lines(stdout);
    if (map.length !== keys.length) throw new Error('the host answered for another number of keys');
    const values = new Map<string, string>();
    for (const line of rest) {
      const colon = line.indexOf(':', '/proc/sys/'.length);
      const path = line.slice(0, colon);
      // Of a table of several lines the first stands for it.
      if (!values.has(path)) values.set(path, line.slice(colon + 1));
    }
    return keys.map((key, i) => {
      if (map[i] === 'd')
        return new Refusal(`the kernel does not let us read ${key}`, 'run the task with become: true');
      return map[i] === 'v' ? (values.get(sysctlPath(key)) ?? '') : null;
    });
  },
});
