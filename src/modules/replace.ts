import { TaskError } from '../base/error.js';
import { fileOptions } from './file-attributes.js';
import { defineModule } from './module.js';
import { pythonRegex } from './python-regex.js';
import { pythonReplacement } from './python-template.js';
import { readText, type TextFile, textProbes } from './text-file.js';
import { planEdit } from './write-file.js';

export const replace = defineModule({
  name: 'replace',
  description: 'Replaces every match of a regular expression in a file.',
  options: {
    path: {
      type: 'path',
      required: true,
      aliases: ['dest', 'destfile', 'name'],
      description: 'Absolute path of the file on the host.',
    },
    regexp: { type: 'str', required: true, description: "Python's regular expression; ^ and $ match at every line." },
    replace: { type: 'str', default: '', description: 'What replaces a match; \\1 and \\g<name> are its groups.' },
    after: { type: 'str', description: 'Only what follows a match of this regular expression is looked at.' },
    before: { type: 'str', description: 'Only what precedes a match of this regular expression is looked at.' },
    backup: {
      type: 'bool',
      default: false,
      description: 'Keep the old file beside the new one, with the time in its name.',
    },
    encoding: {
      type: 'str',
      default: 'utf-8',
      choices: ['utf-8', 'utf8', 'latin1', 'iso-8859-1'],
      description: 'How the file is encoded; bytes that are not UTF-8 stay as they are.',
    },
    validate: { type: 'str', description: 'Command that must accept the new file before it lands; %s is its path.' },
    ...fileOptions,
  },
  examples: `
- replace: { path: /etc/hosts, regexp: '(\\s+)old\\.example\\.org(\\s+.*)?$', replace: '\\1new.example.org\\2' }
- replace: { path: /etc/app.conf, after: '\\[web\\]', before: '\\[db\\]', regexp: '^port=.*', replace: 'port=8080', backup: true }
`,
  probes: (args, context) => textProbes(args.path, context),
  plan: (args, state, context) => {
    const file = readText(args.path, state, context);
    if (file.bytes === null) throw new TaskError(`${file.path} does not exist`);
    const section = sectionOf(file, args.after, args.before);
    if (!section) {
      const message = `before and after match nothing in ${file.path}`;
      return { actions: [], message, result: { msg: message } };
    }
    const pattern = pythonRegex(file.inward(args.regexp), { multiline: true, unicode: file.utf8 }, 'g');
    const fill = pythonReplacement(file.inward(args.replace));
    const matches = [...section.text.matchAll(pattern)];
    // Groups that the pattern does not have are told also where nothing matches.
    if (matches.length === 0) fill(new RegExp(`${pattern.source}|`, pattern.flags).exec('')!);
    let edited = '';
    let at = 0;
    for (const match of matches) {
      edited += section.text.slice(at, match.index) + fill(match);
      at = match.index + match[0].length;
    }
    edited += section.text.slice(at);
    const text = file.text.slice(0, section.start) + edited + file.text.slice(section.start + section.text.length);
    const message = edited === section.text ? '' : `${matches.length} replacements made`;
    const change = planEdit(file.path, file.bytes, file.outward(text), args, state, context);
    return { ...change, result: { ...change.result, msg: message }, ...(message === '' ? {} : { message }) };
  },
});

/** The part of the text between `after` and `before`, or undefined where they do not match. */
function sectionOf(
  { text, utf8, inward }: TextFile,
  after = '',
  before = '',
): { text: string; start: number } | undefined {
  if (after === '' && before === '') return { text, start: 0 };
  const pattern = `${after}(?P<subsection>.*${after !== '' && before !== '' ? '?' : ''})${before}`;
  const found = pythonRegex(inward(pattern), { dotAll: true, unicode: utf8 }, 'd').exec(text)?.indices?.groups
    ?.subsection;
  return found && { text: text.slice(found[0], found[1]), start: found[0] };
}
