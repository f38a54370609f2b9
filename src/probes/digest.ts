import { quoteAll } from '../base/quote.js';
import { lines, probeKind, Refusal } from './probe.js';

/** First line: one letter per path, f(ile), d(enied) or - (no regular file there); then sha256sum of the files. */
const LIBRARY = `hw_digest() {
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
  [ $# = 0 ] || sha256sum -- "$@"
}
`;

/** SHA-256 of a regular file (links followed) as 64 hex digits; null where there is none. */
export const digest = probeKind<string | null>({
  library: new Map([['hw_digest', LIBRARY]]),
  most: 250,
  ask: (paths) => `hw_digest ${quoteAll(paths)}`,
  parse: ({ stdout }, paths) => {
    const [map = '', ...sums] = lines(stdout);
    const hashes = sums.flatMap((line) => /^\\?([0-9a-f]{64}) /.exec(line)?.[1] ?? []);
    if (map.length !== paths.length || hashes.length < map.split('f').length - 1) {
      throw new Error('a file went away while its digest was made');
    }
    let next = 0;
    return Array.from(map, (letter, i) => {
      if (letter === 'd') return new Refusal(`permission denied: ${paths[i]}`, 'run the task with become: true');
      return letter === 'f' ? hashes[next++]! : null;
    });
  },
});
