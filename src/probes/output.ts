import { quote, quoteAll } from '../base/quote.js';
import { probeKind } from './probe.js';

/** What a program that only looks printed. */
export interface ProgramOutput {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program of an `output` probe: it must change nothing on the host. */
export interface ProgramQuestion {
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a program that changes nothing (subject: JSON of a ProgramQuestion; see `outputOf`). */
export const output = probeKind<ProgramOutput>({
  library: new Map(),
  most: 1,
  streams: true,
  ask: ([subject = '{}']) => {
    const { argv, cwd, environment = {} } = JSON.parse(subject) as ProgramQuestion;
    const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}; `);
    const move = cwd === undefined ? '' : `cd ${quote(cwd)} && `;
    return `hw_c() { ${exports.join('')}${move}exec ${quoteAll(argv)}; }\nhw_exec hw_c`;
  },
  parse: ({ stdout, stderr, status }) => [
    { status: status ?? -1, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') },
  ],
});
