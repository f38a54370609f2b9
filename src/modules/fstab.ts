import { unescapeField } from '../probes/mounts.js';

/** A line of fstab(5), fields as they are meant, not as they are escaped. */
export interface FstabEntry {
  readonly source: string;
  readonly path: string;
  readonly type: string;
  readonly options: string;
  readonly dump: string;
  readonly pass: string;
}

function parseLine(line: string): FstabEntry | undefined {
  if (/^\s*(#|$)/.test(line)) return undefined;
  const [source = '', path = '', type = '', options = 'defaults', dump = '0', pass = '0'] = line
    .trim()
    .split(/\s+/)
    .map(unescapeField);
  return { source, path, type, options, dump, pass };
}

const escaped = (field: string): string =>
  field.replace(/[\s\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);

function lineOf({ source, path, type, options, dump, pass }: FstabEntry): string {
  return [source, path, type, options, dump, pass].map(escaped).join(' ');
}

/** Swap has no mount point, so its source is what it is known by. */
function isSame(a: FstabEntry, b: Pick<FstabEntry, 'path' | 'source' | 'type'>): boolean {
  return b.type === 'swap' ? a.type === 'swap' && a.source === b.source : a.type !== 'swap' && a.path === b.path;
}

const equal = (a: FstabEntry, b: FstabEntry): boolean => lineOf(a) === lineOf(b);

/** The text with this entry, in the place of the one for the same mount point or at the end; every other line as it was. */
export function withEntry(text: string, wanted: FstabEntry): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const at = lines.findIndex((line) => {
    const entry = parseLine(line);
    return entry !== undefined && isSame(entry, wanted);
  });
  if (at < 0) return `${[...lines, lineOf(wanted)].join('\n')}\n`;
  if (equal(parseLine(lines[at]!)!, wanted)) return text;
  return `${[...lines.slice(0, at), lineOf(wanted), ...lines.slice(at + 1)].join('\n')}\n`;
}

/** The text without the entries for a mount point (of this source, where one is named). */
export function withoutEntry(text: string, wanted: Pick<FstabEntry, 'path' | 'source' | 'type'>): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const kept = lines.filter((line) => {
    const entry = parseLine(line);
    return entry === undefined || !isSame(entry, wanted) || (wanted.source !== '' && entry.source !== wanted.source);
  });
  return kept.length === lines.length ? text : kept.length === 0 ? '' : `${kept.join('\n')}\n`;
}
