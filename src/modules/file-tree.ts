import type { AttributesAction } from '../actions/files.js';
import { TaskError } from '../base/error.js';
import { outputOf } from '../probes/registry.js';
import { type FileArguments, planAttributes } from './file-attributes.js';
import { type RealFile, requireReal } from './host-path.js';
import { resolveMode } from './mode.js';
import type { PlanContext, State } from './module.js';

/**
 * The action that gives everything at and below a folder the wanted attributes, or undefined where all has
 * them: one question, answered in a line for each combination of attributes that occurs.
 */
export function planTree(
  folder: RealFile,
  wanted: FileArguments,
  state: State,
  context: PlanContext,
): AttributesAction | undefined {
  const { path } = folder;
  // Where the folder itself lacks them, nothing needs to be known of what is below it.
  const itself = folder.stat && planAttributes(path, folder.stat, wanted, state) !== undefined;
  if (!itself) requireReal(folder, context);
  if (!itself && !treeDiffers(path, wanted, state)) return undefined;
  const { mode } = wanted;
  const octal = mode !== undefined && /^\d/.test(mode);
  return {
    kind: 'attributes',
    path,
    recursive: true,
    ...(wanted.owner === undefined ? {} : { owner: wanted.owner }),
    ...(wanted.group === undefined ? {} : { group: wanted.group }),
    ...(octal ? { mode: resolveMode(mode, 0, true) } : {}),
    ...(mode !== undefined && !octal ? { symbolic: mode } : {}),
  };
}

function treeDiffers(path: string, wanted: FileArguments, state: State): boolean {
  const script = `find "$1" -printf '%y %m %U %G %u %g\\n' | sort -u`;
  const said = state.read(outputOf({ argv: ['sh', '-c', script, 'find', path] }));
  if (said.stderr !== '' || said.stdout === '')
    throw new TaskError(`find ${path}: ${said.stderr.trim() || 'no answer'}`);
  return combinationsDiffer(said.stdout, wanted);
}

/** Whether any of the lines `TYPE MODE UID GID OWNER GROUP` lacks a wanted attribute; TYPE is d or l, or anything else. */
export function combinationsDiffer(lines: string, wanted: FileArguments): boolean {
  return lines.split('\n').some((line) => {
    if (line === '') return false;
    const [type, bits, uid, gid, owner, group] = line.split(' ');
    if (wanted.owner !== undefined && wanted.owner !== owner && wanted.owner !== uid) return true;
    if (wanted.group !== undefined && wanted.group !== group && wanted.group !== gid) return true;
    if (wanted.mode === undefined || type === 'l') return false;
    const before = Number.parseInt(bits ?? '0', 8);
    return resolveMode(wanted.mode, before, type === 'd') !== before;
  });
}
