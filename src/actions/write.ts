import { randomBytes } from 'node:crypto';
import { hexDigest } from '../base/digest.js';
import { quote } from '../base/quote.js';
import { ask } from '../probes/registry.js';
import { actionKind, type Bytes, type Effect, predict } from './action.js';
import { inline } from './inline.js';
import { type Attributes, folderTouched, freshStat, looksAgain, octal, ownership, temporaryName } from './paths.js';
import { unitEffects } from './unit-files.js';

/** Puts a whole file in place: the old one is there until the new one is complete, on disk and has its attributes. */
export interface WriteAction extends Attributes {
  readonly kind: 'write';
  readonly path: string;
  readonly content: Bytes;
  readonly mode: number;
  /** Command words that must succeed on the new file before it lands; `%s` is its path. */
  readonly validate?: readonly string[];
}

/**
 * hw_put PATH TEMPORARY UMASK CHMOD CHOWN TEXT    a small text
 * hw_save PATH TEMPORARY SIZE CHMOD CHOWN         SIZE bytes of stdin
 * Both end in hw_land, which gives the new file its attributes, brings it to the disk and renames it.
 * hw_validate is a function that the step defines where a check is wanted.
 */
const PUT = `hw_put() {
  umask "$3"
  set -C
  printf %s "$6" >"$2"
  hw_r=$?
  set +C
  # The shell's own printf may only say "I/O error": cat says why.
  [ "$hw_r" = 0 ] || [ ! -f "$2" ] || [ -L "$2" ] || printf %s "$6" | cat >>"$2"
  umask 022
  hw_land "$hw_r" "$1" "$2" "$4" "$5"
}
`;
const SAVE = `hw_save() {
  if [ -e "$2" ] || [ -L "$2" ]; then
    hw_drop "$3"
    echo "$2 is in the way" >&2
    return 1
  fi
  umask 077
  hw_recv "$3" "$2"
  hw_r=$?
  umask 022
  hw_land "$hw_r" "$1" "$2" "$4" "$5"
}
`;
const LAND = `hw_land() {
  if [ "$1" = 0 ] && { [ ! -d "$2" ] || { echo "$2 is a directory" >&2; false; }; } &&
    { [ -z "$5" ] || chown -- "$5" "$3"; } &&
    { [ -z "$4" ] || chmod -- "$4" "$3"; } &&
    sync "$3" && hw_validate "$3" && mv -f -- "$3" "$2"; then return 0; fi
  rm -f -- "$3"
  return 1
}
hw_validate() {
  :
}
`;

/** The functions that end in hw_land, and hw_land itself: for every action that puts a file in place. */
export const landing: ReadonlyMap<string, string> = new Map([['hw_land', LAND]]);

/** Shell text around a step whose file must be accepted by a command before it lands. */
export function validating(words: readonly string[] | undefined, step: string): string {
  if (words === undefined) return step;
  const command = words.map(
    (word) =>
      word
        .split('%s')
        .map((part) => (part === '' ? '' : quote(part)))
        .join('"$1"') || "''",
  );
  return `hw_validate() {\n${command.join(' ')} >&2\n}\n${step}\nhw_r=$?\nhw_validate() { :; }\n(exit "$hw_r")`;
}

const LIBRARY = new Map([
  ['hw_land', LAND],
  ['hw_put', PUT],
  ['hw_save', SAVE],
]);

/** SHA-1 of the content, hex, which Ansible registers as `checksum`; undefined for what stays on disk. */
export function sha1Of(content: Bytes): string | undefined {
  return Buffer.isBuffer(content) ? hexDigest('sha1', content) : undefined;
}

/** SHA-256 of the content, hex. */
export function digestOf(content: Bytes): string {
  return Buffer.isBuffer(content) ? hexDigest('sha256', content) : content.digest;
}

export const write = actionKind<WriteAction>({
  step: (action) => {
    const { path, content, mode, validate } = action;
    const size = Buffer.isBuffer(content) ? content.length : content.size;
    const temporary = temporaryName(path, randomBytes(6).toString('hex'));
    const owner = ownership(action) ?? '';
    const text = inline(content);
    if (text === undefined) {
      return {
        text: validating(validate, `hw_save ${quote(path)} ${quote(temporary)} ${size} ${octal(mode)} ${quote(owner)}`),
        library: LIBRARY,
        payload: content,
      };
    }
    // Without execute or special bits the umask alone gives the mode, and chmod need not run.
    const byUmask = (mode & 0o7111) === 0 && owner === '';
    const mask = byUmask ? octal(0o666 & ~mode) : '0077';
    const step = `hw_put ${quote(path)} ${quote(temporary)} ${mask} ${byUmask ? "''" : octal(mode)} ${quote(owner)} ${quote(text)}`;
    return { text: validating(validate, step), library: LIBRARY };
  },
  effects: (action, look) => {
    const { path, content } = action;
    const size = Buffer.isBuffer(content) ? content.length : content.size;
    const effects: Effect[] = [
      predict(ask('stat', path), freshStat('file', action, size)),
      predict(ask('digest', path), digestOf(content)),
      Buffer.isBuffer(content)
        ? predict(ask('content', path), content)
        : { type: 'stale', probe: ask('content', path) },
    ];
    const bytes = Buffer.isBuffer(content) ? content : undefined;
    const sum = sha1Of(content);
    const checksum: Effect[] = sum === undefined ? [] : [predict(ask('sha1', path), sum)];
    return [...effects, looksAgain, ...checksum, ...folderTouched(path, look), ...unitEffects(path, bytes, look)];
  },
});
