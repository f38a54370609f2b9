import { posix } from 'node:path';
import { quote } from '../base/quote.js';
import type { GitArguments } from './git.js';
import type { GitLocal, GitTarget } from './git-look.js';

/** The last line tells where the checkout stands. */
const END = (git: string): string => `echo "hostwright-head $(${git} rev-parse HEAD)"`;

/**
 * A fresh clone beside dest, moved into place when it is complete: a run that is killed leaves no half
 * checkout there, and the next one clears away what it left beside.
 */
export function cloneScript(args: GitArguments, target: GitTarget): string {
  const git = quote(args.executable);
  const parent = posix.dirname(args.dest);
  const beside = posix.join(parent, `.${posix.basename(args.dest)}.hostwright-clone`);
  const words = [git, '-c advice.detachedHead=false', 'clone', '-q', '-o', quote(args.remote)];
  const name = target.branch ?? target.tag;
  if (args.bare) words.push('--bare');
  else if (args.recursive) words.push('--recurse-submodules');
  // Only a branch or tag can be got without its history; a commit may be anywhere in it.
  if (args.depth !== undefined && name !== undefined)
    words.push(`--depth ${args.depth}`, ...(args.single_branch ? [] : ['--no-single-branch']));
  if (args.single_branch) words.push('--single-branch');
  if (name !== undefined) words.push('-b', quote(name));
  words.push('--', quote(args.repo), quote(beside));
  const commit = target.commit ?? args.version;
  const checkout = args.bare
    ? ':'
    : name === undefined
      ? `${git} -C ${quote(beside)} checkout -q --detach ${quote(commit)} --${submodules(args, `${git} -C ${quote(beside)}`)}`
      : ':';
  return `set -e
mkdir -p -- ${quote(parent)}
rm -rf -- ${quote(beside)}
trap 'rm -rf -- ${quote(beside).replaceAll("'", "'\\''")}' EXIT
${words.join(' ')}
${checkout}
if [ -d ${quote(args.dest)} ] && [ ! -L ${quote(args.dest)} ]; then
  chmod --reference=${quote(args.dest)} -- ${quote(beside)}
fi
${moveTo(beside, args.dest)}
${END(`${git} -C ${quote(args.dest)}`)}`;
}

/** An empty folder is replaced in one step; the folder a symlink leads to is filled instead. */
function moveTo(beside: string, dest: string): string {
  return `d=${quote(dest)}
if [ -L "$d" ]; then d=$(readlink -f -- "$d"); fi
mv -T -- ${quote(beside)} "$d"`;
}

const submodules = (args: GitArguments, git: string): string =>
  args.recursive && !args.bare
    ? `\n${git} submodule -q sync --recursive\n${git} submodule -q update --init --recursive${args.force ? ' --force' : ''}`
    : '';

/** Gets what is new and puts the checkout at the version. */
export function updateScript(args: GitArguments, target: GitTarget, local: GitLocal): string {
  const git = `${quote(args.executable)} -C ${quote(args.dest)}`;
  const remote = quote(args.remote);
  const steps = ['set -e'];
  if (local.url === undefined) steps.push(`${git} remote add ${remote} ${quote(args.repo)}`);
  else if (local.url !== args.repo) steps.push(`${git} remote set-url ${remote} ${quote(args.repo)}`);
  const { branch, tag } = target;
  const depth = args.depth !== undefined && (branch ?? tag) !== undefined ? ` --depth ${args.depth}` : '';
  const here = target.commit !== undefined && (local.version === target.commit || local.head === target.commit);
  if (args.bare) {
    steps.push(`${git} fetch -q --force --prune ${remote} '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*'`);
  } else {
    if (!here || branch !== undefined) steps.push(fetch(git, args.remote, depth, target));
    if (branch !== undefined) {
      steps.push(
        `${git} checkout -q -f -B ${quote(branch)} --track ${quote(`refs/remotes/${args.remote}/${branch}`)} --`,
      );
      if (target.commit !== undefined) steps.push(`${git} reset -q --hard ${target.commit} --`);
    } else steps.push(`${git} checkout -q -f --detach ${quote(target.commit ?? args.version)} --`);
  }
  return `${steps.join('\n')}${submodules(args, git)}\n${END(git)}`;
}

/** Branches and tags are fetched alone where little history is wanted; for a commit all is fetched. */
function fetch(git: string, remote: string, depth: string, { branch, tag }: GitTarget): string {
  const ref =
    depth === ''
      ? `+refs/heads/*:refs/remotes/${remote}/*`
      : branch === undefined
        ? `+refs/tags/${tag}:refs/tags/${tag}`
        : `+refs/heads/${branch}:refs/remotes/${remote}/${branch}`;
  return `${git} fetch -q --force${depth === '' ? ' --tags' : depth} ${quote(remote)} ${quote(ref)}`;
}
