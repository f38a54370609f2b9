import { quote } from '../base/quote.js';
import { probeKind, Refusal } from './probe.js';

/** Bytes of one chunk. */
export const CHUNK = 4 * 1024 * 1024;

/** A part of a file (subject: `NUMBER PATH`, chunks counted from 0): for files that are too large for `content`. */
export const chunk = probeKind<Buffer>({
  library: new Map(),
  most: 1,
  keep: CHUNK + 4096,
  ask: ([subject = '']) => {
    const space = subject.indexOf(' ');
    const path = subject.slice(space + 1);
    return `dd if=${quote(path)} bs=${CHUNK} skip=${Number(subject.slice(0, space))} count=1 iflag=fullblock 2>/dev/null`;
  },
  parse: ({ stdout, status }, [subject = '']) =>
    status === 0
      ? [stdout]
      : [new Refusal(`${subject.slice(subject.indexOf(' ') + 1)} could not be read`, 'run the task with become: true')],
});
