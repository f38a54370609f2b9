import { nearest } from '../base/nearest.js';
import { isMapping } from '../base/value.js';
import type { Compiled } from '../template/template.js';
import type { Context } from './context.js';
import { inherit } from './inherit.js';
import { FOREIGN, ROLE_USE, unknownKeyword } from './keywords.js';
import { MAIN } from './named.js';
import { text, wrongType } from './read.js';
import { findRole, type RoleUse, useRole } from './role.js';
import { readMeta } from './role-meta.js';
import type { Spot } from './spot.js';
import type { Node, Role, Variables } from './tree.js';
import { goodVariableName, merged, NO_VARIABLES, variables } from './variables.js';

/**
 * A role at `roles:` of a play or in the dependencies of another role: a name, or a mapping with parameters. The
 * same use (parameters, variables, conditions, tags) comes once, as in Ansible, unless the role allows duplicates.
 */
export async function roleAtList(
  context: Context,
  spot: Spot,
  outer: Variables = NO_VARIABLES,
): Promise<{ role: Role; nodes: readonly Node[] } | undefined> {
  const { checker } = context;
  const name = roleName(context, spot);
  if (!name) return undefined;
  const isDetailed = isMapping(spot.value);
  const keywords = isDetailed ? inherit(checker, context.keywords, spot) : context.keywords;
  const own = isDetailed ? parameters(context, spot) : NO_VARIABLES;
  const vars = isDetailed && spot.has('vars') ? variables(checker, spot.at('vars'), 'vars') : NO_VARIABLES;
  const found = await findRole(context, { name: name.text, spot: name.spot, from: MAIN });
  if (!found) return undefined;
  if (isCycle(context, found.folder, name.spot)) return undefined;
  const { allowDuplicates } = await readMeta(context, found.folder);
  const once = useKey(found.folder, spot);
  const use: RoleUse = {
    name: name.text,
    spot: name.spot,
    from: MAIN,
    isStatic: true,
    public: true,
    validate: true,
    vars,
    params: merged(outer, own),
    keyPlace: (parameter) => (own.has(parameter) ? spot.placeOf([parameter], 'key') : undefined),
    ...(!allowDuplicates && { once }),
  };
  const inside: Context = { ...context, keywords };
  if (!allowDuplicates && !isFirst(inside, once)) return undefined;
  return useRole(inside, use);
}

function roleName({ checker }: Context, spot: Spot): { text: string; spot: Spot } | undefined {
  if (isMapping(spot.value)) {
    const key = spot.has('role') ? 'role' : 'name';
    if (!spot.has(key)) {
      checker.problem(spot.place, 'a role is used without its name', 'write "role: NAME"');
      return undefined;
    }
    const name = text(checker, spot.at(key), key);
    return name === undefined ? undefined : { text: name, spot: spot.at(key) };
  }
  if (typeof spot.value !== 'string')
    return wrongType(checker, spot, 'roles', 'the name of a role, or a mapping with it');
  const name = text(checker, spot, 'the name of a role');
  return name === undefined ? undefined : { text: name, spot };
}

/** Tells of a role that depends on itself, at whatever distance, where the chain closes. */
function isCycle({ checker, dependants }: Context, folder: string, spot: Spot): boolean {
  const start = dependants.indexOf(folder);
  if (start === -1) return false;
  const chain = [...dependants.slice(start), folder].map((each) => each.split('/').at(-1)!);
  checker.problem(spot.place, `roles that depend on one another: ${chain.join(' → ')}`);
  return true;
}

/** Everything at the use of a role that is no keyword is a parameter. */
function parameters({ checker }: Context, spot: Spot): Variables {
  const found = new Map<string, Compiled>();
  for (const name of spot.keys()) {
    if (ROLE_USE.has(name)) continue;
    const entry = spot.at(name);
    if (FOREIGN.has(name)) unknownKeyword(checker, spot, name, ROLE_USE, 'at the use of a role');
    else if (goodVariableName(checker, name, entry)) {
      const near = nearest(name, ROLE_USE);
      if (near !== undefined && name.length > 3) {
        checker.warning(
          entry.keyPlace,
          `"${name}" is taken as a parameter of the role`,
          `did you mean the keyword "${near}"?`,
        );
      }
      found.set(name, checker.compile(entry));
    }
  }
  return found;
}

/** What makes two uses of a role the same: as Ansible, its parameters, variables, conditions and tags. */
function useKey(folder: string, { value }: Spot): string {
  if (!isMapping(value)) return folder;
  const { role: _role, name: _name, ...rest } = value;
  const said = Object.entries(rest).filter(([key]) => !ROLE_USE.has(key) || ['vars', 'when', 'tags'].includes(key));
  return said.length === 0 ? folder : JSON.stringify([folder, ...said.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** False where the same use was there before, under the same inherited conditions and tags. */
function isFirst({ uses, keywords }: Context, once: string): boolean {
  const circumstances = JSON.stringify([keywords.when.map(({ source }) => source), keywords.tags]);
  const before = uses.get(once);
  if (!before) uses.set(once, new Set([circumstances]));
  else if (before.has(circumstances)) return false;
  else before.add(circumstances);
  return true;
}
