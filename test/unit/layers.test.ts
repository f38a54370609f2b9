import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const source = fileURLToPath(new URL('../../src', import.meta.url));
const contributing = fileURLToPath(new URL('../../CONTRIBUTING.md', import.meta.url));

/** What a room may import: from which rooms anything, from which types alone. */
interface Layer {
  readonly values: readonly string[];
  readonly types: readonly string[];
}

/** The table of CONTRIBUTING.md: a room may import from rooms above it, and only from those its row names. */
function layers(text: string): ReadonlyMap<string, Layer> {
  const found = new Map<string, Layer>();
  for (const [, room = '', allowed = ''] of text.matchAll(/^\| `src\/([a-z]+)\/` \|[^|]*\| ([^|]*) \|$/gm)) {
    const names = allowed === 'all above' ? [...found.keys()] : allowed === 'nothing' ? [] : allowed.split(', ');
    const types = names.filter((name) => name.endsWith(' (types)')).map((name) => name.slice(0, -' (types)'.length));
    const values = names.filter((name) => !name.endsWith(' (types)'));
    for (const name of [...values, ...types]) {
      if (!found.has(name)) throw new Error(`CONTRIBUTING.md: ${room} may import ${name}, which is not above it`);
    }
    found.set(room, { values, types });
  }
  return found;
}

/** Every way to name another file: import and export from, import() of a value or a type, a bare import. */
const IMPORTS =
  /(?:\b(import|export)(\s+type)?\b[^;'"()]*?\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(['"])(\.{1,2}\/[^'"]+)\3/g;

interface Import {
  readonly file: string;
  readonly isType: boolean;
}

/** The relative imports of a source text. */
function importsOf(text: string): Import[] {
  return [...text.matchAll(IMPORTS)].map((match) => ({ file: match[4]!, isType: match[2] !== undefined }));
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.split('\\').join('/'));
const roomOf = (file: string): string => file.split('/')[0]!;
const table = layers(readFileSync(contributing, 'utf8'));

test('imports go down only, as the table in CONTRIBUTING.md has it', () => {
  const wrong: string[] = [];
  for (const file of files.filter((name) => name !== 'index.ts')) {
    const room = roomOf(file);
    const { values = [], types = [] } = table.get(room) ?? {};
    for (const imported of importsOf(readFileSync(join(source, file), 'utf8'))) {
      const target = relative(source, resolve(source, dirname(file), imported.file))
        .split('\\')
        .join('/');
      const other = roomOf(target);
      const allowed = other === room || values.includes(other) || (imported.isType && types.includes(other));
      if (!allowed) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('every folder of src/ is a room of the table', () => {
  const rooms = new Set(files.filter((name) => name !== 'index.ts').map(roomOf));
  expect([...rooms].filter((room) => !table.has(room))).toEqual([]);
});

test('no import goes unseen', () => {
  const forms = [
    "import a from '../x/a.js';",
    "import type { B } from '../x/b.js';",
    "export * from '../x/c.js';",
    "const d = await import('../x/d.js');",
    "type E = import('../x/e.js').E;",
    "import '../x/f.js';",
    'import {\n  g,\n} from "../x/g.js";',
    "export type { H } from '../x/h.js';",
    "f(x); import { i } from '../x/i.js';",
  ];
  const found = importsOf(forms.join('\n'));
  expect(found.map(({ file }) => posix.basename(file, '.js')).join('')).toBe('abcdefghi');
  expect(found.filter(({ isType }) => isType).map(({ file }) => posix.basename(file, '.js'))).toEqual(['b', 'h']);
});
