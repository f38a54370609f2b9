/** A form of Ansible's conditions that CEL does not have: how to find it, and what to write instead. */
interface Form {
  readonly find: RegExp;
  readonly instead: string;
}

const FORMS: readonly Form[] = [
  { find: /\{\{/, instead: 'conditions have no braces: write x instead of {{x}}' },
  { find: /\bis\s+(?:not\s+defined|undefined)\b/, instead: '!defined(x) instead of x is not defined' },
  { find: /\bis\s+defined\b/, instead: 'defined(x) instead of x is defined' },
  { find: /\bis\s+(?:not\s+)?(?:failed|changed|skipped)\b/, instead: 'x.failed instead of x is failed' },
  { find: /\bis\s+(?:not\s+)?(?:succeeded|success)\b/, instead: '!x.failed instead of x is succeeded' },
  { find: /\bis\s+(?:not\s+)?version\b/, instead: 'version(x) >= version("1.2") instead of x is version("1.2", ">=")' },
  { find: /\bis\s+(?:not\s+)?(?:match|search|regex)\b/, instead: 'x.matches("..") instead of x is match("..")' },
  { find: /\bis\s+(?:not\s+)?(?:none|null)\b/i, instead: 'x == null instead of x is none' },
  { find: /\|\s*(?:default|d)\b/, instead: 'default(x, 1) instead of x | default(1)' },
  { find: /\|\s*(?:length|count)\b/, instead: 'size(x) instead of x | length' },
  { find: /\|\s*(?:int|bool|string)\b/, instead: 'int(x), bool(x) and string(x) instead of x | int' },
  { find: /\|\s*(?:lower|upper|trim)\b/, instead: 'x.lower() instead of x | lower' },
  { find: /(?<!\|)\|(?!\|)/, instead: 'functions instead of filters: size(x), default(x, 1), x.lower()' },
  { find: /\bnot\s+in\b/, instead: '!(x in y) instead of x not in y' },
  { find: /\bnot\b(?!\s+in\b)(?<!\bis\s+not)/, instead: '!x instead of not x' },
  { find: /\band\b/, instead: '&& instead of and' },
  { find: /\bor\b/, instead: '|| instead of or' },
  { find: /\b(?:True|False|None)\b/, instead: 'true, false and null in small letters' },
  { find: /(?<![=!<>])=(?!=)/, instead: '== instead of =' },
];

/** Where in a condition the first of Ansible's forms stands, and what to write for all of them. */
export function ansibleForms(source: string): { offset: number; hint: string } | undefined {
  const bare = source.replace(/"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'/g, (text) => ' '.repeat(text.length));
  let offset = source.length;
  const found: string[] = [];
  for (const { find, instead } of FORMS) {
    const match = find.exec(bare);
    if (!match || (found.length > 0 && instead.startsWith('functions'))) continue;
    found.push(instead);
    offset = Math.min(offset, match.index);
  }
  if (found.length === 0) return undefined;
  const [first] = found;
  return { offset, hint: first!.startsWith('conditions') ? first! : `write ${found.join(', ')}` };
}
