import { isUtf8 } from 'node:buffer';
import { posix } from 'node:path';
import { TaskError } from '../base/error.js';
import { ask } from '../probes/registry.js';
import { accountProbes, fileOptions } from './file-attributes.js';
import { hostPath, inTarget, pathProbes } from './host-path.js';
import { showMode } from './mode.js';
import { defineModule } from './module.js';
import { fileProbes, planFile } from './write-file.js';

const NEWLINES: Readonly<Record<string, string>> = {
  '\n': '\n',
  '\r': '\r',
  '\r\n': '\r\n',
  '\\n': '\n',
  '\\r': '\r',
  '\\r\\n': '\r\n',
};

export const template = defineModule({
  name: 'template',
  description: "Puts a file on the host that is made of a template and the task's variables.",
  options: {
    src: {
      type: 'path',
      required: true,
      description: 'A template of the role or playbook (looked for in templates/).',
    },
    dest: {
      type: 'path',
      required: true,
      description: 'Absolute path on the host; ends in / for a folder to put it in.',
    },
    force: { type: 'bool', default: true, description: 'Replace a file that differs.' },
    backup: {
      type: 'bool',
      default: false,
      description: 'Keep the old file beside the new one, with the time in its name.',
    },
    validate: { type: 'str', description: 'Command that must accept the new file before it lands; %s is its path.' },
    follow: {
      type: 'bool',
      default: false,
      description: 'A symlink at dest stands for the file it leads to; otherwise it is replaced.',
    },
    newline_sequence: {
      type: 'str',
      default: '\n',
      choices: Object.keys(NEWLINES),
      description: 'What ends a line of the file.',
    },
    output_encoding: {
      type: 'str',
      default: 'utf-8',
      choices: ['utf-8', 'utf8', 'latin1', 'iso-8859-1', 'utf-16le'],
      description: 'Encoding of the file.',
    },
    ...fileOptions,
  },
  examples: `
- template: { src: app.conf.hbs, dest: /etc/app/app.conf, owner: root, group: app, mode: '0640' }
- template: { src: sudoers.hbs, dest: /etc/sudoers.d/team, mode: '0440', validate: 'visudo -cf %s' }
`,
  probes: (args, context) => [
    ...accountProbes(args),
    ...pathProbes(args.dest, context, (dest) =>
      args.dest.endsWith('/')
        ? [ask('stat', dest), ...fileProbes(posix.join(dest, posix.basename(args.src)), context)]
        : fileProbes(dest, context),
    ),
  ],
  plan: (args, state, context) => {
    const dest = hostPath(args.dest, state, context);
    const source = context.local.find(args.src, 'templates');
    if (context.local.isDirectory(source))
      throw new TaskError(`${source} is a folder, not a template`, 'loop over its files');
    const bytes = context.local.bytes(source);
    if (!Buffer.isBuffer(bytes))
      throw new TaskError(
        `${source} has ${bytes.size} bytes: too large for a template`,
        'copy brings files as they are',
      );
    if (!isUtf8(bytes)) throw new TaskError(`${source} is not UTF-8`, 'copy brings files as they are');
    const newline = NEWLINES[args.newline_sequence]!;
    const text = context.render(
      bytes
        .toString('utf8')
        .replace(/^\ufeff/, '')
        .replaceAll('\r\n', '\n'),
      source,
    );
    const content = encode(newline === '\n' ? text : text.replaceAll('\n', newline), args.output_encoding);
    const inFolder = args.dest.endsWith('/');
    const mode = args.mode === 'preserve' ? showMode(context.local.mode(source)) : args.mode;
    const path = inTarget(dest, inFolder, posix.basename(source), state);
    const change = planFile(path, content, { ...args, mode, parents: inFolder }, state, context);
    return { ...change, result: { ...change.result, src: source } };
  },
});

function encode(text: string, encoding: string): Buffer {
  if (encoding.startsWith('utf-16')) return Buffer.from(text, 'utf16le');
  if (encoding.startsWith('utf')) return Buffer.from(text, 'utf8');
  if (Array.from(text).some((char) => char > '\u00ff'))
    throw new TaskError(`the text has characters that ${encoding} does not have`);
  return Buffer.from(text, 'latin1');
}
