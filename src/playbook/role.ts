import { readdirSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { didYouMean } from '../base/nearest.js';
import type { Place } from '../base/place.js';
import { checkParameters, readArgumentSpec } from './argument-spec.js';
import type { Context } from './context.js';
import { handlersOf } from './handlers.js';
import { isFolder, roleFiles } from './loader.js';
import type { RoleFrom } from './named.js';
import { dependencies, type RoleMeta, readMeta } from './role-meta.js';
import type { Spot } from './spot.js';
import { taskFile } from './task-file.js';
import type { Node, Role, Variables } from './tree.js';
import { merged, NO_VARIABLES, variables } from './variables.js';

/** One use of a role: at `roles`, as a dependency, or by an import or include. */
export interface RoleUse {
  readonly name: string;
  /** Where the name stands. */
  readonly spot: Spot;
  readonly from: RoleFrom;
  /** False for an include: the role is not one of the play's. */
  readonly isStatic: boolean;
  /** Whether its variables are there for the rest of the play. */
  readonly public: boolean;
  readonly validate: boolean;
  /** `vars:` of a use at `roles`: as strong as the role's own. */
  readonly vars?: Variables;
  /** Parameters of a use at `roles`. */
  readonly params?: Variables;
  /** Where the name of a parameter stands. */
  keyPlace?(name: string): Place | undefined;
  /** `vars:` of an import or include, to be checked against the role's specification. */
  readonly given?: Variables;
  readonly once?: string;
}

export interface FoundRole {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  /** Absolute path of its file of tasks; undefined: it has none. */
  readonly tasks: string | undefined;
}

/** The folders that roles are looked for in, in order. */
function searchFolders({ play, loader, lexical }: Context): string[] {
  const beside = lexical.role ? [dirname(lexical.role.folder)] : [];
  const folders = [
    join(play.folder, 'roles'),
    join(loader.cwd, 'roles'),
    ...loader.roleFolders,
    ...beside,
    play.folder,
  ];
  return [...new Set(folders)];
}

/** Finds a role's folder and its tasks; undefined where there is none (the problem is kept). */
export async function findRole(
  context: Context,
  { name, spot, from }: Pick<RoleUse, 'name' | 'spot' | 'from'>,
): Promise<FoundRole | undefined> {
  const { checker, loader } = context;
  const folders = searchFolders(context);
  const paths = isAbsolute(name) ? [name] : folders.map((folder) => resolve(folder, name));
  const folder = paths.find(isFolder);
  if (folder === undefined) {
    const known = folders
      .slice(0, -1)
      .filter(isFolder)
      .flatMap((each) => readdirSync(each));
    const hint = didYouMean(name, known) ?? `looked in ${folders.map((each) => loader.shown(each)).join(', ')}`;
    checker.problem(spot.place, `there is no role "${name}"`, hint);
    return undefined;
  }
  const [tasks] = roleFiles(join(folder, 'tasks'), from.tasks);
  if (tasks === undefined && from.tasks !== 'main') {
    checker.problem(
      spot.place,
      `the role "${name}" has no tasks/${from.tasks}.yml`,
      `looked in ${loader.shown(join(folder, 'tasks'))}`,
    );
    return undefined;
  }
  return { name: name.split('/').at(-1)!, folder, tasks };
}

/** Variables of a role's defaults/ or vars/. */
async function fileVariables(
  context: Context,
  folder: string,
  kind: 'defaults' | 'vars',
  name: string,
  spot: Spot,
): Promise<Variables> {
  const files = roleFiles(join(folder, kind), name);
  if (files.length === 0 && name !== 'main') {
    context.checker.problem(
      spot.place,
      `the role has no ${kind}/${name}.yml`,
      `looked in ${context.loader.shown(join(folder, kind))}`,
    );
  }
  const layers: Variables[] = [];
  for (const file of files) {
    const top = await context.loader.read(context.checker, file);
    if (top) layers.push(variables(context.checker, top, `${kind}/${name}.yml`));
  }
  return merged(...layers);
}

/**
 * The nodes of a role, those of its dependencies first; its handlers join the context's. Undefined where the
 * role cannot be found.
 */
export async function useRole(
  context: Context,
  use: RoleUse,
): Promise<{ role: Role; nodes: readonly Node[] } | undefined> {
  const { checker, play, lexical } = context;
  const found = await findRole(context, use);
  if (!found) return undefined;
  const meta = await readMeta(context, found.folder);
  const before = await dependencies(context, found, meta, use);
  const role = await makeRole(context, use, found, meta, before.roles);
  if (use.isStatic && use.public) play.roles.push(role);
  const inside: Context = { ...context, lexical: { ...lexical, role }, folder: found.folder };
  const nodes: Node[] = [...before.nodes];
  // Handlers come before tasks, so that the names that tasks notify are known.
  for (const file of roleFiles(join(found.folder, 'handlers'), use.from.handlers)) {
    const top = await context.loader.read(checker, file);
    if (top)
      context.handlers.push(
        ...(await handlersOf({ ...inside, folder: dirname(file), imports: [file], notify: [] }, top)),
      );
  }
  if (found.tasks !== undefined) nodes.push(...(await taskFile(inside, found.tasks, use.spot)));
  return { role, nodes };
}

async function makeRole(
  context: Context,
  use: RoleUse,
  found: FoundRole,
  meta: RoleMeta,
  before: readonly Role[],
): Promise<Role> {
  const { folder, name } = found;
  const outer = context.lexical.role;
  const around = [...(outer ? [outer] : []), ...before];
  const ownDefaults = await fileVariables(context, folder, 'defaults', use.from.defaults, use.spot);
  const ownVars = await fileVariables(context, folder, 'vars', use.from.vars, use.spot);
  const params = use.params ?? NO_VARIABLES;
  const spec = use.validate ? await readArgumentSpec(context, folder, use.from.tasks, meta) : undefined;
  if (spec)
    checkParameters(context, name, spec, params, merged(use.vars ?? NO_VARIABLES, use.given ?? NO_VARIABLES), (each) =>
      use.keyPlace?.(each),
    );
  return {
    name,
    folder,
    place: use.spot.place,
    defaults: merged(...around.map((role) => role.defaults), ownDefaults),
    vars: merged(...around.map((role) => role.vars), ownVars, use.vars ?? NO_VARIABLES),
    params: merged(outer?.params ?? NO_VARIABLES, params),
    ...(spec && { argumentSpec: spec }),
    ...(use.once !== undefined && { once: use.once }),
  };
}
