import { posix } from 'node:path';
import { quote, quoteAll } from '../base/quote.js';
import { ask } from '../probes/registry.js';
import type { FileStat } from '../probes/stat.js';
import { actionKind, type Effect, predict } from './action.js';
import { type Attributes, folderTouched, freshStat, looksAgain, octal, ownership } from './paths.js';
import { unitEffects } from './unit-files.js';
import { digestOf, sha1Of } from './write.js';

/** Makes folders that do not exist, outermost first; all get the same attributes. */
export interface DirectoryAction extends Attributes {
  readonly kind: 'directory';
  /** Absolute paths, each inside the one before it. */
  readonly paths: readonly string[];
  readonly mode: number;
}

export const directory = actionKind<DirectoryAction>({
  step: (action) => {
    const owner = ownership(action);
    const paths = quoteAll(action.paths);
    const chown = owner === undefined ? '' : ` && chown -- ${quote(owner)} ${paths}`;
    // chown clears special bits, so the mode is set again where it has any.
    const chmod = owner !== undefined && action.mode > 0o777 ? ` && chmod -- ${octal(action.mode)} ${paths}` : '';
    return { text: `mkdir -m ${octal(action.mode)} -- ${paths}${chown}${chmod}` };
  },
  effects: (action, look) => [
    ...action.paths.map((path) => predict(ask('stat', path), freshStat('directory', action))),
    looksAgain,
    ...folderTouched(action.paths[0]!, look),
  ],
});

/** Gives a path other owners (of a link: the link's own) or permissions. */
export interface AttributesAction extends Attributes {
  readonly kind: 'attributes';
  readonly path: string;
  readonly recursive?: boolean;
  /** chmod's form in place of `mode`, for trees in which it comes to different bits; only where recursive. */
  readonly symbolic?: string;
}

export const attributes = actionKind<AttributesAction>({
  step: (action) => {
    const owner = ownership(action);
    const flag = action.recursive ? '-R ' : '';
    const parts: string[] = [];
    if (owner !== undefined) parts.push(`chown ${flag}-h -- ${quote(owner)} ${quote(action.path)}`);
    const mode = action.symbolic ?? (action.mode === undefined ? undefined : octal(action.mode));
    if (mode !== undefined) parts.push(`chmod ${flag}-- ${quote(mode)} ${quote(action.path)}`);
    return { text: parts.join(' && ') };
  },
  effects: (action, look) => {
    const probe = ask('stat', action.path);
    const before = look(probe);
    if (action.recursive) return [{ type: 'stale-below', path: action.path }, looksAgain];
    if (!before) return [{ type: 'stale', probe }, looksAgain];
    const wanted = freshStat(before.type, action);
    return [
      looksAgain,
      predict(probe, {
        ...before,
        ctime: undefined,
        mode: action.mode ?? before.mode,
        ...(action.owner === undefined ? {} : { uid: wanted.uid, owner: wanted.owner }),
        ...(action.group === undefined ? {} : { gid: wanted.gid, group: wanted.group }),
      }),
    ];
  },
});

/** Makes a link at `path`; whatever non-folder is there is replaced in one step. */
export interface LinkAction {
  readonly kind: 'link';
  readonly path: string;
  readonly target: string;
  readonly hard: boolean;
}

/** ln to a temporary name, then rename: at no moment is there nothing at the path. */
const LINK = `hw_link() {
  hw_t=\${2%/*}/.\${2##*/}.$$.hostwright
  if [ -d "$2" ] && [ ! -L "$2" ]; then
    echo "$2 is a directory" >&2
    return 1
  fi
  rm -f -- "$hw_t" && ln $3 -- "$1" "$hw_t" && mv -fT -- "$hw_t" "$2" && { [ ! -L "$hw_t" ] && [ ! -e "$hw_t" ] || rm -f -- "$hw_t"; }
}
`;

export const link = actionKind<LinkAction>({
  step: ({ path, target, hard }) => ({
    text: `hw_link ${quote(target)} ${quote(path)} ${hard ? "''" : '-s'}`,
    library: new Map([['hw_link', LINK]]),
  }),
  effects: ({ path, target, hard }, look) => {
    const begin: Effect[] = [{ type: 'stale-below', path }, looksAgain];
    if (!hard) {
      const followed = look(ask('stat', posix.resolve(posix.dirname(path), target)));
      const stat: FileStat = { ...freshStat('symlink', { mode: 0o777 }, Buffer.byteLength(target)), target };
      return [
        ...begin,
        predict(ask('stat', path), followed === undefined ? stat : { ...stat, followed }),
        ...folderTouched(path, look),
        ...unitEffects(path, target === '/dev/null' ? null : undefined, look),
      ];
    }
    const source = look(ask('stat', target));
    if (!source) return [...begin, { type: 'stale', probe: ask('stat', target) }];
    const linked: FileStat = { ...source, links: undefined, ctime: undefined };
    return [
      ...begin,
      predict(ask('stat', path), linked),
      predict(ask('stat', target), linked),
      ...folderTouched(path, look),
    ];
  },
});

/** Makes an empty file where there is none, and sets times. */
export interface TouchAction extends Attributes {
  readonly kind: 'touch';
  readonly path: string;
  /** `touch -d` forms; undefined: now; `preserve` leaves a time as it is. */
  readonly accessTime?: string;
  readonly modificationTime?: string;
}

export const touch = actionKind<TouchAction>({
  step: ({ path, accessTime, modificationTime }) => {
    const one = (flag: string, time: string | undefined): string[] =>
      time === 'preserve' ? [] : [`touch ${flag}${time === undefined ? '' : ` -d ${quote(time)}`} -- ${quote(path)}`];
    const steps = [
      `{ [ -e ${quote(path)} ] || : >${quote(path)}; }`,
      ...one('-a', accessTime),
      ...one('-m', modificationTime),
    ];
    return { text: steps.join(' && ') };
  },
  effects: ({ path }, look) => {
    const probe = ask('stat', path);
    const before = look(probe);
    if (before === undefined) return [{ type: 'stale', probe }, looksAgain];
    if (before)
      return [predict(probe, { ...before, atime: undefined, mtime: undefined, ctime: undefined }), looksAgain];
    const empty = Buffer.alloc(0);
    return [
      predict(probe, freshStat('file', { mode: 0o644 }, 0)),
      predict(ask('digest', path), digestOf(empty)),
      predict(ask('content', path), empty),
      looksAgain,
      predict(ask('sha1', path), sha1Of(empty)!),
      ...folderTouched(path, look),
    ];
  },
});

/** Removes whatever is at a path, with everything below it. */
export interface RemoveAction {
  readonly kind: 'remove';
  readonly path: string;
}

export const remove = actionKind<RemoveAction>({
  step: ({ path }) => ({ text: `rm -rf --one-file-system -- ${quote(path)}` }),
  effects: ({ path }, look) => [
    { type: 'stale-below', path, gone: true },
    predict(ask('stat', path), null),
    predict(ask('digest', path), null),
    predict(ask('content', path), null),
    looksAgain,
    predict(ask('sha1', path), null),
    ...folderTouched(path, look),
    ...unitEffects(path, undefined, look).slice(0, 1),
  ],
});
