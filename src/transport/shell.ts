import type { Readable, Writable } from 'node:stream';

/** Why a shell ended. `lost` is true where the connection went before the shell said its exit status. */
export interface ShellEnd {
  readonly lost: boolean;
  readonly code?: number;
  readonly reason: string;
}

/** A shell on a host: three byte streams and its end. What runs in it is the session's business. */
export interface Shell {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves once, never rejects. */
  readonly ended: Promise<ShellEnd>;
  /** Ends the shell at once; what it started on the host goes on. */
  close(): void;
}

/** An open way to a host over which any number of shells can be opened. */
export interface Connection {
  /**
   * Runs one command line in the login user's shell.
   * @param terminal asks for a terminal in raw mode, for programs that read passwords from nothing else
   * @throws UnreachableError
   */
  openShell(command: string, options?: { readonly terminal?: boolean }): Promise<Shell>;
  close(): void;
}

/**
 * The loop that runs on the host: reads `LENGTH SEAL`, then a batch of LENGTH bytes that must end in
 * `#SEAL` (a batch cut off by a dying link is never run), and evaluates it. The shell itself never reads
 * ahead of a line, so whatever follows a batch on stdin is left for the batch to read.
 * One line without `'`, `!` and `\`, so that any login shell passes it on unharmed.
 */
const LOOP =
  'while IFS= read -r hw_n;do hw_z=${hw_n#* };hw_t=$(dd bs="${hw_n%% *}" count=1 iflag=fullblock 2>/dev/null);' +
  'case $hw_t in *"#$hw_z")eval "$hw_t";;*)exit 0;;esac;done';

/** The command line that starts the loop; `announce` is printed first, where someone must wait for it. */
export function bootCommand(announce?: string): string {
  return `exec sh -c '${announce === undefined ? '' : `printf ${announce};`}${LOOP}'`;
}
