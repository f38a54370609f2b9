// Writes docs/modules.md and the list of helpers in docs/templates.md from the code: npx tsx scripts/documentation.ts
// test/unit/documentation.test.ts holds that they are up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { documentModule } from '../src/modules/document.js';
import { loadModules, moduleNamed, moduleNames } from '../src/modules/registry.js';
import { helpers } from '../src/template/index.js';

export const MODULES = new URL('../docs/modules.md', import.meta.url);
export const TEMPLATES = new URL('../docs/templates.md', import.meta.url);

const BEGIN = '<!-- helpers: written by scripts/documentation.ts -->';
const END = '<!-- end of helpers -->';

/** Every module, one after the other. */
export async function modulesPage(): Promise<string> {
  const names = moduleNames();
  await loadModules(names);
  const pages = names.map((name) => documentModule(moduleNamed(name)).replaceAll(/^(#+) /gm, '#$1 '));
  const list = names.map((name) => `[${name}](#${name})`).join(' · ');
  return `# Modules\n\nNames and arguments are Ansible's; collection prefixes (\`ansible.builtin.\`) may be written.\n\n${list}\n\n${pages.join('\n')}`;
}

/** The page about templates with its table of helpers renewed. */
export function templatesPage(page: string): string {
  const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const rows = [...helpers.values()].map(({ usage, does }) => `| \`${escaped(usage)}\` | ${escaped(does)} |`);
  const table = ['| helper | gives |', '|---|---|', ...rows].join('\n');
  return page.replace(new RegExp(`${BEGIN}[\\s\\S]*${END}`), () => `${BEGIN}\n${table}\n${END}`);
}

if (process.argv[1]?.endsWith('documentation.ts')) {
  writeFileSync(MODULES, await modulesPage());
  writeFileSync(TEMPLATES, templatesPage(readFileSync(TEMPLATES, 'utf8')));
}
