import { posix } from 'node:path';
import { type Effect, predict } from '../actions/action.js';
import { freshStat } from '../actions/paths.js';
import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { mapping } from '../base/value.js';
import { ask } from '../probes/registry.js';
import { explain } from './failure.js';
import {
  type GitLocal,
  type GitTarget,
  gitEnvironment,
  isMissing,
  KNOWN_FAILURES,
  localProbe,
  readLocal,
  readRemote,
  remoteProbe,
} from './git-look.js';
import { cloneScript, updateScript } from './git-script.js';
import { type Change, defineModule, type State, Unknowable } from './module.js';
import type { Arguments } from './options.js';

const options = {
  repo: {
    type: 'str',
    required: true,
    aliases: ['name'],
    description: 'URL or path of the repository, as the host reaches it.',
  },
  dest: { type: 'path', required: true, description: 'Absolute path of the checkout on the host.' },
  version: { type: 'str', default: 'HEAD', description: "Branch, tag or commit; HEAD: the repository's own branch." },
  remote: { type: 'str', default: 'origin', description: 'Name of the remote.' },
  clone: { type: 'bool', default: true, description: 'Make the checkout where there is none.' },
  update: { type: 'bool', default: true, description: 'Bring a checkout that is there to the version.' },
  force: { type: 'bool', default: false, description: 'Throw local changes away.' },
  depth: { type: 'int', description: 'How many commits of history to get; left out: all.' },
  bare: { type: 'bool', default: false, description: 'A repository without files.' },
  recursive: { type: 'bool', default: true, description: 'Submodules too.' },
  single_branch: { type: 'bool', default: false, description: 'Get only the version, not the other branches.' },
  accept_hostkey: {
    type: 'bool',
    default: false,
    description: 'Take the key of a server that is not known yet; a changed key is never taken.',
  },
  accept_newhostkey: { type: 'bool', default: false, description: 'The same.' },
  key_file: { type: 'path', description: 'Private key on the host to log in with.' },
  ssh_opts: { type: 'str', description: 'Further options of ssh.' },
  umask: { type: 'raw', description: "Umask of new files, e.g. '0022'." },
  executable: { type: 'path', default: 'git', description: 'The git to use.' },
} as const;

export type GitArguments = Arguments<typeof options>;

export const git = defineModule({
  name: 'git',
  description: 'A checkout of a git repository at a version.',
  options,
  examples: `
- git: { repo: 'https://example.org/app.git', dest: /srv/app, version: v1.4.2 }
- git: { repo: git@example.org:app.git, dest: /srv/app, key_file: /root/.ssh/deploy, accept_newhostkey: true, depth: 1 }
`,
  probes: (args) =>
    args.update
      ? [ask('stat', args.dest), localProbe(args), remoteProbe(args)]
      : [ask('stat', args.dest), localProbe(args)],
  plan: (args, state) => {
    checkWords(args);
    const there = state.read(ask('stat', args.dest));
    const type = (there?.followed ?? there)?.type;
    if (type !== undefined && type !== 'directory') throw new TaskError(`${args.dest} is a ${type}, not a folder`);
    const answer = state.read(localProbe(args));
    if (isMissing(answer) && args.executable === 'git' && state.read(ask('package', 'git')).installed)
      return plannedGit(args, there === null);
    const local = readLocal(args, answer);
    if (local === 'other')
      throw new TaskError(`${args.dest} is not empty and no git repository`, 'remove it first, or choose another dest');
    return local === 'none' ? clone(args, state) : update(args, local, state);
  },
  conclude: (args, outcomes, change) => {
    const last = outcomes.at(-1);
    if (!last) return {};
    if (last.status !== 0)
      return { failed: true, ...explain(`git (${args.repo} → ${args.dest})`, last, KNOWN_FAILURES) };
    const after = /^hostwright-head ([0-9a-f]+)$/m.exec(last.stdout)?.[1];
    return { result: mapping({ ...change.result, after: after ?? null }) };
  },
});

/** What would be taken for an option, or is no path, is refused. */
function checkWords({ repo, dest, version, remote, umask }: GitArguments): void {
  for (const [name, value] of Object.entries({ repo, version, remote })) {
    if (value === '' || value.startsWith('-')) throw new TaskError(`"${value}" cannot be the ${name}`);
  }
  if (repo.startsWith('ext::')) throw new TaskError('repositories that run a program (ext::) are not taken');
  if (!posix.isAbsolute(dest)) throw new TaskError(`"${dest}" is not an absolute path`, 'begin it with /');
  if (umask !== undefined && !/^0?[0-7]{3}$/.test(String(umask)))
    throw new TaskError(`"${String(umask)}" is not a umask`, "write octal digits in quotes, e.g. '0022'");
}

function change(args: GitArguments, script: string, before: string | null, target: GitTarget): Change {
  const effects: Effect[] = [
    { type: 'stale-below', path: args.dest },
    { type: 'stale-kinds', kinds: ['output'] },
    predict(ask('stat', args.dest), freshStat('directory', {})),
  ];
  const action: Action = {
    kind: 'run',
    argv: ['sh', '-c', script],
    environment: gitEnvironment(args),
    ...(args.umask === undefined ? {} : { umask: String(args.umask) }),
    effects,
  };
  const note = `${before?.slice(0, 12) ?? '(none)'} → ${target.commit?.slice(0, 12) ?? args.version}`;
  const result = mapping({ before, after: target.commit ?? null, remote_url: args.repo });
  return { actions: [action], diff: [{ subject: args.dest, note }], result };
}

/** Check mode: an earlier task would have installed git, so nobody can ask it yet. A clone is certain where nothing is. */
function plannedGit(args: GitArguments, absent: boolean): Change {
  if (!absent || !args.clone) throw new Unknowable('git is installed by an earlier task, and only it can tell');
  return change(args, cloneScript(args, {}), null, {});
}

function clone(args: GitArguments, state: State): Change {
  if (!args.clone)
    return {
      actions: [],
      message: `${args.dest} is no checkout, and clone is false`,
      result: mapping({ before: null, after: null }),
    };
  const target = readRemote(args, state.read(remoteProbe(args)));
  return change(args, cloneScript(args, target), null, target);
}

function update(args: GitArguments, local: GitLocal, state: State): Change {
  const same: Change = {
    actions: [],
    result: mapping({ before: local.head ?? null, after: local.head ?? null, remote_url: args.repo }),
  };
  if (!args.update) return same;
  if (local.dirty && !args.force) {
    throw new TaskError(`${args.dest} has local changes`, 'commit them there, or throw them away with force: true');
  }
  const there =
    local.version !== undefined && /^[0-9a-f]{7,64}$/.test(args.version) ? { commit: local.version } : undefined;
  const target = there ?? readRemote(args, state.read(remoteProbe(args)));
  if (target.commit !== undefined && target.commit === local.head && !local.dirty && local.url === args.repo)
    return same;
  return change(args, updateScript(args, target, local), local.head ?? null, target);
}
