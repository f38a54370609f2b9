import { type Effect, predict } from '../actions/action.js';
import { freshStat } from '../actions/paths.js';
import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import type { MountEntry } from '../probes/mounts.js';
import { ask, type Probe } from '../probes/registry.js';
import type { Diff } from '../report/event.js';
import { explain } from './failure.js';
import { type FstabEntry, withEntry, withoutEntry } from './fstab.js';
import { cleanPath, missingFolders } from './host-path.js';
import { type Change, defineModule, type PlanContext, type State } from './module.js';
import type { Arguments } from './options.js';
import { planEdit } from './write-file.js';

const options = {
  path: { type: 'path', required: true, aliases: ['name'], description: 'The mount point; `none` for swap.' },
  state: {
    type: 'str',
    required: true,
    choices: ['mounted', 'present', 'unmounted', 'absent', 'absent_from_fstab', 'remounted', 'ephemeral'],
    description:
      'Mounted and in fstab; only in fstab; only not mounted; in neither; remounted now; mounted and not in fstab.',
  },
  src: { type: 'str', description: 'What to mount: a device, UUID=..., a path with bind, host:/export, ...' },
  fstype: { type: 'str', description: 'Type of the file system.' },
  opts: { type: 'str', description: 'Mount options; defaults otherwise.' },
  dump: { type: 'str', default: '0', description: 'Fifth field of fstab.' },
  passno: { type: 'str', default: '0', description: 'Sixth field of fstab: when it is checked at boot.' },
  boot: { type: 'bool', default: true, description: 'False adds noauto.' },
  fstab: { type: 'path', default: '/etc/fstab', description: 'Another file of that form.' },
  backup: { type: 'bool', default: false, description: 'Keep the old file beside the new one.' },
} as const;

type MountArguments = Arguments<typeof options>;

const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/target is busy|device is busy/, 'a program works in it: `fuser -vm PATH` on the host names it'],
  [
    /wrong fs type|bad superblock/,
    'is it formatted, is fstype right, and does the host have the program of this file system?',
  ],
  [
    /special device .* does not exist|can't find (UUID|LABEL|PARTUUID)=/i,
    '`lsblk -f` on the host shows the devices that are there',
  ],
  [/unknown filesystem type/, 'the host lacks the kernel module or the package of this file system'],
];

export const mount = defineModule({
  name: 'mount',
  description: 'A mount point, in fstab and in the running system.',
  options,
  rules: {
    requiredIf: [
      ['state', 'mounted', ['src', 'fstype']],
      ['state', 'present', ['src', 'fstype']],
      ['state', 'ephemeral', ['src', 'fstype']],
    ],
  },
  examples: `
- mount: { path: /srv/data, src: LABEL=data, fstype: ext4, opts: 'noatime', passno: '2', state: mounted }
- mount: { path: /srv/old, state: absent }
`,
  probes: (args) => {
    const path = cleanPath(args.path);
    const fstab: Probe[] = [ask('content', args.fstab), ask('stat', args.fstab), ask('stat', '/etc')];
    if (args.state === 'present' || args.state === 'absent_from_fstab') return fstab;
    const now: Probe[] = [ask('mount', path)];
    if (args.state === 'mounted' || args.state === 'ephemeral') now.push(ask('stat', path));
    return args.state === 'mounted' || args.state === 'absent' ? [...fstab, ...now] : now;
  },
  plan: (args, state, context) => {
    const path = cleanPath(args.path);
    if (!path.startsWith('/') && args.fstype !== 'swap')
      throw new TaskError(`"${args.path}" is not an absolute path`, 'begin it with /');
    const change = planState(path, args, state, context);
    return {
      ...change,
      result: {
        name: path,
        path,
        state: args.state,
        src: args.src ?? null,
        fstype: args.fstype ?? null,
        opts: optionsOf(args),
        fstab: args.fstab,
      },
    };
  },
  conclude: (args, outcomes) => {
    const last = outcomes.at(-1);
    return last && last.status !== 0
      ? { failed: true, ...explain(`mount point ${args.path}, ${args.state}`, last, KNOWN) }
      : {};
  },
});

function planState(path: string, args: MountArguments, state: State, context: PlanContext): Change {
  if (args.fstype === 'swap' && args.state !== 'present' && args.state !== 'absent_from_fstab') {
    throw new TaskError(
      `state: ${args.state} is not for swap`,
      'state: present writes fstab; command: swapon -a turns it on',
    );
  }
  switch (args.state) {
    case 'present':
      return inFstab(path, args, state, context);
    case 'absent_from_fstab':
      return outOfFstab(path, args, state, context);
    case 'mounted':
      return mounted(path, args, state, context);
    case 'ephemeral':
      return ephemeral(path, args, state);
    case 'unmounted':
      return unmounted(path, state);
    case 'remounted':
      return remounted(path, args, state);
    case 'absent':
      return absent(path, args, state, context);
  }
}

const optionsOf = ({ opts, boot }: MountArguments): string =>
  boot ? (opts ?? 'defaults') : `${opts ?? 'defaults'},noauto`;

function entryOf(path: string, args: MountArguments): FstabEntry {
  return { source: args.src!, path, type: args.fstype!, options: optionsOf(args), dump: args.dump, pass: args.passno };
}

function edit(args: MountArguments, change: (text: string) => string, state: State, context: PlanContext): Change {
  const before = state.read(ask('content', args.fstab));
  const text = before?.toString('utf8') ?? '';
  const after = change(text);
  return after === text
    ? { actions: [] }
    : planEdit(args.fstab, before, Buffer.from(after), { backup: args.backup }, state, context);
}

const inFstab = (path: string, args: MountArguments, state: State, context: PlanContext): Change =>
  edit(args, (text) => withEntry(text, entryOf(path, args)), state, context);

const outOfFstab = (path: string, args: MountArguments, state: State, context: PlanContext): Change =>
  edit(args, (text) => withoutEntry(text, { path, source: args.src ?? '', type: args.fstype ?? '' }), state, context);

/** What a program that mounts or unmounts makes of what is known. */
function act(argv: readonly string[], path: string, next: MountEntry | null): Action {
  const effects: Effect[] = [
    { type: 'stale-below', path },
    { type: 'stale-kinds', kinds: ['mount', 'output'] },
    predict(ask('mount', path), next),
  ];
  if (next) effects.push(predict(ask('stat', path), freshStat('directory', {}), false));
  return { kind: 'run', argv, effects };
}

const UNKNOWN: MountEntry = { source: undefined, type: undefined, options: undefined };

function mountPoint(path: string, state: State): Action[] {
  const missing = missingFolders(path, state);
  return missing.length === 0 ? [] : [{ kind: 'directory', paths: missing, mode: 0o755 }];
}

function mounted(path: string, args: MountArguments, state: State, context: PlanContext): Change {
  const fstab = inFstab(path, args, state, context);
  const there = state.read(ask('mount', path));
  if (there && fstab.actions.length === 0) return fstab;
  const file = args.fstab === '/etc/fstab' ? [] : ['--fstab', args.fstab];
  const argv = there ? ['mount', ...file, '-o', 'remount', '--', path] : ['mount', ...file, '--', path];
  const point = there ? [] : mountPoint(path, state);
  const diff: Diff[] = [
    ...(fstab.diff ?? []),
    { subject: path, note: there ? 'remounted' : `mounted from ${args.src}` },
  ];
  return { actions: [...fstab.actions, ...point, act(argv, path, UNKNOWN)], diff };
}

function ephemeral(path: string, args: MountArguments, state: State): Change {
  const probe = ask('mount', path);
  const there = state.read(probe);
  const wanted = (args.opts ?? '')
    .split(',')
    .filter((option) => option !== '' && option !== 'defaults' && option !== 'bind');
  const words = ['-t', args.fstype!, ...(args.opts === undefined ? [] : ['-o', args.opts])];
  if (!there) {
    const argv = ['mount', ...words, '--', args.src!, path];
    return {
      actions: [...mountPoint(path, state), act(argv, path, UNKNOWN)],
      diff: [{ subject: path, note: `mounted from ${args.src}` }],
    };
  }
  const source = state.field(probe, there.source);
  if (args.src!.startsWith('/dev/') && source !== args.src) {
    throw new TaskError(`${path} has ${source} mounted, not ${args.src}`, 'unmount it first: state: unmounted');
  }
  const has = new Set(state.field(probe, there.options));
  if (wanted.every((option) => has.has(option))) return { actions: [] };
  return {
    actions: [act(['mount', '-o', `remount,${args.opts}`, '--', path], path, UNKNOWN)],
    diff: [{ subject: path, note: `remounted with ${args.opts}` }],
  };
}

function unmounted(path: string, state: State): Change {
  if (!state.read(ask('mount', path))) return { actions: [] };
  return { actions: [act(['umount', '--', path], path, null)], diff: [{ subject: path, note: 'unmounted' }] };
}

function remounted(path: string, args: MountArguments, state: State): Change {
  const there = state.read(ask('mount', path));
  if (!there) throw new TaskError(`${path} is not mounted, so it cannot be remounted`, 'state: mounted mounts it');
  const argv = ['mount', '-o', args.opts === undefined ? 'remount' : `remount,${args.opts}`, '--', path];
  return { actions: [act(argv, path, UNKNOWN)], diff: [{ subject: path, note: 'remounted' }] };
}

function absent(path: string, args: MountArguments, state: State, context: PlanContext): Change {
  const gone = unmounted(path, state);
  const fstab = outOfFstab(path, args, state, context);
  const actions = [...gone.actions, ...fstab.actions];
  if (actions.length === 0) return { actions };
  // The empty mount point goes too; one that holds files, which the mount hid, stays.
  const argv = ['sh', '-c', '[ ! -d "$1" ] || rmdir --ignore-fail-on-non-empty -- "$1"', 'rmdir', path];
  actions.push({ kind: 'run', argv, effects: [{ type: 'stale-below', path }] });
  return { actions, diff: [...(gone.diff ?? []), ...(fstab.diff ?? [])] };
}
