import type { FileStat } from '../../../src/probes/stat.js';

/** The stat of root's file, as a host tells it. */
export function fileStat(changed: Partial<FileStat> = {}): FileStat {
  return {
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    owner: 'root',
    group: 'root',
    size: 4,
    mtime: 1_600_000_000,
    atime: 1_600_000_000,
    ctime: 1_600_000_000,
    inode: 7,
    device: 1,
    links: 1,
    ...changed,
  };
}

/** The stat of root's directory. */
export const directoryStat = (changed: Partial<FileStat> = {}): FileStat =>
  fileStat({ type: 'directory', mode: 0o755, size: 4096, inode: 2, ...changed });

/** The stat of a symlink, and where it leads. */
export const linkStat = (target: string, followed: FileStat | null): FileStat =>
  fileStat({ type: 'symlink', mode: 0o777, inode: 9, target, followed });

/** What can be known of a file that another task of the play will have written. */
export const predictedStat = (changed: Partial<FileStat> = {}): FileStat =>
  fileStat({
    uid: undefined,
    gid: undefined,
    owner: undefined,
    group: undefined,
    mtime: undefined,
    atime: undefined,
    ctime: undefined,
    inode: undefined,
    device: undefined,
    links: undefined,
    ...changed,
  });
