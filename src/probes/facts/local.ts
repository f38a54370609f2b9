import { posix } from 'node:path';
import { emptyMapping, isMapping, mapping, type Value, type Values } from '../../base/value.js';
import type { FactGroup } from './group.js';

/** Facts that the host's owner keeps in /etc/ansible/facts.d: JSON or INI, programs are run. */
export const local: FactGroup = {
  names: ['local'],
  text: `for hw_p in /etc/ansible/facts.d/*.fact; do
  [ -f "$hw_p" ] || continue
  printf '%s\\000' "$hw_p"
  if [ -x "$hw_p" ]; then timeout 10 "$hw_p" </dev/null 2>/dev/null; else cat -- "$hw_p"; fi
  printf '\\000'
done`,
  parse: ({ text }) => {
    const facts = emptyMapping();
    const parts = text.split('\0');
    for (let i = 0; i + 1 < parts.length; i += 2) {
      facts[posix.basename(parts[i]!, '.fact')] = parseLocal(parts[i + 1]!);
    }
    return mapping({ local: facts });
  },
};

function parseLocal(text: string): Value {
  try {
    return JSON.parse(text, (_, value: Value) => (isMapping(value) ? mapping(value) : value)) as Value;
  } catch {
    return parseIni(text) ?? 'error loading fact: neither JSON nor INI';
  }
}

function parseIni(text: string): Values | undefined {
  const sections = emptyMapping();
  let section: Values | undefined;
  for (const line of text.split('\n')) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const head = /^\[([^\]]+)\]\s*$/.exec(line);
    const pair = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line.trim());
    if (head) section = sections[head[1]!] = emptyMapping();
    else if (pair && section) section[pair[1]!.toLowerCase()] = pair[2]!.trim();
    else return undefined;
  }
  return sections;
}
