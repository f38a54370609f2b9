import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader } from '../../../src/transport/frames.js';

const NONCE = `\x1e${'0123456789abcdef'.repeat(2)}`;

/** What a reader tells of chunks: data joined, markers between. */
function read(chunks: readonly (string | Buffer)[]): string {
  let told = '';
  const reader = new FrameReader(
    NONCE,
    (data) => (told += data.toString('latin1')),
    ({ index, status }) => (told += `<${index}:${status}>`),
  );
  for (const chunk of chunks) reader.push(Buffer.from(chunk as string, 'latin1'));
  return told;
}

describe('frames', () => {
  it.each([
    ['data, then a marker', `abc${NONCE}e0:0\nmore`, 'abc<0:0>more'],
    ['markers side by side', `${NONCE}e0:0\n${NONCE}e1:255\n`, '<0:0><1:255>'],
    ['data without a newline at its end', `no newline${NONCE}e12:1\n`, 'no newline<12:1>'],
    ['a nonce that is no marker is data', `${NONCE}x0:0\n.`, `${NONCE}x0:0\n.`],
    ['a marker with too many digits is data', `${NONCE}e1234567890:0\n`, `${NONCE}e1234567890:0\n`],
    ['a nonce before a marker', `${NONCE}${NONCE}e3:0\n`, `${NONCE}<3:0>`],
  ])('%s', (_name, stream, expected) => {
    expect(read([stream])).toBe(expected);
    expect(read([...stream])).toBe(expected);
  });

  it('passes data on at once, but for what may begin a marker', () => {
    expect(read(['abc'])).toBe('abc');
    expect(read([`abc${NONCE.slice(0, 5)}`])).toBe('abc');
    expect(read([`abc${NONCE.slice(0, 5)}`, 'z'])).toBe(`abc${NONCE.slice(0, 5)}z`);
    expect(read([`abc${NONCE}e1`])).toBe('abc');
  });

  it('tells the same however the stream is cut', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        NONCE,
        NONCE.slice(0, 7),
        NONCE.slice(1),
        '\x1e',
        '\n',
        'e0:0\n',
        `${NONCE}e`,
        `${NONCE}e7:1`,
        `${NONCE}e7:1\n`,
        `${NONCE}e7:999\n`,
        '\x1e\x1e',
      ),
      fc.string({ unit: 'binary-ascii', maxLength: 20 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(40), { maxLength: 20 }), (pieces, cuts) => {
        const stream = `${pieces.join('')}end of it, with no marker to come`;
        const chunks: string[] = [];
        let at = 0;
        for (const cut of cuts) {
          chunks.push(stream.slice(at, at + cut));
          at += cut;
        }
        chunks.push(stream.slice(at));
        const whole = stream.replaceAll(new RegExp(`${NONCE}e(\\d{1,9}):(\\d{1,3})\\n`, 'g'), '<$1:$2>');
        expect(read(chunks)).toBe(whole);
      }),
      { numRuns: 500 },
    );
  });
});
