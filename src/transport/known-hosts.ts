import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A line of known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
interface Entry {
  readonly marker?: string;
  readonly patterns: readonly string[];
  readonly type: string;
  readonly key: Buffer;
}

export type Verdict = 'known' | 'unknown' | 'changed' | 'revoked';

/** The host keys that are trusted: plain, `[host]:port`, wildcard, negated and hashed entries. */
export class KnownHosts {
  readonly files: readonly string[];
  readonly #entries: Entry[] = [];

  private constructor(files: readonly string[]) {
    this.files = files;
  }

  /** Reads the files that exist; lines that make no sense are passed over, as ssh does. */
  static read(files: readonly string[]): KnownHosts {
    const known = new KnownHosts(files);
    for (const file of files) {
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
        throw error;
      }
      for (const line of text.split('\n')) known.#add(line);
    }
    return known;
  }

  #add(line: string): void {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
    const [patterns, type, key] = words;
    if (!patterns || patterns.startsWith('#') || !type || !key) return;
    this.#entries.push({
      ...(marker ? { marker } : {}),
      patterns: patterns.split(','),
      type,
      key: Buffer.from(key, 'base64'),
    });
  }

  /** Key types on record for a host: only these may be asked of it, or a good key of another type looks changed. */
  typesOf(host: string, port: number): string[] {
    const found = this.#of(host, port).filter(({ marker }) => marker === undefined);
    return [...new Set(found.map(({ type }) => type))];
  }

  check(host: string, port: number, key: Buffer): Verdict {
    const entries = this.#of(host, port);
    if (entries.some((entry) => entry.marker === '@revoked' && entry.key.equals(key))) return 'revoked';
    const trusted = entries.filter(({ marker }) => marker === undefined);
    if (trusted.some((entry) => entry.key.equals(key))) return 'known';
    return trusted.length > 0 ? 'changed' : 'unknown';
  }

  /** Trusts a key for the rest of the run. */
  accept(host: string, port: number, type: string, key: Buffer): string {
    const name = port === 22 ? host : `[${host}]:${port}`;
    this.#entries.push({ patterns: [name], type, key });
    return `${name} ${type} ${key.toString('base64')}\n`;
  }

  #of(host: string, port: number): Entry[] {
    const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
    return this.#entries.filter(({ patterns }) => matches(patterns, name));
  }
}

function matches(patterns: readonly string[], name: string): boolean {
  let found = false;
  for (const pattern of patterns) {
    if (pattern.startsWith('|1|')) found ||= matchesHash(pattern, name);
    else if (pattern.startsWith('!')) {
      if (matchesGlob(pattern.slice(1), name)) return false;
    } else found ||= matchesGlob(pattern, name);
  }
  return found;
}

/** Hashed names are base64(HMAC-SHA1(salt, name)). */
function matchesHash(pattern: string, name: string): boolean {
  const [salt = '', hash = ''] = pattern.slice(3).split('|');
  const wanted = Buffer.from(hash, 'base64');
  const got = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return wanted.length === got.length && timingSafeEqual(wanted, got);
}

/** `*` and `?` as in ssh's patterns; in time proportional to both lengths, whatever the file says. */
function matchesGlob(pattern: string, name: string): boolean {
  const glob = pattern.toLowerCase();
  let [at, position, star, resume] = [0, 0, -1, 0];
  while (position < name.length) {
    if (glob[at] === '*') {
      star = at++;
      resume = position;
    } else if (at < glob.length && (glob[at] === '?' || glob[at] === name[position])) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++resume;
    } else return false;
  }
  while (glob[at] === '*') at++;
  return at === glob.length;
}
