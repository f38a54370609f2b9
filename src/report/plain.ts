import { Describer } from './describe.js';
import type { Reporter } from './event.js';
import { Output, type OutputStream } from './output.js';
import { styleFor } from './style.js';

export interface PlainOptions {
  /** Default: standard output. */
  readonly stream?: OutputStream;
  /** `-v` counted; default 0. */
  readonly verbosity?: number;
  /** Default: the process's. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Lines for pipes, files and CI, close to what Ansible prints. */
export function plainReporter(options: PlainOptions = {}): Reporter & { readonly name: string } {
  const stream = options.stream ?? process.stdout;
  const output = new Output(stream);
  const describer = new Describer(styleFor(stream, options.env), options.verbosity ?? 0);
  return {
    name: 'plain',
    on(event) {
      const lines = describer.describe(event);
      if (lines.length > 0) output.write(`${lines.join('\n')}\n`);
    },
    close: () => output.close(),
  };
}
