import { type Effect, predict } from '../actions/action.js';
import { type Attributes, freshStat } from '../actions/paths.js';
import type { PasswdEntry } from '../probes/accounts.js';
import { ask } from '../probes/registry.js';
import type { State } from './module.js';
import type { UserArguments, UserPart } from './user-options.js';

/** $1 user, $2 home, $3 skeleton, $4 umask or nothing: as useradd -m makes it, HOME_MODE first, then umask. */
const MAKE_HOME = `set -e
mode=
[ -n "$4" ] || mode=$(sed -n 's/^[[:space:]]*HOME_MODE[[:space:]]*\\([0-7]*\\).*/\\1/p' /etc/login.defs 2>/dev/null)
umask 022
mkdir -p -- "\${2%/*}/"
umask "\${4:-022}"
mkdir -- "$2"
[ ! -d "$3" ] || cp -R -- "$3/." "$2/"
[ -z "$mode" ] || chmod "$mode" -- "$2"
chown -R -h -- "$1:" "$2"`;

/** Homes that are not meant to exist. */
const NONE = new Set(['', '/', '/nonexistent', '/dev/null']);

/** The plan that makes the missing home of a user who is there. */
export function planHome(args: UserArguments, there: PasswdEntry, state: State): UserPart {
  if (!args.create_home) return { actions: [], notes: [] };
  const home = args.home?.replace(/(.)\/+$/, '$1') ?? state.field(ask('passwd', args.name), there.home);
  if (NONE.has(home) || state.read(ask('stat', home)) !== null) return { actions: [], notes: [] };
  const moved =
    args.move_home && there.home !== undefined && there.home !== home && state.read(ask('stat', there.home)) !== null;
  if (moved) return { actions: [], notes: [] };
  return {
    actions: [
      {
        kind: 'run',
        argv: ['sh', '-c', MAKE_HOME, 'home', args.name, home, args.skeleton ?? '/etc/skel', args.umask ?? ''],
        effects: homeEffects(home, { owner: args.name }),
      },
    ],
    notes: [`home ${home} made`],
  };
}

/** Files that a new home usually gets from /etc/skel. */
const SKELETON = ['.bashrc', '.profile', '.bash_logout'];

/** What is known of a home just made: the folder itself, and nothing of what came with it. */
export function homeEffects(home: string, owner: Attributes): Effect[] {
  const files = SKELETON.map((name) => `${home}/${name}`);
  return [
    predict(ask('stat', home), freshStat('directory', owner), false),
    ...files.flatMap((path) =>
      (['stat', 'digest', 'content'] as const).map((kind): Effect => ({ type: 'stale', probe: ask(kind, path) })),
    ),
  ];
}
