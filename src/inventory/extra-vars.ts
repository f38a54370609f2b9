import { resolve } from 'node:path';
import { InputError, type Problem } from '../base/error.js';
import { readYaml } from '../base/yaml.js';
import { yamlDefinitions } from './definitions.js';
import { readVariables } from './files.js';
import type { Definition, VariableLayer } from './inventory.js';

const ESCAPE = /\\(?:U([0-9a-fA-F]{8})|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{1,3})|([\\'"abfnrtv]))/g;
const SIMPLE: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** Splits at blanks outside quotes and outside `{{ }}` and `{% %}`; quotes stay in the words. */
function splitWords(text: string): { word: string; start: number }[] {
  const words: { word: string; start: number }[] = [];
  let [quote, braces, start] = ['', 0, -1];
  for (let at = 0; at <= text.length; at++) {
    const char = text[at];
    const isEnd = char === undefined || (quote === '' && braces === 0 && /\s/.test(char));
    if (isEnd) {
      if (start >= 0) words.push({ word: text.slice(start, at), start });
      start = -1;
      continue;
    }
    if (start < 0) start = at;
    const pair = text.slice(at, at + 2);
    if (quote !== '') {
      if (char === quote && text[at - 1] !== '\\') quote = '';
    } else if ((char === '"' || char === "'") && braces === 0 && text[at - 1] !== '\\') quote = char;
    else if (pair === '{{' || pair === '{%') braces++;
    else if ((pair === '}}' || pair === '%}') && braces > 0) braces--;
  }
  if (quote !== '') throw new RangeError(`no closing ${quote}`);
  return words;
}

function decodeEscapes(text: string): string {
  return text.replace(ESCAPE, (whole, long, short, byte, octal, simple) => {
    const code = Number.parseInt(octal ?? long ?? short ?? byte ?? '', octal === undefined ? 16 : 8);
    if (simple !== undefined) return SIMPLE[simple] ?? simple;
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function unquote(text: string): string {
  const quote = text[0];
  const isQuoted = text.length > 1 && (quote === '"' || quote === "'") && text.endsWith(quote) && text.at(-2) !== '\\';
  return isQuoted ? text.slice(1, -1) : text;
}

/** `name=value` pairs; every value is text, as in Ansible. */
function parsePairs(text: string, file: string): Map<string, Definition> {
  const found = new Map<string, Definition>();
  let words: ReturnType<typeof splitWords>;
  try {
    words = splitWords(text);
  } catch (error) {
    const place = { file, line: 1, col: 1 };
    throw new InputError({ message: (error as Error).message, place, hint: 'quote the whole argument for the shell' });
  }
  for (const { word, start } of words) {
    const equals = word.indexOf('=', 1);
    if (equals < 0) {
      const hint = 'name=value, "{name: value}" or @file';
      throw new InputError({
        message: `expected name=value, not: ${word}`,
        place: { file, line: 1, col: start + 1 },
        hint,
      });
    }
    const value = unquote(decodeEscapes(word.slice(equals + 1)).trim());
    found.set(decodeEscapes(word.slice(0, equals)).trim(), {
      value,
      place: { file, line: 1, col: start + equals + 2 },
    });
  }
  return found;
}

async function parseOne(argument: string, file: string, cwd: string): Promise<ReadonlyMap<string, Definition>> {
  const first = argument[0];
  const place = { file, line: 1, col: 1 };
  if (first === '@') return readVariables(resolve(cwd, argument.slice(1)), argument.slice(1));
  if (first === '/' || first === '.') {
    throw new InputError({ message: 'a file of variables is written with @', place, hint: `-e @${argument}` });
  }
  if (first !== '{' && first !== '[') return parsePairs(argument, file);
  const document = await readYaml(argument, file);
  const definitions = yamlDefinitions(document);
  if (definitions) return definitions;
  throw new InputError({ message: 'extra variables are a mapping', place, hint: '-e "{name: value}"' });
}

/**
 * Reads the `-e` arguments: `name=value name2="value 2"` (values are text), a mapping in YAML or JSON, or
 * `@file`. Later arguments win. Places name the argument by its number, or the file. Throws InputError.
 */
export async function parseExtraVars(args: readonly string[], cwd = process.cwd()): Promise<VariableLayer> {
  const definitions = new Map<string, Definition>();
  const problems: Problem[] = [];
  for (const [index, argument] of args.entries()) {
    if (argument === '') continue;
    try {
      const found = await parseOne(argument, `-e argument ${index + 1}`, cwd);
      for (const [name, definition] of found) definitions.set(name, definition);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return { rank: 'extra vars', definitions };
}
