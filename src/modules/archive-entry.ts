/** Something in an archive that can be compared with what is on a host. */
export interface ArchiveEntry {
  /** As in the archive, without a leading `./` and a trailing `/`. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  /** Permission bits; undefined where the archive does not say. */
  readonly mode: number | undefined;
  /** Seconds since 1970; undefined where the archive does not say exactly. */
  readonly mtime: number | undefined;
  /** SHA-256 of a file, hex. */
  readonly digest?: string;
  /** Where a symlink points. */
  readonly target?: string;
}
