import { TaskError } from '../base/error.js';
import { fileOptions } from './file-attributes.js';
import { withLine, withoutLines } from './line-edit.js';
import { type Change, defineModule, type PlanContext, type State } from './module.js';
import type { Arguments } from './options.js';
import { readText, type TextFile, textProbes } from './text-file.js';
import { planEdit } from './write-file.js';

const options = {
  path: {
    type: 'path',
    required: true,
    aliases: ['dest', 'destfile', 'name'],
    description: 'Absolute path of the file on the host.',
  },
  line: { type: 'str', aliases: ['value'], description: 'The line that must be there, or must not.' },
  regexp: {
    type: 'str',
    aliases: ['regex'],
    description: "Python's regular expression of the line to replace; the last match is taken.",
  },
  search_string: { type: 'str', description: 'Text, taken literally, of the line to replace.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    description: 'Whether the line must be there.',
  },
  backrefs: {
    type: 'bool',
    default: false,
    description: 'Groups of regexp (\\1, \\g<name>) are filled into line; without a match nothing is done.',
  },
  insertafter: {
    type: 'str',
    description: 'Where regexp finds nothing: after the last match of this regular expression, or EOF.',
  },
  insertbefore: {
    type: 'str',
    description: 'Where regexp finds nothing: before the last match of this regular expression, or BOF.',
  },
  create: { type: 'bool', default: false, description: 'Make the file where it is missing.' },
  backup: {
    type: 'bool',
    default: false,
    description: 'Keep the old file beside the new one, with the time in its name.',
  },
  firstmatch: { type: 'bool', default: false, description: 'The first match counts, not the last.' },
  validate: { type: 'str', description: 'Command that must accept the new file before it lands; %s is its path.' },
  ...fileOptions,
} as const;

type LineArguments = Arguments<typeof options>;

export const lineinfile = defineModule({
  name: 'lineinfile',
  description: 'One line in a file: there, replaced or gone.',
  options,
  rules: {
    mutuallyExclusive: [
      ['insertbefore', 'insertafter'],
      ['regexp', 'search_string'],
      ['backrefs', 'search_string'],
    ],
    requiredIf: [['state', 'present', ['line']]],
  },
  examples: `
- lineinfile: { path: /etc/ssh/sshd_config, regexp: '^#?PermitRootLogin', line: 'PermitRootLogin no', validate: 'sshd -t -f %s' }
- lineinfile: { path: /etc/hosts, line: '10.0.0.5 db', create: true, mode: '0644' }
- lineinfile: { path: /etc/default/grub, regexp: '^(GRUB_TIMEOUT=).*', line: '\\g<1>2', backrefs: true }
- lineinfile: { path: /etc/app.conf, regexp: '^debug', state: absent }
`,
  probes: (args, context) => textProbes(args.path, context),
  plan: (args, state, context) => {
    if (args.state === 'present' && args.backrefs && args.regexp === undefined)
      throw new TaskError('backrefs needs regexp');
    const file = readText(args.path, state, context);
    return args.state === 'absent' ? absent(file, args, state, context) : present(file, args, state, context);
  },
});

function present(file: TextFile, args: LineArguments, state: State, context: PlanContext): Change {
  if (file.bytes === null && !args.create) throw new TaskError(`${file.path} does not exist`, 'create: true makes it');
  const into = (text: string | undefined) => (text === undefined ? undefined : file.inward(text));
  const edited = withLine(file.text, {
    line: file.inward(args.line!),
    regexp: into(args.regexp),
    searchString: into(args.search_string),
    backrefs: args.backrefs,
    insertAfter: into(args.insertafter),
    insertBefore: into(args.insertbefore),
    firstMatch: args.firstmatch,
  });
  // Ansible makes no file for a line that backrefs could not fill in.
  if (file.bytes === null && edited.message === '') return { actions: [], result: { msg: '' } };
  return told(
    planEdit(file.path, file.bytes, file.outward(edited.text), { ...args, parents: true }, state, context),
    edited.message,
  );
}

function absent(file: TextFile, args: LineArguments, state: State, context: PlanContext): Change {
  if ((args.regexp ?? args.search_string ?? args.line) === undefined)
    throw new TaskError('state: absent needs line, regexp or search_string');
  if (file.bytes === null) return { actions: [], result: { msg: 'file not present', found: 0 } };
  const into = (text: string | undefined) => (text === undefined ? undefined : file.inward(text));
  const left = withoutLines(file.text, {
    line: into(args.line)!,
    regexp: into(args.regexp),
    searchString: into(args.search_string),
  });
  const change = planEdit(file.path, file.bytes, file.outward(left.text), args, state, context);
  const done = told(change, left.found === 0 ? '' : `${left.found} line(s) removed`);
  return { ...done, result: { ...done.result, found: left.found } };
}

/** The plan with a message, in `msg` as Ansible has it. */
function told(change: Change, message: string): Change {
  return { ...change, result: { ...change.result, msg: message }, ...(message === '' ? {} : { message }) };
}
