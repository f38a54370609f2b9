import { quoteAll } from '../base/quote.js';
import { lines, probeKind } from './probe.js';

/** What apt's package lists hold of a package. */
export interface Candidate {
  /** False where the lists have no such name at all. */
  readonly known: boolean;
  /** What apt would install now; undefined for virtual packages, which others provide. */
  readonly version: string | undefined;
  /** Every version in the lists and the one that is installed, newest first. */
  readonly versions: readonly string[];
}

export const UNKNOWN_PACKAGE: Candidate = { known: false, version: undefined, versions: [] };

/** Reads what `apt-cache policy` prints under LC_ALL=C. */
export function parsePolicy(output: readonly string[]): Map<string, Candidate> {
  const found = new Map<string, Candidate>();
  let name = '';
  let version: string | undefined;
  let versions: string[] = [];
  const close = (): void => {
    if (name !== '') found.set(name, { known: true, version, versions });
  };
  for (const line of output) {
    const head = /^(\S+):$/.exec(line);
    const row = /^ (?:\*\*\*| {3}) (\S+) -?\d+$/.exec(line);
    if (head) {
      close();
      [name, version, versions] = [head[1]!, undefined, []];
    } else if (line.startsWith('  Candidate: ')) {
      const said = line.slice('  Candidate: '.length);
      version = said === '(none)' ? undefined : said;
    } else if (row) versions.push(row[1]!);
  }
  close();
  return found;
}

/** The versions of a package (`name` or `name:architecture`) that apt knows of. */
export const candidate = probeKind<Candidate>({
  library: new Map(),
  most: 500,
  ask: (names) => `apt-cache policy -- ${quoteAll(names)} 2>/dev/null`,
  parse: ({ stdout }, names) => {
    const found = parsePolicy(lines(stdout));
    // The host's own architecture is left out of the names that are printed.
    return names.map((name) => found.get(name) ?? found.get(name.replace(/:.*/, '')) ?? UNKNOWN_PACKAGE);
  },
});

/** Names of installed packages that provide a (virtual) package. */
export const provided = probeKind<readonly string[]>({
  library: new Map(),
  most: 500,
  ask: () =>
    `dpkg-query -W -f '\${db:Status-Abbrev}\\t\${Package}\\t\${Provides}\\n' 2>/dev/null | grep '^.i.*\t..*\t.'`,
  parse: ({ stdout }, names) => {
    const providers = new Map<string, string[]>(names.map((name) => [name.replace(/:.*/, ''), []]));
    for (const line of lines(stdout)) {
      const [, owner = '', list = ''] = line.split('\t');
      for (const each of list.split(',')) providers.get(each.trim().split(/[\s(:]/)[0]!)?.push(owner);
    }
    return names.map((name) => providers.get(name.replace(/:.*/, ''))!);
  },
});
