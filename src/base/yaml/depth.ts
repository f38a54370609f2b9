import type { Lexer } from 'yaml';

const DEEPEST_FLOW = 100;
const DEEPEST_BLOCK = 300;

/** Brackets that are open at once at most, those in text and comments included: never too few. */
function openBrackets(text: string): number {
  let [open, most] = [0, 0];
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    if (bracket === '[' || bracket === '{') most = Math.max(most, ++open);
    else if (open > 0) open--;
  }
  return most;
}

/** Levels of indentation that are open at once at most. */
function indentations(text: string): number {
  const levels: number[] = [];
  let most = 0;
  for (const [, spaces] of text.matchAll(/^( *)[^ \r\n]/gm)) {
    while (levels.length > 0 && levels.at(-1)! >= spaces!.length) levels.pop();
    levels.push(spaces!.length);
    most = Math.max(most, levels.length);
  }
  return most;
}

function lexedTooDeep(text: string, lexer: Lexer): boolean {
  let [flow, compact] = [0, 0];
  for (const token of lexer.lex(text)) {
    if (token === '[' || token === '{') flow++;
    else if (token === ']' || token === '}') flow--;
    else if (token === '-' || token === '?') compact++;
    else if (token.includes('\n')) compact = 0;
    if (flow > DEEPEST_FLOW || compact > DEEPEST_FLOW) return true;
  }
  return false;
}

/**
 * Says whether a text is nested deeper than any that a person writes. The package that composes the nodes
 * recurses, and would take the whole process down.
 */
export function tooDeep(text: string, lexer: () => Lexer): boolean {
  if (indentations(text) > DEEPEST_BLOCK) return true;
  const suspicious = openBrackets(text) > DEEPEST_FLOW || /(?:[-?][ \t]+){100}/.test(text);
  return suspicious && lexedTooDeep(text, lexer());
}
