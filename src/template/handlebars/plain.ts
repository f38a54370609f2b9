import type { Program, Statement } from './syntax.js';

const MUSTACHE = /\{\{\s*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*\}\}(?!\})/y;
const WORDS = new Set(['else', 'this', 'true', 'false', 'null', 'undefined']);

/**
 * Parses the templates that are most of a playbook, text with `{{name}}` and `{{name.name}}` in it, without
 * loading Handlebars (8 ms) and without its parser (0.1 ms each). Returns undefined for all others. What it
 * returns is what Handlebars would: a property test compares them.
 */
export function parsePlain(source: string): Program | undefined {
  if (source.includes('\0')) return undefined;
  const body: Statement[] = [];
  let line = 1;
  let lineStart = 0;
  let at = 0;
  for (;;) {
    const open = source.indexOf('{{', at);
    const end = open === -1 ? source.length : open;
    const start = { line, column: at - lineStart };
    for (let newline = source.indexOf('\n', at); newline !== -1 && newline < end; ) {
      line++;
      lineStart = newline + 1;
      newline = source.indexOf('\n', lineStart);
    }
    if (end > at) body.push({ type: 'ContentStatement', value: source.slice(at, end), loc: { start } });
    if (open === -1) return { body };

    MUSTACHE.lastIndex = open;
    const match = MUSTACHE.exec(source);
    if (!match || source[open - 1] === '\\' || match[0].includes('\n')) return undefined;
    const parts = match[1]!.split('.');
    if (parts.some((part) => WORDS.has(part))) return undefined;
    const loc = { start: { line, column: open - lineStart } };
    const inside = { start: { line, column: loc.start.column + match[0].indexOf(match[1]!) } };
    const path = { type: 'PathExpression', data: false, depth: 0, parts, original: match[1]!, loc: inside } as const;
    body.push({ type: 'MustacheStatement', path, params: [], loc });
    at = open + match[0].length;
  }
}
