import { TaskError } from '../base/error.js';

/** Names that the account programs would take for something else, or the files could not hold. */
export function checkAccountName(name: string, what: string): void {
  if (/^[A-Za-z0-9_.][A-Za-z0-9_.@-]*\$?$/.test(name) && name.length <= 256) return;
  throw new TaskError(
    `"${name}" cannot be the name of a ${what}`,
    'use letters, digits, dots, - and _, not beginning with -',
  );
}
