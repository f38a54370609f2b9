import { posix } from 'node:path';
import { TaskError } from '../base/error.js';
import { outputOf } from '../probes/registry.js';
import { ALGORITHMS, type Algorithm } from './checksum.js';
import { checkUrl, lookScript } from './download.js';
import type { State } from './module.js';

export interface Checksum {
  readonly algorithm: Algorithm;
  /** Hex, lower case. */
  readonly value: string;
}

const DIGITS: Readonly<Record<Algorithm, number>> = {
  md5: 32,
  sha1: 40,
  sha224: 56,
  sha256: 64,
  sha384: 96,
  sha512: 128,
};

/**
 * Reads `ALGORITHM:HEX` or `ALGORITHM:URL`, where at the URL is a list as sha256sum writes it.
 * @throws TaskError where it is neither, or the list does not have the file
 */
export function readExpected(text: string, url: string, seconds: number, state: State): Checksum {
  const colon = text.indexOf(':');
  const algorithm = text.slice(0, colon).toLowerCase() as Algorithm;
  if (colon < 0 || !ALGORITHMS.includes(algorithm)) {
    throw new TaskError(
      `checksum "${text}" does not begin with an algorithm`,
      `write e.g. sha256:HEX or sha256:URL; known: ${ALGORITHMS.join(', ')}`,
    );
  }
  let value = text.slice(colon + 1).trim();
  if (/^(https?|ftp|file):\/\//.test(value)) value = fromList(value, algorithm, url, seconds, state);
  value = value.toLowerCase();
  if (!/^[0-9a-f]+$/.test(value) || value.length !== DIGITS[algorithm]) {
    throw new TaskError(
      `checksum "${value.slice(0, 140)}" is not ${algorithm}: that has ${DIGITS[algorithm]} hexadecimal digits`,
    );
  }
  return { algorithm, value };
}

function fromList(listUrl: string, algorithm: Algorithm, url: string, seconds: number, state: State): string {
  checkUrl(listUrl);
  const said = state.read(outputOf({ argv: lookScript(listUrl, seconds) }));
  if (said.status !== 0)
    throw new TaskError(
      `the list of checksums ${listUrl} could not be had: ${said.stderr.trim() || `status ${said.status}`}`,
    );
  return findInList(said.stdout, algorithm, nameOf(url), listUrl);
}

/** The last part of a URL's path: the name of the file there. */
export function nameOf(url: string): string {
  return posix.basename(checkUrl(url).pathname) || 'index.html';
}

/** The checksum of a file in a list: `HEX  NAME`, `HEX *NAME`, `HEX  ./NAME`, `SHA256 (NAME) = HEX`, or one HEX alone. */
export function findInList(list: string, algorithm: Algorithm, name: string, where: string): string {
  const hex = new RegExp(`^[0-9a-fA-F]{${DIGITS[algorithm]}}$`);
  const lines = list
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 1 && hex.test(lines[0]!)) return lines[0]!;
  for (const line of lines) {
    const [sum = '', ...rest] = line.split(/\s+/);
    if (hex.test(sum) && posix.basename(rest.join(' ').replace(/^\*/, '')) === name) return sum;
    const bsd = /\(([^)]*)\) *= *([0-9a-fA-F]+)$/.exec(line);
    if (bsd && posix.basename(bsd[1]!) === name && hex.test(bsd[2]!)) return bsd[2]!;
  }
  throw new TaskError(`the list of checksums ${where} has no ${algorithm} of ${name}`);
}
