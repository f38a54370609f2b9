import { posix } from 'node:path';
import { type Effect, predict } from '../actions/action.js';
import { freshStat } from '../actions/paths.js';
import type { PasswdEntry } from '../probes/accounts.js';
import { ask } from '../probes/registry.js';
import type { State } from './module.js';
import { readAll } from './read-all.js';
import { type UserArguments, type UserPart, usualHome } from './user-options.js';

/** $1 user, $2 key file, $3 type, $4 bits or nothing, $5 comment or nothing. The key is the user's from the start. */
const MAKE_KEY = `set -e
umask 077
folder=\${2%/*}
[ -d "$folder" ] || { mkdir -p -m 0700 -- "$folder" && chown -- "$1:" "$folder"; }
comment=\${5:-ansible-generated on $(hostname)}
ssh-keygen -q -t "$3" \${4:+-b "$4"} -N '' -C "$comment" -f "$2"
chown -- "$1:" "$2" "$2.pub"`;

/** The plan that makes a key pair for the user where there is none. */
export function planKey(args: UserArguments, there: PasswdEntry | null, state: State): UserPart {
  if (!args.generate_ssh_key) return { actions: [], notes: [] };
  const home = args.home ?? (there ? state.field(ask('passwd', args.name), there.home) : usualHome(args.name));
  const path = posix.resolve(home, args.ssh_key_file ?? `.ssh/id_${args.ssh_key_type}`);
  const result = { ssh_key_file: path };
  const folder = ask('stat', posix.dirname(path));
  const [key, above] = readAll(state, [ask('stat', path), folder]);
  if (key) return { actions: [], notes: [], result };
  const owner = { owner: args.name };
  const effects: Effect[] = [
    ...(above ? [] : [predict(folder, freshStat('directory', { ...owner, mode: 0o700 }), false)]),
    predict(ask('stat', path), freshStat('file', { ...owner, mode: 0o600 }), false),
    predict(ask('stat', `${path}.pub`), freshStat('file', { ...owner, mode: 0o600 }), false),
  ];
  const bits = args.ssh_key_bits === undefined ? '' : String(args.ssh_key_bits);
  return {
    actions: [
      {
        kind: 'run',
        argv: ['sh', '-c', MAKE_KEY, 'key', args.name, path, args.ssh_key_type, bits, args.ssh_key_comment ?? ''],
        effects,
      },
    ],
    notes: [`key ${path} made`],
    result,
  };
}
