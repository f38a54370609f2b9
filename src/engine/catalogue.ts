import { checkArguments } from '../modules/check-arguments.js';
import { canonicalName, loadModules, moduleNamed, moduleNames } from '../modules/registry.js';
import type { ModuleCatalogue } from '../playbook/index.js';

/** The modules as the playbook room sees them. */
export const moduleCatalogue: ModuleCatalogue = {
  has: (name) => canonicalName(name) !== undefined,
  names: moduleNames,
  canonical: (name) => canonicalName(name) ?? name,
  load: loadModules,
  freeForm: (name) => moduleNamed(name).freeForm,
  check: (name, args, placeOf) =>
    checkArguments(moduleNamed(name), args, true).problems.map(({ name: argument, message, hint }) => ({
      message,
      ...(hint === undefined ? {} : { hint }),
      place: placeOf(pathOf(argument), message.startsWith('unknown argument') ? 'key' : 'value'),
    })),
};

/** `ports[0].protocol` as keys and indexes. */
function pathOf(argument: string): (string | number)[] {
  return argument === ''
    ? []
    : argument.split(/[.[]/).map((part) => (part.endsWith(']') ? Number(part.slice(0, -1)) : part));
}
