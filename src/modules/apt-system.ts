import { posix } from 'node:path';
import { predict } from '../actions/action.js';
import { TaskError } from '../base/error.js';
import { ask, outputOf } from '../probes/registry.js';
import { type AptArguments, aptGet } from './apt-options.js';
import { aptAction } from './apt-script.js';
import { type Change, type PlanContext, type State, Unknowable } from './module.js';

/** What apt-get -s says it would do: lines `Inst NAME [OLD] (NEW ...)` and `Remv NAME [OLD]`. */
export function simulated(stdout: string): { name: string; note: string }[] {
  return stdout.split('\n').flatMap((line) => {
    const match = /^(Inst|Remv|Purg) (\S+)(?: \[([^\]]*)\])?(?: \((\S+))?/.exec(line);
    if (!match) return [];
    const [, word, name = '', old, next] = match;
    return [
      {
        name,
        note:
          word === 'Inst' ? `${old ?? 'not installed'} → ${next ?? 'installed'}` : `${old ?? 'installed'} → removed`,
      },
    ];
  });
}

/** The plan of an apt-get command that chooses the packages by itself; a simulation tells which. */
function planSimulated(
  args: AptArguments,
  words: readonly string[],
  listsDue: boolean,
  state: State,
  context: PlanContext,
): Change {
  const command = aptGet(args, ...words);
  const { status, stdout, stderr } = state.read(
    outputOf({ argv: [...command, '-s'], environment: context.environment }),
  );
  if (status !== 0 && !listsDue)
    throw new TaskError(`apt-get ${words.join(' ')}: ${stderr.trim().split('\n').slice(-3).join('\n')}`);
  const steps = simulated(stdout);
  if (steps.length === 0 && !listsDue && !/^Conf /m.test(stdout)) return { actions: [] };
  return {
    actions: [aptAction(command, args.lock_timeout, context, [{ type: 'stale-all' }])],
    diff: steps.map(({ name, note }) => ({ subject: `package ${name}`, note })),
    ...(steps.length === 0 && listsDue
      ? { unknown: 'whether new package lists hold newer versions is known only after fetching them' }
      : {}),
  };
}

export function planUpgrade(args: AptArguments, listsDue: boolean, state: State, context: PlanContext): Change {
  const words = args.upgrade === 'dist' || args.upgrade === 'full' ? ['dist-upgrade'] : ['--with-new-pkgs', 'upgrade'];
  return planSimulated(args, [...(args.autoremove ? ['--auto-remove'] : []), ...words], listsDue, state, context);
}

/** Dependencies that an interrupted or forced installation left broken. */
export function planFixed(args: AptArguments, state: State, context: PlanContext): Change {
  return planSimulated(args, ['--fix-broken', 'install'], false, state, context);
}

export function planAutoremove(args: AptArguments, state: State, context: PlanContext): Change {
  return planSimulated(args, [...(args.purge ? ['--purge'] : []), 'autoremove'], false, state, context);
}

/** Package files in the cache; nobody's work depends on them. */
export function planClean(args: AptArguments, word: 'clean' | 'autoclean', state: State, context: PlanContext): Change {
  const argv =
    word === 'clean'
      ? ['find', '/var/cache/apt/archives', '-name', '*.deb', '-print', '-quit']
      : ['sh', '-c', 'apt-get -s autoclean 2>/dev/null | grep "^Del "'];
  if (state.read(outputOf({ argv })).stdout === '') return { actions: [] };
  return {
    actions: [
      aptAction(['apt-get', '-y', word], args.lock_timeout, context, [{ type: 'stale-kinds', kinds: ['output'] }]),
    ],
    diff: [{ subject: '/var/cache/apt/archives', note: word === 'clean' ? 'emptied' : 'old package files removed' }],
  };
}

/** The plan that installs a package file of the host. */
export function planDeb(args: AptArguments, state: State, context: PlanContext): Change {
  const path = args.deb!;
  if (/^[a-z]+:\/\//.test(path))
    throw new TaskError(`deb: ${path} is an address`, 'fetch it with get_url first, with its checksum');
  if (!posix.isAbsolute(path))
    throw new TaskError(`deb: "${path}" is not an absolute path`, 'bring the file with copy first');
  const stat = state.read(ask('stat', path));
  if (!stat) throw new TaskError(`${path} does not exist on the host`, 'bring the file with copy or get_url first');
  const said = state.read(outputOf({ argv: ['dpkg-deb', '-W', '--showformat=${Package}\\t${Version}\\n', path] }));
  const [name = '', version = ''] = said.stdout.trim().split('\t');
  if (said.status !== 0 || name === '') {
    if (context.check) throw new Unknowable(`which package ${path} holds is known once the file is there`);
    throw new TaskError(`${path} is not a package file: ${said.stderr.trim()}`);
  }
  const probe = ask('package', name);
  const there = state.read(probe);
  if (there.installed && state.field(probe, there.version) === version) return { actions: [] };
  const next = { installed: true, version, configFiles: false, held: there.held, broken: false };
  return {
    actions: [
      aptAction(aptGet(args, 'install', '--', path), args.lock_timeout, context, [
        { type: 'stale-all' },
        predict(probe, next, false),
      ]),
    ],
    diff: [{ subject: `package ${name}`, note: `${there.version ?? 'not installed'} → ${version}` }],
  };
}
