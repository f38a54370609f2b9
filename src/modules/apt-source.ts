import { TaskError } from '../base/error.js';

/** An entry in the one-line form of sources.list(5). */
export interface SourceLine {
  readonly type: 'deb' | 'deb-src';
  /** What is between the brackets, each `name=value`. */
  readonly options: readonly string[];
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
}

/** The entry on a line; undefined for comments and anything else. */
export function parseSource(line: string): SourceLine | undefined {
  const match = /^\s*(deb|deb-src)\s+(?:\[\s*([^\]]*?)\s*\]\s+)?(\S+)\s+(\S+)((?:\s+[^\s#]+)*)\s*(?:#.*)?$/.exec(line);
  if (!match) return undefined;
  const [, type, options = '', uri = '', suite = '', components = ''] = match;
  return {
    type: type as SourceLine['type'],
    options: options.split(/\s+/).filter(Boolean),
    uri,
    suite,
    components: components.split(/\s+/).filter(Boolean),
  };
}

export function sourceLine({ type, options, uri, suite, components }: SourceLine): string {
  return [type, ...(options.length > 0 ? [`[${options.join(' ')}]`] : []), uri, suite, ...components].join(' ');
}

/** @throws TaskError where `repo` cannot be an entry */
export function requireSource(repo: string): SourceLine {
  if (repo.startsWith('ppa:')) {
    throw new TaskError(
      `"${repo}" is a short form that only Launchpad can resolve`,
      'write the full line: deb https://ppa.launchpadcontent.net/... SUITE main, with its key',
    );
  }
  const source = parseSource(repo);
  if (source) return source;
  throw new TaskError(
    `"${repo}" is not an entry of sources.list`,
    'deb [signed-by=...] https://mirror.example/debian bookworm main',
  );
}

export const isSameSource = (a: SourceLine, b: SourceLine): boolean => sourceLine(a) === sourceLine(b);

/** The name of the file that Ansible would choose: the address without protocol, user and signs. */
export function fileNameOf({ uri }: SourceLine): string {
  const address = uri.replace(/^\w+:\/\//, '').replace(/^[^/@]*@/, '');
  return address
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .join('_');
}
