import { posix } from 'node:path';
import { TaskError } from '../base/error.js';
import { defineModule, type LocalFiles } from './module.js';
import type { Arguments } from './options.js';

const options = {
  file: { type: 'path', description: 'A YAML or JSON file of the role or playbook (looked for in vars/).' },
  dir: { type: 'path', description: 'A folder whose files are all read, in the order of their names.' },
  name: { type: 'str', description: 'Keep the variables in one mapping of this name.' },
  depth: { type: 'int', default: 0, description: 'How many levels of folders to go into; 0: all.' },
  extensions: {
    type: 'list',
    elements: 'str',
    default: ['yaml', 'yml', 'json'],
    description: 'How the names of the files end.',
  },
  ignore_files: { type: 'list', elements: 'str', default: [], description: 'Names of files to pass over.' },
} as const;

export const includeVars = defineModule({
  name: 'include_vars',
  description: 'Reads variables from files of this machine while the play runs.',
  options,
  rules: { requiredOneOf: [['file', 'dir']], mutuallyExclusive: [['file', 'dir']] },
  freeForm: 'file',
  examples: `
- include_vars: { file: "{{ distribution }}.yml", name: packages }
`,
  probes: () => [],
  plan: (args, _state, { local }) => {
    const paths = args.file === undefined ? filesIn(args, local) : [local.find(args.file, 'vars')];
    return {
      actions: [],
      result: { ansible_included_var_files: paths },
      controller: [{ type: 'include-vars', paths, ...(args.name === undefined ? {} : { name: args.name }) }],
    };
  },
});

function filesIn({ dir, depth, extensions, ignore_files }: Arguments<typeof options>, local: LocalFiles): string[] {
  const folder = local.find(dir!, 'vars');
  if (!local.isDirectory(folder)) throw new TaskError(`${dir} is not a folder`, 'use file for one file');
  const wanted = (path: string): boolean =>
    !path.endsWith('/') &&
    (depth === 0 || path.split('/').length <= depth) &&
    extensions.includes(posix.extname(path).slice(1)) &&
    !ignore_files.includes(posix.basename(path));
  return local
    .list(folder)
    .filter(wanted)
    .map((path) => posix.join(folder, path));
}
