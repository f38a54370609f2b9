import { quoteAll } from '../base/quote.js';
import { lines, probeKind } from './probe.js';

/** A line of passwd(5). */
export interface PasswdEntry {
  readonly name: string;
  /** This and what follows: undefined in a prediction where the host will choose it. */
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly gecos: string | undefined;
  readonly home: string | undefined;
  readonly shell: string | undefined;
}

/** A line of group(5). */
export interface GroupEntry {
  readonly name: string;
  readonly gid: number | undefined;
  readonly members: readonly string[];
}

/** A line of shadow(5); days count from 1970. */
export interface ShadowEntry {
  readonly name: string;
  readonly hash: string;
  readonly lastChange: number | undefined;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly warning: number | undefined;
  readonly inactive: number | undefined;
  readonly expires: number | undefined;
}

const number = (text: string | undefined): number | undefined => (text ? Number(text) : undefined);

function group(line: string): GroupEntry {
  const [name = '', , gid, members = ''] = line.split(':');
  return { name, gid: number(gid), members: members === '' ? [] : members.split(',') };
}

/** The user of this name; null where there is none. Numbers are never taken for user ids. */
export const passwd = probeKind<PasswdEntry | null>({
  library: new Map(),
  most: 250,
  ask: (names) => `getent passwd ${quoteAll(names)}`,
  parse: ({ stdout }, names) => {
    const found = new Map<string, PasswdEntry>();
    for (const line of lines(stdout)) {
      const [name = '', , uid, gid, gecos = '', home = '', shell = ''] = line.split(':');
      found.set(name, { name, uid: number(uid), gid: number(gid), gecos, home, shell });
    }
    return names.map((name) => found.get(name) ?? null);
  },
});

/** The group of this name; null where there is none. */
export const groupEntry = probeKind<GroupEntry | null>({
  library: new Map(),
  most: 250,
  ask: (names) => `getent group ${quoteAll(names)}`,
  parse: ({ stdout }, names) => {
    const found = new Map(lines(stdout).map((line) => [line.split(':')[0]!, group(line)]));
    return names.map((name) => found.get(name) ?? null);
  },
});

/** All groups that the host lists (subject: empty). */
export const groups = probeKind<readonly GroupEntry[]>({
  library: new Map(),
  most: 1,
  ask: () => 'getent group',
  parse: ({ stdout }) => [lines(stdout).map(group)],
});

/** The shadow entry of a user; null where there is none or we may not read it. */
export const shadow = probeKind<ShadowEntry | null>({
  library: new Map(),
  most: 250,
  ask: (names) => `getent shadow ${quoteAll(names)}`,
  parse: ({ stdout }, names) => {
    const found = new Map<string, ShadowEntry>();
    for (const line of lines(stdout)) {
      const [name = '', hash = '', last, minimum, maximum, warning, inactive, expires] = line.split(':');
      found.set(name, {
        name,
        hash,
        lastChange: number(last),
        minimum: number(minimum),
        maximum: number(maximum),
        warning: number(warning),
        inactive: number(inactive),
        expires: number(expires),
      });
    }
    return names.map((name) => found.get(name) ?? null);
  },
});
