import { quote, quoteAll } from '../base/quote.js';
import { actionKind, type Bytes, type Effect } from './action.js';
import { inline } from './inline.js';

/** Runs a program. What it changes cannot be seen from here, so the module that plans it says. */
export interface RunAction {
  readonly kind: 'run';
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What the program reads on stdin; nothing otherwise. Never in an argument list. */
  readonly stdin?: Bytes;
  /** Seconds, after which the program is ended (its whole process group, after 10 s by force). */
  readonly timeout?: number;
  readonly umask?: string;
  /** The program is a person's command: it gets the host's locale, not ours. */
  readonly ownLocale?: boolean;
  /** What it makes stale or predicts; left out: anything may be different afterwards. */
  readonly effects?: readonly Effect[];
}

/** Seconds between asking a program to end and ending it. */
const GRACE = 10;

export const run = actionKind<RunAction>({
  step: ({ argv, cwd, environment = {}, stdin, timeout, umask, ownLocale }) => {
    const size = stdin === undefined ? 0 : Buffer.isBuffer(stdin) ? stdin.length : stdin.size;
    const parts: string[] = [];
    if (ownLocale) parts.push('if [ -n "$hw_locale" ]; then LC_ALL=$hw_locale; else unset LC_ALL; fi');
    if (umask !== undefined) parts.push(`umask ${quote(umask)}`);
    for (const [name, value] of Object.entries(environment)) parts.push(`export ${name}=${quote(value)}`);
    if (cwd !== undefined) parts.push(`cd -- ${quote(cwd)} || exit 1`);
    const limit = timeout === undefined ? '' : `timeout -k ${GRACE} ${timeout} `;
    const text = stdin === undefined ? undefined : inline(stdin);
    const command = `${limit}${quoteAll(argv)}`;
    // printf is part of the shell: the text is in no argument list.
    if (text !== undefined) parts.push(`printf %s ${quote(text)} | ${command}`);
    else parts.push(`exec ${command}${stdin === undefined ? '' : ' <&7 7<&-'}`);
    const program = `hw_c() {\n${parts.join('\n')}\n}\n`;
    if (stdin === undefined || text !== undefined) return { text: `${program}hw_exec hw_c`, streams: true };
    // A file that is gone as soon as it is open: the program may read its stdin as slowly as it likes.
    return {
      text:
        `${program}hw_in=$(mktemp) && hw_recv ${size} "$hw_in" && exec 7<"$hw_in" || { hw_r=$?; rm -f "$hw_in"; (exit $hw_r); } &&\n` +
        `rm -f "$hw_in" && { hw_exec hw_c; hw_r=$?; exec 7<&-; (exit $hw_r); }`,
      streams: true,
      payload: stdin,
    };
  },
  effects: ({ effects }) => effects ?? [{ type: 'stale-all' }],
});
