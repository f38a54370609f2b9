import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FrameReader } from '../../src/transport/frames.js';
import { runs } from './runs.js';

const NONCE = Buffer.from(`\x1e${'00112233445566778899aabbccddeeff'}`);

it('splits any bytes into data and markers, however they are cut', () => {
  const near = fc
    .nat(NONCE.length)
    .chain((length) => fc.constantFrom(NONCE.subarray(0, length), NONCE.subarray(length)));
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 64 }).map((each) => Buffer.from(each)),
    near,
    fc.constant(Buffer.from('\x1e\x1e0011\x1e')),
  );
  const piece = fc.oneof(
    { weight: 3, arbitrary: data.map((bytes) => ({ bytes, marker: undefined })) },
    {
      weight: 2,
      arbitrary: fc
        .record({ index: fc.nat(999_999_999), status: fc.nat(999) })
        .map((marker) => ({ bytes: Buffer.from(`${NONCE}e${marker.index}:${marker.status}\n`), marker })),
    },
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 60 }),
      (pieces, cuts) => {
        // A piece of data may not happen to complete a nonce with its neighbours: what is data must stay data.
        const stream = Buffer.concat([...pieces.map(({ bytes }) => bytes), Buffer.from('.'.repeat(60))]);
        const told: (string | Buffer)[] = [];
        const reader = new FrameReader(
          NONCE.toString('latin1'),
          (bytes) => told.push(Buffer.from(bytes)),
          ({ index, status }) => told.push(`${index}:${status}`),
        );
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = cuts[i % cuts.length]!;
          reader.push(stream.subarray(at, at + size));
          at += size;
        }
        const plain = new RegExp(`${NONCE.toString('latin1')}e(\\d{1,9}):(\\d{1,3})\\n`, 'g');
        const text = stream.toString('latin1');
        const markers = [...text.matchAll(plain)].map(([, index, status]) => `${Number(index)}:${Number(status)}`);
        expect(told.filter((each) => typeof each === 'string')).toEqual(markers);
        const bytes = Buffer.concat(told.filter((each): each is Buffer => typeof each !== 'string'));
        expect(bytes.toString('latin1')).toBe(text.replaceAll(plain, ''));
      },
    ),
    runs(2000),
  );
});
