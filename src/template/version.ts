/** Letters that make a version earlier than the same without them; all others make it later (`9.2p1`, `1.2-1ubuntu3`). */
const BEFORE = new Set(['a', 'alpha', 'b', 'beta', 'c', 'rc', 'pre', 'preview', 'dev', 'snapshot', '~']);

type Part = number | string;

function parts(version: string): Part[] {
  const found =
    version
      .toLowerCase()
      .replace(/^v(?=\d)/, '')
      .match(/\d+|[a-z]+|~/g) ?? [];
  const told = found.filter((part, i) => part !== '~' || !BEFORE.has(found[i + 1] ?? ''));
  return told.map((part) => (/^\d/.test(part) ? Number(part) : part));
}

/** Where a part stands: early letters before nothing, nothing like zero, later letters, then numbers. */
function rank(part: Part | undefined): number {
  if (part === undefined || part === 0) return 1;
  if (typeof part === 'number') return 3;
  return BEFORE.has(part) ? 0 : 2;
}

/**
 * Compares two versions as people mean them: numbers as numbers (1.10 after 1.9), missing numbers as zero
 * (1.2 is 1.2.0), release candidates before the release. Negative, zero or positive.
 */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [parts(one.slice(0, 200)), parts(other.slice(0, 200))];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [x, y] = [a[i], b[i]];
    const difference = rank(x) - rank(y);
    if (difference !== 0) return difference;
    if (x === undefined || y === undefined || x === y) continue;
    return x < y ? -1 : 1;
  }
  return 0;
}
