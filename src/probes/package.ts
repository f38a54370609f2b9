import { quoteAll } from '../base/quote.js';
import { lines, probeKind } from './probe.js';

/** What dpkg knows of a package. */
export interface PackageState {
  readonly installed: boolean;
  /** Undefined where nothing is installed, and in a prediction where apt will choose it. */
  readonly version: string | undefined;
  /** Configuration files are left of a removed package. */
  readonly configFiles: boolean;
  /** Held back by `apt-mark hold`. */
  readonly held: boolean;
  /** Unpacked but not configured: an install was interrupted. */
  readonly broken: boolean;
}

export const ABSENT: PackageState = {
  installed: false,
  version: undefined,
  configFiles: false,
  held: false,
  broken: false,
};

/** The state of a package (`name` or `name:architecture`) in dpkg's database. */
export const packageState = probeKind<PackageState>({
  library: new Map(),
  most: 500,
  ask: (names) =>
    `dpkg-query -W -f '\${Package}\\t\${Architecture}\\t\${db:Status-Abbrev}\\t\${Version}\\n' -- ${quoteAll(names)} 2>/dev/null`,
  parse: ({ stdout }, names) => {
    const found = new Map<string, PackageState>();
    for (const line of lines(stdout)) {
      const [name = '', architecture = '', abbreviation = '', version = ''] = line.split('\t');
      const [want, status] = abbreviation;
      const state: PackageState = {
        installed: status === 'i',
        version: status === 'i' ? version : undefined,
        configFiles: status === 'c',
        held: want === 'h',
        broken: status === 'U' || status === 'F' || status === 'H' || status === 'W' || status === 't',
      };
      found.set(`${name}:${architecture}`, state);
      if (!found.get(name)?.installed) found.set(name, state);
    }
    return names.map((name) => found.get(name) ?? ABSENT);
  },
});
