import type { Bytes } from '../actions/action.js';
import type { Diff } from '../report/event.js';

/** Longest text that is worth showing as a diff, bytes. */
export const SHOWN = 256 * 1024;

/** The difference between two contents of a file, as text where both are text. */
export function contentDiff(subject: string, before: Buffer | null, after: Bytes): Diff {
  if (!Buffer.isBuffer(after)) return { subject, note: `${after.size} bytes` };
  const old = before === null ? '' : asText(before);
  const now = asText(after);
  if (old === undefined || now === undefined) {
    return { subject, note: `binary or large: ${before?.length ?? 0} → ${after.length} bytes` };
  }
  return { subject, before: old, after: now };
}

function asText(bytes: Buffer): string | undefined {
  if (bytes.length > SHOWN || bytes.includes(0)) return undefined;
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? undefined : text;
}
