import { TaskError } from '../base/error.js';

/**
 * The permission bits that a mode gives: octal digits, or chmod's symbolic form relative to `before`.
 * @param before bits that are there now (or that a new file would get), 0 to 0o7777
 * @param folder folders are what `X` applies to
 * @throws TaskError where the text is neither
 */
export function resolveMode(mode: string, before: number, folder: boolean): number {
  if (/^0?o?[0-7]{3,4}$/.test(mode) || /^0[0-7]{4}$/.test(mode)) return Number.parseInt(mode.replace(/^0?o/, ''), 8);
  if (/^\d+$/.test(mode)) throw invalid(mode);
  let bits = before;
  for (const clause of mode.split(',')) {
    const match = /^([ugoa]*)((?:[-+=][rwxXst]*|[-+=][ugo])+)$/.exec(clause);
    if (!match) throw invalid(mode);
    const who = match[1] === '' || match[1]!.includes('a') ? 'ugo' : match[1]!;
    // As chmod does: where nobody is named, what the umask (022) takes away is neither given nor taken.
    const left = match[1] === '' ? ~0o022 : ~0;
    for (const [, operator = '', what = ''] of match[2]!.matchAll(/([-+=])([ugo]|[rwxXst]*)/g)) {
      for (const class_ of who) {
        const shift = class_ === 'u' ? 6 : class_ === 'g' ? 3 : 0;
        const wanted = permissionBits(what, class_, shift, bits, folder) & left;
        const mask = (7 << shift) | (class_ === 'u' ? 0o4000 : class_ === 'g' ? 0o2000 : 0o1000);
        if (operator === '+') bits |= wanted;
        else if (operator === '-') bits &= ~wanted;
        else bits = (bits & ~(folder ? 7 << shift : mask)) | wanted;
      }
    }
  }
  return bits;
}

function permissionBits(what: string, who: string, shift: number, before: number, folder: boolean): number {
  if (/^[ugo]$/.test(what)) return ((before >> (what === 'u' ? 6 : what === 'g' ? 3 : 0)) & 7) << shift;
  let bits = 0;
  for (const letter of what) {
    if (letter === 'r') bits |= 4 << shift;
    else if (letter === 'w') bits |= 2 << shift;
    else if (letter === 'x' || (letter === 'X' && (folder || (before & 0o111) !== 0))) bits |= 1 << shift;
    else if (letter === 's') bits |= who === 'u' ? 0o4000 : who === 'g' ? 0o2000 : 0;
    else if (letter === 't') bits |= who === 'o' ? 0o1000 : 0;
  }
  return bits;
}

function invalid(mode: string): TaskError {
  return new TaskError(
    `invalid mode "${mode}"`,
    `write octal digits in quotes, e.g. '0644', or chmod's form, e.g. 'u=rw,g=r'`,
  );
}

/** Octal digits as people write them: `0644`. */
export function showMode(bits: number): string {
  return bits.toString(8).padStart(4, '0');
}
