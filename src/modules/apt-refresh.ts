import type { Effect } from '../actions/action.js';
import { predict } from '../actions/action.js';
import type { Action } from '../actions/registry.js';
import { ask } from '../probes/registry.js';
import { aptAction } from './apt-script.js';
import type { PlanContext } from './module.js';

/**
 * $1 file that changed, $2 yes where it was there before, its old text on stdin; then the update. Where that
 * fails the old file comes back, so that neither this host's other updates break nor the next run thinks that all is well.
 */
const REFRESH = `file=$1 was=$2
shift 2
"$@" </dev/null && touch /var/lib/apt/lists && exit
status=$?
if [ "$was" = yes ]; then cat >"$file.old-text" && chmod 0644 "$file.old-text" && mv -f -- "$file.old-text" "$file"
else rm -f -- "$file"
fi
echo "E: $file is as it was before" >&2
exit $status`;

/** The action that fetches the package lists after a repository changed. */
export function refreshLists(path: string, before: Buffer | null, context: PlanContext): Action {
  const update = ['apt-get', '-y', '-o', 'APT::Update::Error-Mode=any', 'update'];
  const effects: Effect[] = [{ type: 'stale-kinds', kinds: ['candidate', 'output'] }, listsFetched(context)];
  const fetch = aptAction(update, 60, context, effects);
  const argv = ['sh', '-c', REFRESH, 'refresh', path, before === null ? 'no' : 'yes', ...fetch.argv];
  return { ...fetch, argv, ...(before === null ? {} : { stdin: before }) };
}

/** In check mode the time of the lists says that they may hold names which nobody can know yet. */
export function listsFetched(context: PlanContext): Effect {
  const unknown = {
    mode: undefined,
    uid: undefined,
    gid: undefined,
    owner: undefined,
    group: undefined,
    size: undefined,
  };
  const times = {
    mtime: context.now,
    atime: undefined,
    ctime: undefined,
    inode: undefined,
    device: undefined,
    links: undefined,
  };
  return predict(ask('stat', '/var/lib/apt/lists'), { type: 'directory', ...unknown, ...times }, false);
}
