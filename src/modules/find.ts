import { posix } from 'node:path';
import { TaskError } from '../base/error.js';
import type { Value, Values } from '../base/value.js';
import { ask, outputOf, type Probe } from '../probes/registry.js';
import { ALGORITHMS, checksumProbe, readChecksum } from './checksum.js';
import { ageTest, type Found, nameTest, PRINTF, parseFound, sizeTest } from './find-filter.js';
import { hostPath, realFile, requireReal } from './host-path.js';
import { resolveMode } from './mode.js';
import { defineModule, type State } from './module.js';
import type { Arguments } from './options.js';
import { readAll } from './read-all.js';
import { statValues } from './stat-values.js';

const options = {
  paths: {
    type: 'list',
    elements: 'path',
    required: true,
    aliases: ['name', 'path'],
    description: 'Folders on the host to look in.',
  },
  patterns: {
    type: 'list',
    elements: 'str',
    default: [],
    aliases: ['pattern'],
    description: "Base names, as shell patterns, or with use_regex Python's regular expressions.",
  },
  excludes: {
    type: 'list',
    elements: 'str',
    default: [],
    aliases: ['exclude'],
    description: 'Base names that are passed over, in the same form.',
  },
  use_regex: {
    type: 'bool',
    default: false,
    description: 'patterns and excludes are regular expressions that match from the beginning.',
  },
  contains: { type: 'str', description: 'Regular expression that must match a line of the file from its beginning.' },
  read_whole_file: { type: 'bool', default: false, description: 'contains is looked for anywhere in the whole file.' },
  file_type: {
    type: 'str',
    choices: ['any', 'directory', 'file', 'link'],
    default: 'file',
    description: 'What to look for.',
  },
  recurse: { type: 'bool', default: false, description: 'Also in the folders below.' },
  depth: { type: 'int', description: 'With recurse: how many levels deep.' },
  age: { type: 'str', description: 'Not changed for this long, e.g. 2d; negative: changed since.' },
  age_stamp: {
    type: 'str',
    choices: ['atime', 'ctime', 'mtime'],
    default: 'mtime',
    description: 'The time that age is about.',
  },
  size: { type: 'str', description: 'At least this size, e.g. 10m; negative: at most.' },
  mode: { type: 'mode', description: 'Permissions.' },
  exact_mode: { type: 'bool', default: true, description: 'Exactly mode; otherwise at least the bits of mode.' },
  hidden: { type: 'bool', default: false, description: 'Also names that begin with a dot.' },
  follow: { type: 'bool', default: false, description: 'Symlinks stand for what they lead to.' },
  get_checksum: { type: 'bool', default: false, description: 'The checksum of every regular file.' },
  checksum_algorithm: {
    type: 'str',
    default: 'sha1',
    choices: ALGORITHMS,
    aliases: ['checksum', 'checksum_algo'],
    description: 'Which checksum.',
  },
  limit: { type: 'int', description: 'This many at the most.' },
} as const;

type FindArguments = Arguments<typeof options>;

/** Bytes that the list may have: the session keeps no more of a program's output. */
const LONGEST_LIST = 1024 * 1024;

export const find = defineModule({
  name: 'find',
  description: 'Lists files of the host that meet all the conditions.',
  options,
  examples: `
- find: { paths: /var/log, patterns: '*.old,*.gz', age: 4w, size: 1m, recurse: true }
  register: old
- find: { paths: [/srv, /opt], file_type: directory, excludes: ['lost+found'] }
- find: { paths: /etc/app.d, patterns: '^[0-9]{2}-.*\\.conf$', use_regex: true, contains: 'debug\\s*=' }
`,
  probes: ({ paths }) =>
    paths.filter((path) => posix.isAbsolute(path)).map((path) => ask('stat', path.replace(/(.)\/+$/, '$1'))),
  plan: (args, state, context) => {
    const skipped: Values = {};
    const folders: string[] = [];
    for (const given of args.paths) {
      const path = hostPath(given, state, context);
      const real = realFile(path, state);
      requireReal(real, context);
      if (real.stat?.type === 'directory') folders.push(given.endsWith('/') && path !== '/' ? `${path}/` : path);
      else skipped[given] = `'${given}' is not a directory`;
    }
    const { files, examined, now } =
      folders.length === 0 ? { files: [], examined: 0, now: 0 } : list(folders, args, state);
    const matched = matching(files, args, now, state).slice(0, args.limit ?? files.length);
    const checksums = args.get_checksum ? checksumsOf(matched, args, state) : new Map<string, string>();
    const values = matched.map(({ path, stat }): Value => {
      const entry = statValues(path, stat);
      delete entry.exists;
      const checksum = checksums.get(path);
      if (checksum !== undefined) entry.checksum = checksum;
      return entry;
    });
    const message =
      Object.keys(skipped).length === 0 ? 'All paths examined' : 'Not all paths examined, check warnings for details';
    return {
      actions: [],
      result: { files: values, matched: values.length, examined, skipped_paths: skipped, msg: message },
    };
  },
});

/** Everything below the folders, as deep as wanted; the names, types and hidden ones are chosen by find itself. */
function list(
  folders: readonly string[],
  args: FindArguments,
  state: State,
): { files: Found[]; examined: number; now: number } {
  const depth = args.recurse ? args.depth : 1;
  const words = [
    args.follow ? '-L' : '-P',
    ...folders,
    '-mindepth',
    '1',
    ...(depth === undefined ? [] : ['-maxdepth', String(depth)]),
  ];
  const tests: string[] = [];
  if (args.file_type !== 'any') tests.push('-type', { file: 'f', directory: 'd', link: 'l' }[args.file_type]);
  if (!args.hidden) tests.push('!', '-name', '.*');
  if (!args.use_regex && args.patterns.length > 0)
    tests.push(
      '(',
      ...args.patterns.flatMap((pattern, i) => [...(i ? ['-o'] : []), '-name', pattern.replaceAll('\\', '\\\\')]),
      ')',
    );
  // Every name is counted, those that pass are printed; the host's own clock says how old they are.
  const script = 'date +%s; exec find "$@"';
  const argv = ['sh', '-c', script, 'find', ...words, '-printf', '.', ...tests, '-printf', `\\0${PRINTF}`];
  const said = state.read(outputOf({ argv }));
  if (said.stdout.length >= LONGEST_LIST)
    throw new TaskError('more was found than can be listed', 'narrow it: patterns, depth, file_type, or fewer paths');
  const line = said.stdout.indexOf('\n');
  const now = Number(said.stdout.slice(0, line));
  return { ...untangle(said.stdout.slice(line + 1)), now };
}

/** A dot for every name, and after those that passed NUL and their fields. */
function untangle(output: string): { files: Found[]; examined: number } {
  let examined = 0;
  let fields = '';
  for (let at = 0; at < output.length; ) {
    if (output[at] === '.') {
      examined++;
      at++;
      continue;
    }
    let end = at + 1;
    for (let field = 0; field < 15; field++) end = output.indexOf('\0', end) + 1 || output.length;
    fields += output.slice(at + 1, end);
    at = end;
  }
  return { files: parseFound(fields), examined };
}

function matching(files: readonly Found[], args: FindArguments, now: number, state: State): Found[] {
  const tests: ((file: Found) => boolean)[] = [];
  if (args.patterns.length > 0) {
    const test = nameTest(args.patterns, args.use_regex);
    tests.push(({ path }) => test(posix.basename(path)));
  }
  if (args.excludes.length > 0) {
    const test = nameTest(args.excludes, args.use_regex);
    tests.push(({ path }) => !test(posix.basename(path)));
  }
  if (args.age !== undefined) {
    const test = ageTest(args.age);
    tests.push(({ stat }) => test(now - Math.floor(stat[args.age_stamp] ?? 0)));
  }
  if (args.size !== undefined) {
    const test = sizeTest(args.size);
    tests.push(({ stat }) => stat.type !== 'directory' && test(stat.size ?? 0));
  }
  if (args.mode !== undefined) {
    const mode = resolveMode(args.mode, 0, false);
    tests.push(({ stat }) => (args.exact_mode ? stat.mode === mode : ((stat.mode ?? 0) & mode) === mode));
  }
  const left = files.filter((file) => tests.every((test) => test(file)));
  return args.contains === undefined || args.file_type !== 'file'
    ? left
    : containing(left, args.contains, args.read_whole_file, state);
}

/** grep's Perl expressions are Python's but for rare things. */
function containing(files: readonly Found[], pattern: string, whole: boolean, state: State): Found[] {
  if (files.length === 0) return [];
  const grep = whole ? ['grep', '-lZzP', '--', `(?m)${pattern}`] : ['grep', '-lZP', '--', `^(?:${pattern})`];
  const said = state.read(outputOf({ argv: [...grep, ...files.map(({ path }) => path)] }));
  if (said.status > 1 && said.stdout === '')
    throw new TaskError(`grep: ${said.stderr.trim()}`, 'contains is read as a Perl regular expression');
  const names = new Set(said.stdout.split('\0'));
  return files.filter(({ path }) => names.has(path));
}

function checksumsOf(
  files: readonly Found[],
  { checksum_algorithm }: FindArguments,
  state: State,
): Map<string, string> {
  const regular = files.filter(({ stat }) => stat.type === 'file').map(({ path }) => path);
  readAll(
    state,
    regular.map((path) => checksumProbe(checksum_algorithm, path) as Probe),
  );
  return new Map(
    regular.flatMap((path) => {
      const checksum = readChecksum(checksum_algorithm, path, state);
      return checksum === null ? [] : [[path, checksum] as const];
    }),
  );
}
