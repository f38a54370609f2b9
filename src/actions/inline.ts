import type { Bytes } from './action.js';

/** Text up to this size goes inside the batch; anything else follows it on the stream. */
const INLINE = 64 * 1024;

/** The bytes as text for the batch, or undefined where they must follow it. */
export function inline(content: Bytes): string | undefined {
  if (!Buffer.isBuffer(content) || content.length > INLINE || content.includes(0)) return undefined;
  const text = content.toString('utf8');
  return Buffer.from(text, 'utf8').equals(content) ? text : undefined;
}
