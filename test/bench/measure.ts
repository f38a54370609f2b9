import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How one process went, from before it was started until after it ended. */
export interface Measured {
  /** Wall clock. */
  readonly seconds: number;
  readonly status: number;
  readonly output: string;
}

export interface MeasureOptions {
  /** Where the output file is put. */
  readonly folder: string;
  /** A file for its standard input; nothing by default. */
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Seconds; the process is terminated then, and its status is 124. */
  readonly timeLimit?: number;
}

/** Runs one program with both outputs in one file, as under `> FILE 2>&1`, and takes the time. */
export async function measure(argv: readonly string[], options: MeasureOptions): Promise<Measured> {
  const outputFile = join(options.folder, 'output');
  const output = openSync(outputFile, 'w');
  const input = options.input === undefined ? ('ignore' as const) : openSync(options.input, 'r');
  const [file = '', ...args] = argv;
  const began = performance.now();
  const child = spawn(file, args, {
    cwd: options.folder,
    stdio: [input, output, output],
    env: { ...process.env, ...options.environment },
    timeout: (options.timeLimit ?? 900) * 1000,
    killSignal: 'SIGTERM',
  });
  try {
    const status = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code) => resolve(code ?? 124));
    });
    const seconds = (performance.now() - began) / 1000;
    return { seconds, status, output: readFileSync(outputFile, 'utf8') };
  } finally {
    closeSync(output);
    if (input !== 'ignore') closeSync(input);
  }
}

/** The middle value; the mean of the two middle ones where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] ?? Number.NaN;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
