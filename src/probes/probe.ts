/*
 * A probe is a question about a host, as data. There is a closed set of kinds (registry.ts); a kind
 * answers many questions at once with one piece of shell, and a parser makes values of what comes back.
 */

/** What came back for a question: the status of the shell text and the bytes it printed. */
export interface ProbeOutput {
  readonly status: number | undefined;
  readonly stdout: Buffer;
  /** Only where the kind streams (`streams: true`). */
  readonly stderr: Buffer;
}

/** An answer that could not be had although the host was asked, e.g. permission denied. */
export class Refusal {
  readonly message: string;
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    this.message = message;
    this.hint = hint;
  }
}

export interface ProbeKind<A> {
  /** Shell functions the question needs, by name; sent once a session. */
  readonly library: ReadonlyMap<string, string>;
  /** Subjects asked in one go at the most; 1 for kinds whose output belongs to one subject. */
  readonly most: number;
  /** True where the question runs a program of the user, whose two outputs are wanted apart. */
  readonly streams?: boolean;
  /** Bytes of output kept at the most. */
  readonly keep?: number;
  /** Shell text that answers for all subjects at once. Quotes every subject. */
  ask(subjects: readonly string[]): string;
  /** One answer per subject, in order. Throws where the output makes no sense. */
  parse(output: ProbeOutput, subjects: readonly string[]): (A | Refusal)[];
}

/** Keeps the answer type of a kind while it is being defined. */
export function probeKind<A>(kind: ProbeKind<A>): ProbeKind<A> {
  return kind;
}

/** Lines of text output, without the empty one after the last newline. */
export function lines(output: Buffer): string[] {
  const text = output.toString('utf8');
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
