import { TaskError } from '../base/error.js';
import { ask, outputOf, type Probe } from '../probes/registry.js';
import type { State } from './module.js';

/** Algorithms whose program is on every Debian host. */
export const ALGORITHMS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** The question for a file's checksum; `sha1` and `sha256` are asked for many files at once. */
export function checksumProbe(algorithm: Algorithm, path: string): Probe<'sha1'> | Probe<'digest'> | Probe<'output'> {
  if (algorithm === 'sha1') return ask('sha1', path);
  if (algorithm === 'sha256') return ask('digest', path);
  return outputOf({ argv: [`${algorithm}sum`, '--', path] });
}

/** Checksum of a regular file, hex; null where there is none. */
export function readChecksum(algorithm: Algorithm, path: string, state: State): string | null {
  const answer = state.read(checksumProbe(algorithm, path) as Probe);
  if (answer === null || typeof answer === 'string') return answer;
  const { status, stdout, stderr } = answer as { status: number; stdout: string; stderr: string };
  if (status !== 0) throw new TaskError(`${algorithm}sum ${path}: ${stderr.trim()}`);
  return /^\\?([0-9a-f]+) /.exec(stdout)?.[1] ?? null;
}
