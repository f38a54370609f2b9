import { createHash } from 'node:crypto';

/** The bytes of an OpenPGP key, armoured (RFC 9580 section 6) or not; undefined where the armour is broken. */
export function dearmour(text: string): Buffer | undefined {
  const match = /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n([\s\S]*?)-----END PGP PUBLIC KEY BLOCK-----/.exec(text);
  if (!match) return undefined;
  // Headers end at the first blank line; a line that begins with = is the checksum.
  const body = match[1]!.replace(/\r/g, '');
  const blank = /^(?:[^\n]*:[^\n]*\n)*\n/.exec(body);
  const data = body
    .slice(blank?.[0].length ?? 0)
    .split('\n')
    .filter((line) => !line.startsWith('='));
  const bytes = Buffer.from(data.join(''), 'base64');
  return bytes.length > 0 ? bytes : undefined;
}

/** Fingerprints of the primary keys in a key ring, hex in capitals. Versions before 4 are passed over. */
export function fingerprints(bytes: Buffer): string[] {
  const found: string[] = [];
  for (const { tag, body } of packets(bytes)) {
    if (tag !== 6) continue;
    if (body[0] === 4) {
      const length = Buffer.alloc(3, 0x99);
      length.writeUInt16BE(body.length & 0xffff, 1);
      found.push(createHash('sha1').update(length).update(body).digest('hex').toUpperCase());
    } else if (body[0] === 6) {
      const length = Buffer.alloc(5, 0x9b);
      length.writeUInt32BE(body.length, 1);
      found.push(createHash('sha256').update(length).update(body).digest('hex').toUpperCase());
    }
  }
  return found;
}

/** Packets of RFC 9580 section 4, old and new headers; ends at the first that makes no sense. */
function* packets(bytes: Buffer): Generator<{ tag: number; body: Buffer }> {
  let at = 0;
  while (at + 1 < bytes.length) {
    const head = bytes[at++]!;
    if ((head & 0x80) === 0) return;
    const fresh = (head & 0x40) !== 0;
    const tag = fresh ? head & 0x3f : (head >> 2) & 0x0f;
    const first = bytes[at]!;
    let size = 1;
    if (fresh) size = first < 192 ? 1 : first < 224 ? 2 : first === 255 ? 5 : 0;
    else size = [1, 2, 4, 0][head & 3]!;
    if (size === 0 || at + size > bytes.length) return;
    const length = fresh
      ? size === 1
        ? first
        : size === 2
          ? ((first - 192) << 8) + bytes[at + 1]! + 192
          : bytes.readUInt32BE(at + 1)
      : bytes.readUIntBE(at, size);
    at += size;
    if (at + length > bytes.length) return;
    yield { tag, body: bytes.subarray(at, at + length) };
    at += length;
  }
}
