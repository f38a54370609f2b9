import { createRequire } from 'node:module';
import type { Value } from '../../base/value.js';
import { count, type Helper, HelperError, text } from './helper.js';

const DIGESTS = ['sha256', 'sha1', 'sha224', 'sha384', 'sha512', 'md5'];

type Stringify = (value: Value, options: object) => string;

function yamlText(value: Value, indent: number): string {
  const { stringify } = createRequire(import.meta.url)('yaml') as { stringify: Stringify };
  // YAML 1.1, so that "yes" and "0644" are quoted: readers of either version get the same values.
  return stringify(value, { version: '1.1', indent, lineWidth: 0, aliasDuplicateObjects: false });
}

export const encodings: readonly Helper[] = [
  {
    name: 'json',
    usage: 'json VALUE [indent=2]',
    does: 'VALUE as JSON, on one line or indented.',
    takes: [1, 1],
    options: ['indent'],
    call: ([value], options) => JSON.stringify(value, null, count(options, 'indent', 0, 10)),
  },
  {
    name: 'yaml',
    usage: 'yaml VALUE [indent=2]',
    does: 'VALUE as YAML, without a newline at the end.',
    takes: [1, 1],
    options: ['indent'],
    call: ([value], options) => yamlText(value!, Math.max(1, count(options, 'indent', 2, 10))).replace(/\n$/, ''),
  },
  {
    name: 'b64encode',
    usage: 'b64encode TEXT',
    does: 'TEXT (as UTF-8) in base64.',
    takes: [1, 1],
    call: (args) => Buffer.from(text(args, 0)).toString('base64'),
  },
  {
    name: 'b64decode',
    usage: 'b64decode TEXT',
    does: 'The text (UTF-8) that is in base64.',
    takes: [1, 1],
    call(args) {
      const encoded = text(args, 0).replace(/\s+/g, '');
      const bytes = Buffer.from(encoded, 'base64');
      const decoded = bytes.toString('utf8');
      if (bytes.toString('base64').replace(/=+$/, '') !== encoded.replace(/=+$/, '')) {
        throw new HelperError('the text is not base64');
      }
      if (!Buffer.from(decoded).equals(bytes)) throw new HelperError('what is encoded is not UTF-8 text');
      return decoded;
    },
  },
  {
    name: 'hash',
    usage: 'hash TEXT [ALGORITHM]',
    does: `The hexadecimal digest of TEXT; ALGORITHM is ${DIGESTS.join(', ')} (the first).`,
    takes: [1, 2],
    call(args) {
      const algorithm = text(args, 1, DIGESTS[0]);
      if (!DIGESTS.includes(algorithm)) throw new HelperError(`ALGORITHM is one of ${DIGESTS.join(', ')}`);
      // Not imported above: loading it takes 3 ms, which most runs don't need.
      const { createHash } = process.getBuiltinModule('node:crypto');
      return createHash(algorithm).update(text(args, 0)).digest('hex');
    },
  },
];
