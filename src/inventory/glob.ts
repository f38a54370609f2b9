/**
 * A shell pattern (`*`, `?`, `[abc]`, `[!abc]`) as a test of a whole name, by the rules of Python's fnmatch.
 * Matching takes at most the product of both lengths, whatever the pattern.
 */
export function globTest(pattern: string): (name: string) => boolean {
  const parts = parse(pattern);
  return (name) => matches(parts, name);
}

type Part = '*' | ((char: string) => boolean);

function parse(pattern: string): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (char === '*') parts.push('*');
    else if (char === '?') parts.push(() => true);
    else if (char === '[') {
      const set = readSet(pattern, at);
      parts.push(set ? set.test : (other) => other === '[');
      if (set) at = set.end;
    } else parts.push((other) => other === char);
  }
  return parts;
}

function readSet(pattern: string, start: number): { test: (char: string) => boolean; end: number } | undefined {
  const negative = pattern[start + 1] === '!';
  const first = start + (negative ? 2 : 1);
  // A "]" that comes first belongs to the set.
  const end = pattern.indexOf(']', first + 1);
  if (end < 0) return undefined;
  const inside = pattern.slice(first, end);
  const test = (char: string) => {
    for (let at = 0; at < inside.length; at++) {
      const isRange = inside[at + 1] === '-' && at + 2 < inside.length;
      if (isRange ? inside[at]! <= char && char <= inside[at + 2]! : inside[at] === char) return true;
      if (isRange) at += 2;
    }
    return false;
  };
  return { test: negative ? (char) => !test(char) : test, end };
}

function matches(parts: readonly Part[], name: string): boolean {
  let [part, at] = [0, 0];
  // Where to go on when the text after the last star does not fit here.
  let [star, starAt] = [-1, 0];
  while (at < name.length) {
    const wanted = parts[part];
    if (wanted === '*') {
      [star, starAt] = [part, at];
      part++;
    } else if (wanted?.(name[at]!)) {
      part++;
      at++;
    } else if (star >= 0) {
      part = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (parts[part] === '*') part++;
  return part === parts.length;
}
