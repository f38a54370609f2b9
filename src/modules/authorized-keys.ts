/** A line of authorized_keys (sshd(8)) that holds a key. */
export interface AuthorizedKey {
  /** As written before the key; empty where there are none. */
  readonly options: string;
  readonly type: string;
  /** Base64. */
  readonly blob: string;
  readonly comment: string;
}

const TYPE =
  /^(ssh-(rsa|dss|ed25519|ed448)|ecdsa-sha2-[a-z0-9-]+|sk-[a-z0-9-]+@openssh\.com|[a-z0-9-]+-cert-v01@openssh\.com)$/;

/** Splits at blanks outside of double quotes, where options may hold them; at most three cuts, the rest is one. */
function fields(line: string): string[] {
  const words: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i <= line.length; i++) {
    const char = line[i];
    if (char === '"' && line[i - 1] !== '\\') quoted = !quoted;
    if (i < line.length && (quoted || (char !== ' ' && char !== '\t'))) continue;
    if (i > start) words.push(line.slice(start, i));
    start = i + 1;
    if (words.length > 0 && TYPE.test(words.at(-1)!)) {
      const rest = line.slice(i).trim();
      const [blob = '', ...comment] = rest.split(/\s+/);
      return [...words, blob, comment.join(' ')];
    }
  }
  return [];
}

/** The key on a line; undefined for comments, blank lines and anything else. */
export function parseKey(line: string): AuthorizedKey | undefined {
  const text = line.trim();
  if (text === '' || text.startsWith('#') || text.length > 65_536) return undefined;
  const words = fields(text);
  const comment = words.pop() ?? '';
  const blob = words.pop() ?? '';
  const type = words.pop() ?? '';
  if (words.length > 1 || !/^[A-Za-z0-9+/]{16,}={0,3}$/.test(blob)) return undefined;
  return { options: words[0] ?? '', type, blob, comment };
}

export function keyLine({ options, type, blob, comment }: AuthorizedKey): string {
  return [options, type, blob, comment].filter((part) => part !== '').join(' ');
}

const sameKey = (a: AuthorizedKey, b: AuthorizedKey): boolean => a.type === b.type && a.blob === b.blob;

/** The lines with these keys, each once; `exclusive` leaves no other key, but comments. */
export function withKeys(lines: readonly string[], keys: readonly AuthorizedKey[], exclusive: boolean): string[] {
  const left = [...keys];
  const kept = lines.flatMap((line) => {
    const there = parseKey(line);
    if (!there) return exclusive && line.trim() !== '' && !line.trim().startsWith('#') ? [] : [line];
    const wanted = keys.find((key) => sameKey(key, there));
    if (!wanted) return exclusive ? [] : [line];
    const at = left.indexOf(wanted);
    if (at < 0) return [];
    left.splice(at, 1);
    return [keyLine(there) === keyLine(wanted) ? line : keyLine(wanted)];
  });
  return [...kept, ...left.map(keyLine)];
}

export function withoutKeys(lines: readonly string[], keys: readonly AuthorizedKey[]): string[] {
  return lines.filter((line) => {
    const there = parseKey(line);
    return !there || !keys.some((key) => sameKey(key, there));
  });
}
