import { quoteAll } from '../base/quote.js';
import { lines, probeKind, Refusal } from './probe.js';

/** A letter for each key, v(alue), d(enied) or - (no such key), and the first line of its value. All by builtins. */
const LIBRARY = `hw_sysctl() {
  for hw_p; do
    if [ ! -e "$hw_p" ]; then echo -
    elif { IFS= read -r hw_v <"$hw_p"; } 2>/dev/null; then printf 'v%s\\n' "$hw_v"
    else echo d
    fi
  done
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
    const found = lines(stdout);
    if (found.length !== keys.length) throw new Error('the host answered for another number of keys');
    return found.map((line, i) => {
      if (line.startsWith('v')) return line.slice(1);
      return line === '-' ? null : new Refusal(`the kernel does not let us read ${keys[i]}`, 'run the task with become: true');
    });
  },
});
