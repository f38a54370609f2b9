import type { Status } from './event.js';

/** SGR numbers of the looks that reports use. */
const looks = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const;
export type Look = keyof typeof looks;

/** Gives a text a look, or leaves it alone where colours are off. The text must be free of control characters. */
export type Style = (look: Look, text: string) => string;

export const statusLooks: Readonly<Record<Status, Look>> = {
  ok: 'green',
  changed: 'yellow',
  skipped: 'cyan',
  failed: 'red',
  unreachable: 'magenta',
  unknown: 'blue',
};

/**
 * Says whether to colour, as Node does: FORCE_COLOR (but `0` and `false`) turns on, then NO_COLOR (not
 * empty; no-color.org) and TERM=dumb turn off, then a terminal decides.
 */
export function wantsColour(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  if (env.NO_COLOR || env.NODE_DISABLE_COLORS || env.TERM === 'dumb') return false;
  return isTerminal;
}

const coloured: Style = (look, text) => (text === '' ? '' : `\x1b[${looks[look]}m${text}\x1b[0m`);
const bare: Style = (_look, text) => text;

/** The style for a stream; written here because `util.styleText` asks the stream anew for every word. */
export function styleFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Style {
  return wantsColour(stream.isTTY === true, env) ? coloured : bare;
}
