import { TaskError } from '../base/error.js';
import { quote } from '../base/quote.js';
import type { ProgramOutput } from '../probes/output.js';
import { outputOf, type Probe } from '../probes/registry.js';
import type { GitArguments } from './git.js';

/** Which commit a version means, and what kind of name it is. */
export interface GitTarget {
  /** Undefined: only the repository itself can tell (a short commit that is not here yet). */
  readonly commit?: string;
  readonly branch?: string;
  readonly tag?: string;
}

/** A repository that is at dest. */
export interface GitLocal {
  readonly head: string | undefined;
  readonly url: string | undefined;
  readonly dirty: boolean;
  /** The commit of the version here, where the version is known here. */
  readonly version: string | undefined;
}

/** git never asks anything; ssh takes no key that it does not know, unless told. */
export function gitEnvironment(args: GitArguments): Record<string, string> {
  const ssh = ['ssh', '-o BatchMode=yes'];
  if (args.accept_hostkey || args.accept_newhostkey) ssh.push('-o StrictHostKeyChecking=accept-new');
  if (args.key_file !== undefined) ssh.push(`-i ${quote(args.key_file)}`, '-o IdentitiesOnly=yes');
  if (args.ssh_opts !== undefined) ssh.push(args.ssh_opts);
  return { GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '/bin/true', GIT_SSH_COMMAND: ssh.join(' ') };
}

const MISSING = 'command -v "$1" >/dev/null || { echo missing; exit 0; }';

/** What is at dest: `none`, `other`, or lines of a name and a value. */
export function localProbe(args: GitArguments): Probe<'output'> {
  const script = `${MISSING}
cd -- "$2" 2>/dev/null || { echo none; exit 0; }
if [ ! -e .git ] && { [ ! -f HEAD ] || [ ! -d objects ]; }; then
  set -- "$@" .[!.]* *
  shift 4
  for f; do if [ -e "$f" ] || [ -L "$f" ]; then echo other; exit 0; fi; done
  echo none
  exit 0
fi
"$1" rev-parse --git-dir >/dev/null || exit 1
echo repository
h=$("$1" rev-parse -q --verify HEAD) && echo "head $h"
u=$("$1" config --get "remote.$4.url") && echo "url $u"
v=$("$1" rev-parse -q --verify "$3^{commit}" 2>/dev/null) && echo "version $v"
if [ -e .git ] && [ -n "$("$1" status --porcelain --untracked-files=no)" ]; then echo dirty; fi
exit 0`;
  return outputOf({ argv: ['sh', '-c', script, 'look', args.executable, args.dest, args.version, args.remote] });
}

/** What the version is in the repository, as ls-remote tells it. */
export function remoteProbe(args: GitArguments): Probe<'output'> {
  const { version } = args;
  const names =
    version === 'HEAD'
      ? ['HEAD']
      : ['HEAD', `refs/heads/${version}`, `refs/tags/${version}`, `refs/tags/${version}^{}`, version];
  const script = `${MISSING}\ng=$1\nshift\nexec timeout 60 "$g" ls-remote --symref -- "$@"`;
  return outputOf({
    argv: ['sh', '-c', script, 'look', args.executable, args.repo, ...names],
    environment: gitEnvironment(args),
  });
}

export const KNOWN_FAILURES: readonly (readonly [RegExp, string])[] = [
  [/dubious ownership/, 'it belongs to another user: run the task with become_user, or give it to this one'],
  [
    /Host key verification failed/,
    "the server's key is not known on the host: add it to known_hosts there, or set accept_newhostkey: true",
  ],
  [
    /Permission denied \(|Permissions .* too open|invalid format/,
    'the server does not take the key: give key_file a private key on the host, of mode 0600, that it knows',
  ],
  [
    /could not read Username|Authentication failed|terminal prompts disabled/,
    'the repository wants a login: use an ssh URL with key_file',
  ],
  [
    /not found|does not appear to be a git repository|does not exist/i,
    'see the URL, and whether the host may read the repository',
  ],
  [/Could not resolve host/, 'the host cannot look up names: see its /etc/resolv.conf'],
];

/** Says whether there is no git on the host. */
export const isMissing = ({ stdout }: ProgramOutput): boolean => stdout.startsWith('missing');

function refuse(what: string, { stdout, stderr, status }: ProgramOutput): void {
  if (isMissing({ stdout, stderr, status }))
    throw new TaskError('git is not installed on the host', 'install it first: apt: { name: git }');
  if (status === 0) return;
  const said = status === 124 ? 'no answer within 60 s' : stderr.trim().split('\n').slice(-5).join('\n');
  throw new TaskError(
    `${what}: ${said || `status ${status}`}`,
    KNOWN_FAILURES.find(([pattern]) => pattern.test(said))?.[1],
  );
}

/** Throws a TaskError where git is missing or refuses to look. */
export function readLocal(args: GitArguments, answer: ProgramOutput): GitLocal | 'none' | 'other' {
  refuse(`looking at ${args.dest}`, answer);
  const [kind, ...lines] = answer.stdout.trim().split('\n');
  if (kind !== 'repository') return kind === 'other' ? 'other' : 'none';
  const value = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
  return { head: value('head'), url: value('url'), version: value('version'), dirty: lines.includes('dirty') };
}

/** A branch before a tag before a commit, as git checkout has it. */
export function readRemote(args: GitArguments, answer: ProgramOutput): GitTarget {
  refuse(`asking ${args.repo}`, answer);
  const refs = new Map<string, string>();
  let head: string | undefined;
  for (const line of answer.stdout.split('\n')) {
    const symbolic = /^ref: refs\/heads\/(\S+)\tHEAD$/.exec(line);
    if (symbolic) head = symbolic[1];
    const match = /^([0-9a-f]{40,64})\t(\S+)$/.exec(line);
    if (match) refs.set(match[2]!, match[1]!);
  }
  const { version } = args;
  if (version === 'HEAD') {
    const commit = refs.get('HEAD');
    if (commit === undefined) throw new TaskError(`${args.repo} is empty`, 'push a first commit to it');
    return { commit, ...(head === undefined ? {} : { branch: head }) };
  }
  const branch = refs.get(`refs/heads/${version}`);
  if (branch !== undefined) return { commit: branch, branch: version };
  const tag = refs.get(`refs/tags/${version}^{}`) ?? refs.get(`refs/tags/${version}`);
  if (tag !== undefined) return { commit: tag, tag: version };
  const other = refs.get(version);
  if (other !== undefined) return { commit: other };
  if (/^[0-9a-f]{40}$|^[0-9a-f]{64}$/.test(version)) return { commit: version };
  if (/^[0-9a-f]{7,}$/.test(version)) return {};
  throw new TaskError(`${args.repo} has no branch or tag "${version}"`, 'see `git ls-remote` for what there is');
}
