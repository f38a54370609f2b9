import { TaskError } from '../base/error.js';
import { withBlock } from './block-edit.js';
import { fileOptions } from './file-attributes.js';
import { defineModule } from './module.js';
import { readText, textProbes } from './text-file.js';
import { planEdit } from './write-file.js';

export const blockinfile = defineModule({
  name: 'blockinfile',
  description: 'A block of lines in a file, between marker lines.',
  options: {
    path: {
      type: 'path',
      required: true,
      aliases: ['dest', 'destfile', 'name'],
      description: 'Absolute path of the file on the host.',
    },
    block: {
      type: 'str',
      default: '',
      aliases: ['content'],
      description: 'The lines; empty is the same as state: absent.',
    },
    state: {
      type: 'str',
      choices: ['present', 'absent'],
      default: 'present',
      description: 'Whether the block must be there.',
    },
    marker: {
      type: 'str',
      default: '# {mark} ANSIBLE MANAGED BLOCK',
      description: 'The marker lines, with {mark} for their beginning.',
    },
    marker_begin: { type: 'str', default: 'BEGIN', description: 'What {mark} is in the first marker.' },
    marker_end: { type: 'str', default: 'END', description: 'What {mark} is in the last marker.' },
    insertafter: {
      type: 'str',
      description: 'Where the block is not there yet: after the last match of this regular expression, or EOF.',
    },
    insertbefore: {
      type: 'str',
      description: 'Where the block is not there yet: before the last match of this regular expression, or BOF.',
    },
    create: { type: 'bool', default: false, description: 'Make the file where it is missing.' },
    backup: {
      type: 'bool',
      default: false,
      description: 'Keep the old file beside the new one, with the time in its name.',
    },
    append_newline: {
      type: 'bool',
      default: false,
      description: 'An empty line after the block, where something follows.',
    },
    prepend_newline: {
      type: 'bool',
      default: false,
      description: 'An empty line before the block, where something precedes.',
    },
    validate: { type: 'str', description: 'Command that must accept the new file before it lands; %s is its path.' },
    ...fileOptions,
  },
  rules: { mutuallyExclusive: [['insertbefore', 'insertafter']] },
  examples: `
- blockinfile:
    path: /etc/ssh/sshd_config
    marker: '# {mark} staff'
    validate: 'sshd -t -f %s'
    block: |
      Match Group staff
        X11Forwarding no
- blockinfile: { path: /etc/hosts, marker: '# {mark} cluster', state: absent }
`,
  probes: (args, context) => textProbes(args.path, context),
  plan: (args, state, context) => {
    const file = readText(args.path, state, context);
    const gone = args.state === 'absent' || args.block === '';
    if (file.bytes === null && args.state === 'absent')
      return { actions: [], result: { msg: `File ${file.path} not present` } };
    if (file.bytes === null && !args.create)
      throw new TaskError(`${file.path} does not exist`, 'create: true makes it');
    const begin = args.marker.replaceAll('{mark}', args.marker_begin);
    const end = args.marker.replaceAll('{mark}', args.marker_end);
    if (begin === end) throw new TaskError('the first and the last marker are the same line', 'put {mark} in marker');
    if (/\n/.test(begin + end)) throw new TaskError('a marker is one line');
    const into = (text: string | undefined) => (text === undefined ? undefined : file.inward(text));
    const text = withBlock(file.text, {
      block: gone ? '' : file.inward(args.block),
      begin: file.inward(begin),
      end: file.inward(end),
      insertAfter: into(args.insertafter),
      insertBefore: into(args.insertbefore),
      appendNewline: args.append_newline,
      prependNewline: args.prepend_newline,
    });
    const message =
      file.bytes === null ? 'File created' : text === file.text ? '' : gone ? 'Block removed' : 'Block inserted';
    const change = planEdit(file.path, file.bytes, file.outward(text), { ...args, parents: true }, state, context);
    return { ...change, result: { ...change.result, msg: message }, ...(message === '' ? {} : { message }) };
  },
});
