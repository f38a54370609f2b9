import { quoteAll } from '../base/quote.js';
import { probeKind, Refusal } from './probe.js';

/** Bytes of one file that are read at the most. */
export const CONTENT_LIMIT = 8 * 1024 * 1024;

/**
 * First line: one letter per path, f(ile), d(enied) or - (no regular file there). Then a line with the
 * size of each file, then the bytes of all files, one after the other; files over the limit are left out.
 */
const LIBRARY = `hw_content() {
  hw_map= hw_max=$1
  shift
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
  [ $# != 0 ] || return 0
  hw_sizes=$(stat -L -c %s -- "$@")
  printf '%s\\n' "$hw_sizes"
  for hw_size in $hw_sizes; do
    [ "$hw_size" -gt "$hw_max" ] || set -- "$@" "$1"
    shift
  done
  [ $# = 0 ] || cat -- "$@"
}
`;

/** The bytes of a regular file (links followed); null where there is none. */
export const content = probeKind<Buffer | null>({
  library: new Map([['hw_content', LIBRARY]]),
  most: 50,
  keep: 2 * 64 * CONTENT_LIMIT,
  ask: (paths) => `hw_content ${CONTENT_LIMIT} ${quoteAll(paths)}`,
  parse: ({ stdout }, paths) => {
    let at = 0;
    const line = (): string => {
      const stop = stdout.indexOf(0x0a, at);
      if (stop < 0) throw new Error('the answer was cut off');
      const text = stdout.toString('latin1', at, stop);
      at = stop + 1;
      return text;
    };
    const map = line();
    if (map.length !== paths.length) throw new Error('the host answered for another number of files');
    const sizes = Array.from(map, (letter) => (letter === 'f' ? Number(line()) : 0));
    const answers = Array.from(map, (letter, i) => {
      if (letter === 'd') return new Refusal(`permission denied: ${paths[i]}`, 'run the task with become: true');
      if (letter !== 'f') return null;
      const size = sizes[i]!;
      if (size > CONTENT_LIMIT) return new Refusal(`${paths[i]} has ${size} bytes: too large to be read whole`);
      at += size;
      return Buffer.from(stdout.subarray(at - size, at));
    });
    if (at !== stdout.length) throw new Error('a file changed while it was read');
    return answers;
  },
});
