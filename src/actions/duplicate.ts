import { randomBytes } from 'node:crypto';
import { quote } from '../base/quote.js';
import { ask } from '../probes/registry.js';
import { actionKind, predict } from './action.js';
import { type Attributes, folderTouched, freshStat, looksAgain, octal, ownership, temporaryName } from './paths.js';
import { unitEffects } from './unit-files.js';
import { landing, validating } from './write.js';

/** Puts a copy of a file of the host in place, as `write` does with bytes. */
export interface DuplicateAction extends Attributes {
  readonly kind: 'duplicate';
  readonly from: string;
  readonly path: string;
  readonly mode: number;
  /** Command words that must succeed on the new file before it lands; `%s` is its path. */
  readonly validate?: readonly string[];
}

/** hw_duplicate FROM PATH TEMPORARY CHMOD CHOWN */
const DUPLICATE = `hw_duplicate() {
  umask 077
  cp -- "$1" "$3"
  hw_r=$?
  umask 022
  hw_land "$hw_r" "$2" "$3" "$4" "$5"
}
`;

const LIBRARY = new Map([...landing, ['hw_duplicate', DUPLICATE]]);

export const duplicate = actionKind<DuplicateAction>({
  step: (action) => {
    const temporary = temporaryName(action.path, randomBytes(6).toString('hex'));
    const words = [action.from, action.path, temporary, octal(action.mode), ownership(action) ?? ''];
    return { text: validating(action.validate, `hw_duplicate ${words.map(quote).join(' ')}`), library: LIBRARY };
  },
  effects: (action, look) => {
    const { from, path } = action;
    const digest = look(ask('digest', from));
    const content = look(ask('content', from));
    const checksum = look(ask('sha1', from));
    return [
      predict(ask('stat', path), freshStat('file', action, look(ask('stat', from))?.size)),
      digest ? predict(ask('digest', path), digest) : { type: 'stale', probe: ask('digest', path) },
      content ? predict(ask('content', path), content) : { type: 'stale', probe: ask('content', path) },
      looksAgain,
      ...(checksum ? [predict(ask('sha1', path), checksum)] : []),
      ...folderTouched(path, look),
      ...unitEffects(path, content ?? undefined, look),
    ];
  },
});
