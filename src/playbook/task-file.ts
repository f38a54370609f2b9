import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Context } from './context.js';
import { isFile, roleFiles } from './loader.js';
import { nodes } from './nodes.js';
import type { Spot } from './spot.js';
import type { Node } from './tree.js';

/**
 * Finds a file of tasks as Ansible does: beside the file that names it, in the role's tasks/ (handlers/), in
 * the role, beside the playbook. Undefined where it is nowhere (the problem is kept, with the places looked at).
 */
export function findTaskFile(context: Context, name: string, spot: Spot): string | undefined {
  const { role } = context.lexical;
  const kind = context.inHandlers ? 'handlers' : 'tasks';
  const folders = [
    context.folder,
    ...(role ? [join(role.folder, kind), join(role.folder, 'tasks'), role.folder] : []),
    context.play.folder,
  ];
  const paths = isAbsolute(name) ? [name] : [...new Set(folders.map((folder) => resolve(folder, name)))];
  const found = paths.find(isFile);
  if (found !== undefined) return found;
  const nearly = paths.flatMap((path) => roleFiles(dirname(path), path.slice(dirname(path).length + 1)))[0];
  const shown = paths.map((path) => context.loader.shown(path)).join(', ');
  const hint = nearly ? `did you mean "${name}${nearly.slice(nearly.lastIndexOf('.'))}"?` : `looked for ${shown}`;
  context.checker.problem(spot.place, `there is no file "${name}"`, hint);
  return undefined;
}

/**
 * The nodes of a file of tasks. A file that imports itself, at whatever distance, is a problem at `spot`,
 * where the chain closes.
 */
export async function taskFile(context: Context, path: string, spot: Spot): Promise<Node[]> {
  const { loader, checker, imports } = context;
  if (imports.includes(path)) {
    const chain = [...imports.slice(imports.indexOf(path)), path].map((each) => loader.shown(each)).join(' → ');
    checker.problem(
      spot.place,
      `files that import one another: ${chain}`,
      'include_tasks with a condition may come back to a file',
    );
    return [];
  }
  const top = await loader.read(checker, path);
  if (!top) return [];
  const around = new Set(context.around).add(path);
  const what = context.inHandlers ? 'a file of handlers' : 'a file of tasks';
  return nodes({ ...context, folder: dirname(path), imports: [...imports, path], around }, top, what);
}
