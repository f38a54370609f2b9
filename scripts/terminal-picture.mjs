// Turns a terminal's output (with colours) on standard input into an SVG on standard output, for the README.
// hostwright run ... --output plain 2>&1 | FORCE_COLOR=1 node scripts/terminal-picture.mjs "title" > docs/run.svg
import { readFileSync } from 'node:fs';

const COLOURS = {
  30: '#6e7681',
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#76e3ea',
  37: '#e6edf3',
  90: '#8b949e',
};
const LINE = 18;
const CHAR = 7.85;
const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** One line as tspans; a style holds until the next escape sequence. */
function spans(line, style) {
  let out = '';
  for (const part of line.split(/(\x1b\[[0-9;]*m)/)) {
    const codes = /^\x1b\[([0-9;]*)m$/.exec(part);
    if (!codes) {
      if (part)
        out += `<tspan fill="${style.colour}"${style.bold ? ' font-weight="bold"' : ''}>${escape(part)}</tspan>`;
      continue;
    }
    for (const code of codes[1].split(';').map(Number)) {
      if (code === 0) Object.assign(style, { colour: '#e6edf3', bold: false });
      else if (code === 1) style.bold = true;
      else if (code === 22) style.bold = false;
      else if (code === 39) style.colour = '#e6edf3';
      else if (COLOURS[code]) style.colour = COLOURS[code];
    }
  }
  return out;
}

const lines = readFileSync(0, 'utf8').replace(/\n+$/, '').split('\n');
const columns = Math.max(...lines.map((line) => line.replace(/\x1b\[[0-9;]*m/g, '').length), 60);
const width = Math.ceil(columns * CHAR + 32);
const height = lines.length * LINE + 62;
const style = { colour: '#e6edf3', bold: false };
const text = lines
  .map((line, i) => `<text x="16" y="${56 + i * LINE}" xml:space="preserve">${spans(line, style)}</text>`)
  .join('\n');
process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(process.argv[2] ?? 'a run')}">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<circle cx="18" cy="18" r="6" fill="#ff5f56"/><circle cx="38" cy="18" r="6" fill="#ffbd2e"/><circle cx="58" cy="18" r="6" fill="#27c93f"/>
<text x="${width / 2}" y="23" text-anchor="middle" fill="#8b949e" font-family="system-ui, sans-serif" font-size="12">${escape(process.argv[2] ?? '')}</text>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13">
${text}
</g>
</svg>
`);
