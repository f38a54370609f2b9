import { quoteAll } from '../base/quote.js';
import { probeKind, Refusal } from './probe.js';

export type FileType = 'file' | 'directory' | 'symlink' | 'block' | 'character' | 'fifo' | 'socket';

/**
 * What lstat says of a path. In a prediction, fields that cannot be known before the change is made
 * are undefined (times and inode of a file still to be written, for instance).
 */
export interface FileStat {
  readonly type: FileType;
  /** Permission bits with setuid, setgid and sticky, e.g. 0o644. */
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** Names of uid and gid; undefined where the host knows none. */
  readonly owner: string | undefined;
  readonly group: string | undefined;
  /** Bytes. */
  readonly size: number | undefined;
  /** Seconds since 1970. */
  readonly mtime: number | undefined;
  readonly atime: number | undefined;
  readonly ctime: number | undefined;
  readonly inode: number | undefined;
  readonly device: number | undefined;
  readonly links: number | undefined;
  /** Of a symlink: where it points, as written. */
  readonly target?: string;
  /** Of a symlink: the stat of what it leads to in the end; null where that does not exist. */
  readonly followed?: FileStat | null;
}

/** File types by the bits above the permissions (S_IFMT in stat(2), shifted right by 12). */
const TYPES: Readonly<Record<number, FileType>> = {
  12: 'socket',
  10: 'symlink',
  8: 'file',
  6: 'block',
  4: 'directory',
  2: 'character',
  1: 'fifo',
};

const FORMAT = '%f %u %g %s %Y %X %Z %i %d %h %U %G';

/**
 * First line: one letter per path, e(xists), l(ink), d(enied) or - (absent). Then a line of stat for
 * every path that exists, then for every link its target, NUL, and a line of stat of what it leads to.
 * A path counts as denied where the nearest folder above it that exists may not be searched.
 */
const LIBRARY = `hw_stat() {
  hw_map= hw_links=
  hw_k=$#
  while [ "$hw_k" -gt 0 ]; do
    hw_k=$((hw_k - 1))
    hw_p=$1
    shift
    if [ -L "$hw_p" ]; then
      hw_map="$hw_map"l hw_links=1
      set -- "$@" "$hw_p"
    elif [ -e "$hw_p" ]; then
      hw_map="$hw_map"e
      set -- "$@" "$hw_p"
    else
      while :; do
        hw_p=\${hw_p%/*}
        [ -n "$hw_p" ] || break
        if [ -d "$hw_p" ]; then break; fi
        case $hw_p in */*) ;; *) hw_p=; break ;; esac
      done
      if [ -n "$hw_p" ] && [ ! -x "$hw_p" ]; then hw_map="$hw_map"d; else hw_map="$hw_map"-; fi
    fi
  done
  printf '%s\\n' "$hw_map"
  [ $# = 0 ] || stat -c '${FORMAT}' -- "$@"
  [ -n "$hw_links" ] || return 0
  for hw_p; do
    [ -L "$hw_p" ] || continue
    readlink -n -- "$hw_p"
    printf '\\0'
    stat -L -c '${FORMAT}' -- "$hw_p" 2>/dev/null || echo
  done
}
`;

function parseLine(line: string): FileStat {
  const [raw, uid, gid, size, mtime, atime, ctime, inode, device, links, owner, group] = line.split(' ');
  const bits = Number.parseInt(raw ?? '', 16);
  const type = TYPES[bits >> 12];
  if (type === undefined || group === undefined) throw new Error(`stat answered ${JSON.stringify(line.slice(0, 100))}`);
  return {
    type,
    mode: bits & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    owner: owner === 'UNKNOWN' ? undefined : owner,
    group: group === 'UNKNOWN' ? undefined : group,
    size: Number(size),
    mtime: Number(mtime),
    atime: Number(atime),
    ctime: Number(ctime),
    inode: Number(inode),
    device: Number(device),
    links: Number(links),
  };
}

/** lstat of a path (`null`: there is nothing), with target and followed stat of a symlink. */
export const stat = probeKind<FileStat | null>({
  library: new Map([['hw_stat', LIBRARY]]),
  most: 250,
  ask: (paths) => `hw_stat ${quoteAll(paths)}`,
  parse: ({ stdout }, paths) => {
    let at = 0;
    const until = (end: number): string => {
      const stop = stdout.indexOf(end, at);
      if (stop < 0) throw new Error('the answer of stat was cut off');
      const text = stdout.toString('utf8', at, stop);
      at = stop + 1;
      return text;
    };
    const map = until(0x0a);
    if (map.length !== paths.length) throw new Error('stat answered for another number of paths');
    const found = Array.from(map, (letter) => (letter === 'e' || letter === 'l' ? parseLine(until(0x0a)) : null));
    return Array.from(map, (letter, i) => {
      if (letter === 'd') return new Refusal(`permission denied: ${paths[i]}`, 'run the task with become: true');
      if (letter !== 'l') return found[i]!;
      const target = until(0);
      const line = until(0x0a);
      return { ...found[i]!, target, followed: line === '' ? null : parseLine(line) };
    });
  },
});
