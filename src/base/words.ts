import { TaskError } from './error.js';

/**
 * Splits a command line into words as a POSIX shell does (quotes, backslashes), expanding nothing.
 * @throws TaskError where a quote is not closed
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoting: '"' | "'" | undefined;
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (quoting === "'") {
      if (char === "'") quoting = undefined;
      else word += char;
    } else if (char === '\\' && (quoting === undefined || '"\\$`\n'.includes(line[i + 1] ?? ''))) {
      const next = line[++i];
      if (next === undefined) throw new TaskError('the command line ends in a backslash');
      if (next !== '\n') word = (word ?? '') + next;
    } else if (quoting === '"') {
      if (char === '"') quoting = undefined;
      else word += char;
    } else if (char === '"' || char === "'") {
      quoting = char;
      word ??= '';
    } else if (char === ' ' || char === '\t' || char === '\n') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  if (quoting) throw new TaskError(`a ${quoting} in the command line is not closed`);
  if (word !== undefined) words.push(word);
  return words;
}
