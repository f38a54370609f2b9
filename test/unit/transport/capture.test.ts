import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Capture } from '../../../src/transport/capture.js';

const LEFT_OUT = /\n\[\.\.\. (\d+) bytes left out \.\.\.\]\n/;

describe('what is kept of a stream', () => {
  it('is all of it up to the limit', () => {
    const capture = new Capture(8);
    for (const part of ['ab', '', 'cdef', 'gh']) capture.push(Buffer.from(part));
    expect(capture.bytes().toString()).toBe('abcdefgh');
    expect([capture.truncated, capture.total]).toEqual([false, 8]);
  });

  it('is its beginning and its end beyond, and says how much is missing', () => {
    const capture = new Capture(8);
    capture.push(Buffer.from('abcdefghi'));
    expect(capture.bytes().toString()).toBe('abcd\n[... 1 bytes left out ...]\nfghi');
    expect(capture.truncated).toBe(true);
  });

  it('is the same however the stream is cut, and never more than the limit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 12 }),
        (half, parts) => {
          const whole = Buffer.concat(parts);
          const capture = new Capture(2 * half);
          for (const part of parts) capture.push(Buffer.from(part));
          expect(capture.total).toBe(whole.length);
          const kept = capture.bytes();
          if (whole.length <= 2 * half) {
            expect([kept.equals(whole), capture.truncated]).toEqual([true, false]);
            return;
          }
          const left = whole.length - 2 * half;
          const note = Buffer.from(`\n[... ${left} bytes left out ...]\n`);
          expect(kept.equals(Buffer.concat([whole.subarray(0, half), note, whole.subarray(whole.length - half)]))).toBe(
            true,
          );
          expect(LEFT_OUT.test(kept.toString('latin1'))).toBe(true);
        },
      ),
    );
  });

  it('does not keep the memory of large network buffers alive', () => {
    const capture = new Capture(64);
    const network = Buffer.alloc(100_000, 'x');
    capture.push(network.subarray(0, 10));
    network.fill('y');
    expect(capture.bytes().toString()).toBe('x'.repeat(10));
  });
});
