import { isUtf8 } from 'node:buffer';
import { InputError } from '../error.js';
import { Lines } from './lines.js';

const MOST_BYTES = 10 * 1024 * 1024;
// biome-ignore lint/suspicious/noControlCharactersInRegex: YAML allows none of these
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/** Refuses a file that is larger than any that a person writes. */
export function checkSize(bytes: number, file: string): void {
  if (bytes <= MOST_BYTES) return;
  throw new InputError({
    message: `the file is larger than ${MOST_BYTES / 1024 / 1024} MB`,
    place: { file, line: 0, col: 0 },
  });
}

function notUtf8(content: Uint8Array, file: string): InputError {
  let line = 1;
  for (let start = 0; start < content.length; line++) {
    const newline = content.indexOf(0x0a, start);
    const end = newline < 0 ? content.length : newline + 1;
    if (!isUtf8(content.subarray(start, end))) break;
    start = end;
  }
  return new InputError({
    message: 'this is not UTF-8',
    hint: 'save the file as UTF-8',
    place: { file, line, col: 1 },
  });
}

/** The text of a file without its byte order mark; throws where it is no text, or too much. */
export function decode(content: string | Uint8Array, file: string): string {
  checkSize(content.length, file);
  if (typeof content !== 'string' && !isUtf8(content)) throw notUtf8(content, file);
  const whole =
    typeof content === 'string'
      ? content
      : Buffer.from(content.buffer, content.byteOffset, content.length).toString('utf8');
  const text = whole.startsWith('\ufeff') ? whole.slice(1) : whole;
  const found = CONTROL.exec(text);
  if (!found) return text;
  const code = text.charCodeAt(found.index).toString(16).padStart(2, '0');
  throw new InputError({
    message: `a control character (0x${code}) stands here`,
    place: { file, ...new Lines(text).position(found.index) },
  });
}
