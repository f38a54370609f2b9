import { TaskError } from '../base/error.js';

type Part = string | { readonly group: number | string };

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  f: '\f',
  v: '\v',
  a: '\x07',
  b: '\b',
  '\\': '\\',
};

/**
 * Reads a replacement as Python's `re.sub` and `expand` do: `\1`, `\g<1>`, `\g<name>` and the usual escapes.
 * @returns a function that fills it from a match; a group that took no part is empty
 * @throws TaskError for escapes that Python does not know
 */
export function pythonReplacement(template: string): (match: RegExpMatchArray) => string {
  const parts: Part[] = [];
  let text = '';
  const group = (name: number | string): void => {
    parts.push(text, { group: name });
    text = '';
  };
  for (let at = 0; at < template.length; at++) {
    const char = template[at]!;
    if (char !== '\\') {
      text += char;
      continue;
    }
    const rest = template.slice(at + 1);
    const octal = /^(?:0[0-7]{0,2}|[1-3][0-7]{2})/.exec(rest);
    const numbered = /^[1-9]\d?/.exec(rest);
    const named = /^g<([A-Za-z_]\w*|\d{1,2})>/.exec(rest);
    if (octal) text += String.fromCharCode(Number.parseInt(octal[0], 8));
    else if (numbered) group(Number(numbered[0]));
    else if (named) group(/^\d/.test(named[1]!) ? Number(named[1]) : named[1]!);
    else if (rest === '') throw new TaskError(`the replacement "${template}" ends in a backslash`, 'write two for one');
    else if (ESCAPES[rest[0]!] !== undefined) text += ESCAPES[rest[0]!];
    else if (/^[A-Za-z]/.test(rest))
      throw new TaskError(
        `the replacement "${template}" is invalid: bad escape \\${rest[0]}`,
        'write two backslashes for one',
      );
    else text += `\\${rest[0]}`;
    at += octal?.[0].length ?? numbered?.[0].length ?? named?.[0].length ?? 1;
  }
  parts.push(text);
  return (match) =>
    parts.map((part) => (typeof part === 'string' ? part : captured(match, part.group, template))).join('');
}

function captured(match: RegExpMatchArray, group: number | string, template: string): string {
  const known =
    typeof group === 'number' ? group < match.length : match.groups !== undefined && Object.hasOwn(match.groups, group);
  if (!known)
    throw new TaskError(
      `the replacement "${template}" speaks of group ${group}, which the regular expression does not have`,
    );
  return (typeof group === 'number' ? match[group] : match.groups![group]) ?? '';
}
