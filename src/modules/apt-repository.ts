import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { ask, outputOf, type Probe } from '../probes/registry.js';
import type { Diff } from '../report/event.js';
import { explainApt } from './apt-failure.js';
import { keyOptions, keyPath, keyProbes, planKeyFile } from './apt-key.js';
import { refreshLists } from './apt-refresh.js';
import { fileNameOf, isSameSource, parseSource, requireSource, type SourceLine, sourceLine } from './apt-source.js';
import { type Change, defineModule, type PlanContext, type State } from './module.js';
import type { Arguments } from './options.js';
import { planEdit } from './write-file.js';

const options = {
  repo: {
    type: 'str',
    required: true,
    description: 'The entry as in sources.list: deb [options] address suite components.',
  },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', description: 'Whether apt must use it.' },
  filename: {
    type: 'str',
    description: 'Name of the file in /etc/apt/sources.list.d, without .list; made of the address otherwise.',
  },
  mode: { type: 'mode', description: 'Permissions of that file.' },
  update_cache: {
    type: 'bool',
    default: true,
    aliases: ['update-cache'],
    description: 'Fetch the package lists when it changed.',
  },
  validate_certs: { type: 'bool', default: true, description: 'Not used.' },
  ...keyOptions,
} as const;

type RepositoryArguments = Arguments<typeof options>;

const FOLDER = '/etc/apt/sources.list.d';

/** Every one-line entry of the host, each after the name of its file. */
const ALL = outputOf({
  argv: ['sh', '-c', `grep -H '^[[:space:]]*deb' /etc/apt/sources.list ${FOLDER}/*.list /dev/null 2>/dev/null`],
});

export const aptRepository = defineModule({
  name: 'apt_repository',
  description: 'A repository that apt uses, as one line; deb822_repository writes the newer form.',
  options,
  examples: `
- apt_repository: { repo: 'deb http://mirror.example.org/debian bookworm-backports main' }
- apt_repository:
    repo: deb https://packages.example.org/debian bookworm main
    filename: example
    key: "{{ lookup 'file' 'example.asc' }}"
    fingerprint: 0123456789ABCDEF0123456789ABCDEF01234567
`,
  probes: (args) => {
    const source = parseSource(args.repo);
    if (!source) return [];
    const { path, slug } = place(args, source);
    const probes: Probe[] = [ask('content', path), ask('stat', path), ask('stat', FOLDER), ALL];
    return args.key === undefined ? probes : [...probes, ...keyProbes(keyPath(slug))];
  },
  plan: (args, state, context) => {
    const source = requireSource(args.repo);
    return args.state === 'absent' ? absent(args, source, state, context) : present(args, source, state, context);
  },
  conclude: (args, outcomes) => {
    const last = outcomes.at(-1);
    return last && last.status !== 0
      ? { failed: true, ...explainApt('fetching the package lists with the new repository', last) }
      : {};
  },
});

function place(args: RepositoryArguments, source: SourceLine): { path: string; slug: string } {
  const slug = (args.filename ?? fileNameOf(source)).replace(/\.list$/, '');
  if (!/^[A-Za-z0-9_.-]+$/.test(slug))
    throw new TaskError(`filename "${slug}": apt reads files of letters, digits and _ . - only`);
  return { path: `${FOLDER}/${slug}.list`, slug };
}

const linesOf = (text: Buffer | null): string[] =>
  text === null || text.length === 0 ? [] : text.toString('utf8').replace(/\n$/, '').split('\n');

const holds = (lines: readonly string[], source: SourceLine): boolean =>
  lines.some((line) => {
    const there = parseSource(line);
    return there !== undefined && isSameSource(there, source);
  });

/** Other files that hold the entry. */
function others(source: SourceLine, path: string, state: State): string[] {
  const found = state
    .read(ALL)
    .stdout.split('\n')
    .flatMap((line) => {
      const colon = line.indexOf(':');
      return colon > 0 && holds([line.slice(colon + 1)], source) ? [line.slice(0, colon)] : [];
    });
  return [...new Set(found)].filter((each) => each !== path);
}

function present(args: RepositoryArguments, given: SourceLine, state: State, context: PlanContext): Change {
  const { path, slug } = place(args, given);
  const signed = given.options.some((option) => option.startsWith('signed-by='));
  const key = planKeyFile(keyPath(slug), args, state, context);
  const source =
    args.key === undefined || signed ? given : { ...given, options: [...given.options, `signed-by=${keyPath(slug)}`] };
  const before = state.read(ask('content', path));
  const lines = linesOf(before);
  const there = holds(lines, source) || others(source, path, state).length > 0;
  const next = there ? lines : [...lines.filter((line) => !isOlder(line, source)), sourceLine(source)];
  const text = Buffer.from(`${next.join('\n')}\n`);
  const change =
    there && lines.length === 0
      ? { actions: [] }
      : planEdit(path, before, there ? before! : text, { mode: args.mode }, state, context);
  const actions: Action[] = [...key.actions, ...change.actions];
  const fetch = args.update_cache && (!there || key.actions.length > 0);
  if (fetch) actions.push(refreshLists(path, before, context));
  return {
    actions,
    diff: [...(key.diff ?? []), ...(change.diff ?? [])],
    result: { repo: sourceLine(source), state: 'present', filename: path },
  };
}

/** The same repository with other options: it would be an error for apt to have both. */
function isOlder(line: string, source: SourceLine): boolean {
  const there = parseSource(line);
  return there !== undefined && isSameSource({ ...there, options: source.options }, source);
}

function absent(args: RepositoryArguments, source: SourceLine, state: State, context: PlanContext): Change {
  const { path } = place(args, source);
  const actions: Action[] = [];
  const diff: Diff[] = [];
  const inOwn = holds(linesOf(state.read(ask('content', path))), source);
  const files = [...(inOwn ? [path] : []), ...others(source, path, state)];
  let last: { path: string; before: Buffer } | undefined;
  for (const file of files) {
    const before = state.read(ask('content', file));
    const kept = linesOf(before).filter((line) => !holds([line], source));
    if (before === null || kept.length === linesOf(before).length) continue;
    last = { path: file, before };
    if (kept.length === 0 && file !== '/etc/apt/sources.list') {
      actions.push({ kind: 'remove', path: file });
      diff.push({ subject: file, before: before.toString('utf8'), after: '' });
      continue;
    }
    const change = planEdit(
      file,
      before,
      Buffer.from(kept.length === 0 ? '' : `${kept.join('\n')}\n`),
      {},
      state,
      context,
    );
    actions.push(...change.actions);
    diff.push(...(change.diff ?? []));
  }
  if (last && args.update_cache) actions.push(refreshLists(last.path, last.before, context));
  return { actions, diff, result: { repo: args.repo, state: 'absent' } };
}
