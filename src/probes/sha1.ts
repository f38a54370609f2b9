import { quoteAll } from '../base/quote.js';
import { lines, probeKind, Refusal } from './probe.js';

/** First line: one letter per path, f(ile), d(enied) or - (no regular file there); then sha1sum of the files. */
const LIBRARY = `hw_sha1() {
  hw_map=
  hw_k=$#
  while [ "$hw_k" -gt 0 ]; do
    hw_k=$((hw_k - 1))
    hw_p=$1
    shift
    if [ ! -f "$hw_p" ]; then hw_map="$hw_map"-
    elif [ ! -r "$hw_p" ]; then hw_map="$hw_map"d
    else
      hw_map="$hw_map"f
      set -- "$@" "$hw_p"
    fi
  done
  printf '%s\\n' "$hw_map"
  [ $# = 0 ] || sha1sum -- "$@"
}
`;

/** SHA-1 of a regular file (links followed), hex: what Ansible registers as `checksum`; null where there is none. */
export const sha1 = probeKind<string | null>({
  library: new Map([['hw_sha1', LIBRARY]]),
  most: 250,
  ask: (paths) => `hw_sha1 ${quoteAll(paths)}`,
  parse: ({ stdout }, paths) => {
    const [map = '', ...sums] = lines(stdout);
    const hashes = sums.flatMap((line) => /^\\?([0-9a-f]{40}) /.exec(line)?.[1] ?? []);
    if (map.length !== paths.length || hashes.length < map.split('f').length - 1) {
      throw new Error('a file went away while its checksum was made');
    }
    let next = 0;
    return Array.from(map, (letter, i) => {
      if (letter === 'd') return new Refusal(`permission denied: ${paths[i]}`, 'run the task with become: true');
      return letter === 'f' ? hashes[next++]! : null;
    });
  },
});
