import { join } from 'node:path';
import { isMapping } from '../base/value.js';
import type { Context } from './context.js';
import { roleFiles } from './loader.js';
import { flag, strictList, wrongType } from './read.js';
import type { FoundRole, RoleUse } from './role.js';
import { roleAtList } from './role-list.js';
import type { Spot } from './spot.js';
import type { Node, Role } from './tree.js';

const KNOWN = ['allow_duplicates', 'argument_specs', 'collections', 'dependencies', 'galaxy_info', 'standalone'];

/** meta/main.yml of a role. */
export interface RoleMeta {
  readonly dependencies?: Spot;
  readonly allowDuplicates: boolean;
  readonly argumentSpecs?: Spot;
}

export async function readMeta(context: Context, folder: string): Promise<RoleMeta> {
  const { checker, loader } = context;
  const [file] = roleFiles(join(folder, 'meta'), 'main');
  const top = file === undefined ? undefined : await loader.read(checker, file);
  if (!top || top.value === null) return { allowDuplicates: false };
  if (!isMapping(top.value)) return wrongType(checker, top, 'meta/main.yml', 'a mapping') ?? { allowDuplicates: false };
  for (const name of top.keys()) {
    if (!KNOWN.includes(name)) checker.unknown(top.placeOf([name], 'key'), 'name', name, KNOWN, ' in meta/main.yml');
  }
  return {
    allowDuplicates: top.has('allow_duplicates')
      ? (flag(checker, top.at('allow_duplicates'), 'allow_duplicates') ?? false)
      : false,
    ...(top.has('dependencies') && { dependencies: top.at('dependencies') }),
    ...(top.has('argument_specs') && { argumentSpecs: top.at('argument_specs') }),
  };
}

/** The nodes of the roles that a role depends on, and these roles. */
export async function dependencies(
  context: Context,
  { folder, name }: FoundRole,
  meta: RoleMeta,
  use: RoleUse,
): Promise<{ nodes: readonly Node[]; roles: readonly Role[] }> {
  const { checker, dependants } = context;
  if (!meta.dependencies) return { nodes: [], roles: [] };
  const inside: Context = { ...context, dependants: [...dependants, folder] };
  const nodes: Node[] = [];
  const roles: Role[] = [];
  for (const item of strictList(checker, meta.dependencies, `dependencies of the role "${name}"`)) {
    const used = await roleAtList(inside, item, use.params);
    if (!used) continue;
    nodes.push(...used.nodes);
    roles.push(used.role);
  }
  return { nodes, roles };
}
