import { isIPv6 } from 'node:net';

const RANGE = String.raw`\[(?:[a-zA-Z]:[a-zA-Z]|[0-9]+:[0-9]+)(?::[0-9]+)?\]`;
const LABEL = String.raw`(?:[\p{L}\p{N}_]|${RANGE})(?:[\p{L}\p{N}_-]|${RANGE})*(?<![_-])`;
const HOSTNAME = new RegExp(String.raw`^${LABEL}(?:\.${LABEL})*$`, 'u');
const HEXADECIMAL_RANGE = /\[[0-9a-f]+:[0-9a-f]+(?::[0-9]+)?\]/gi;
const BRACKETED = /^\[(.+)\]:([0-9]+)$/;
const WITH_PORT = /^((?:[^:[\]]|\[[^\]]*\])*):([0-9]+)$/;
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const MOST_HOSTS = 100_000;

export interface Address {
  readonly host: string;
  readonly port: number | undefined;
}

/** A range that cannot be expanded, with what is expected. */
export class RangeMistake extends Error {}

/**
 * Splits `host`, `host:port` and `[address]:port` as Ansible does; hosts may hold ranges.
 * Undefined: it is no address (a pattern, or a name that Ansible takes as it stands).
 */
export function parseAddress(text: string): Address | undefined {
  const match = BRACKETED.exec(text) ?? WITH_PORT.exec(text);
  const host = match ? match[1]! : text;
  const port = match ? Number(match[2]) : undefined;
  if (HOSTNAME.test(host) || isIPv6(host.replace(HEXADECIMAL_RANGE, '1'))) return { host, port };
  return undefined;
}

/** `web[01:03].example[a:b]` → web01.examplea, web01.exampleb, web02.examplea... Throws RangeMistake. */
export function expandRanges(text: string): string[] {
  const open = text.indexOf('[');
  if (open < 0) return [text];
  const close = text.indexOf(']');
  if (close < open) throw new RangeMistake('a range needs both brackets: [begin:end] or [begin:end:step]');
  const tails = expandRanges(text.slice(close + 1));
  const head = text.slice(0, open);
  const middles = expandRange(text.slice(open + 1, close));
  if (middles.length * tails.length > MOST_HOSTS) throw new RangeMistake(`a range makes more than ${MOST_HOSTS} hosts`);
  return middles.flatMap((middle) => tails.map((tail) => head + middle + tail));
}

function expandRange(range: string): string[] {
  const bounds = range.split(':');
  const [begin = '', end = '', step = '1'] = bounds;
  if (bounds.length < 2 || bounds.length > 3) throw new RangeMistake('a range is [begin:end] or [begin:end:step]');
  if (end === '') throw new RangeMistake('a range needs an end: [begin:end]');
  const stride = whole(step);
  if (stride === 0) throw new RangeMistake('the step of a range is at least 1');
  if (begin.length === 1 && end.length === 1 && LETTERS.includes(begin) && LETTERS.includes(end)) {
    const [from, to] = [LETTERS.indexOf(begin), LETTERS.indexOf(end)];
    if (from > to) throw new RangeMistake('a range of letters begins before it ends');
    return [...LETTERS.slice(from, to + 1)].filter((_, index) => index % stride === 0);
  }
  return numbers(begin, end, stride);
}

function numbers(begin: string, end: string, stride: number): string[] {
  const width = begin.length > 1 && begin.startsWith('0') ? begin.length : 0;
  if (width > 0 && width !== end.length) throw new RangeMistake('with leading zeros, begin and end are equally long');
  const [from, to] = [begin === '' ? 0 : whole(begin), whole(end)];
  if ((to - from) / stride > MOST_HOSTS) throw new RangeMistake(`a range makes more than ${MOST_HOSTS} hosts`);
  const found: string[] = [];
  for (let number = from; number <= to; number += stride) found.push(String(number).padStart(width, '0'));
  return found;
}

function whole(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text))
    throw new RangeMistake(`a range goes from number to number or letter to letter, not "${text}"`);
  return Number(text);
}

/** The hosts of a pattern in an inventory file, with the port that it gives them all. Throws RangeMistake. */
export function expandHosts(pattern: string): { names: string[]; port: number | undefined } {
  const address = parseAddress(pattern);
  return { names: expandRanges(address ? address.host : pattern), port: address?.port };
}
