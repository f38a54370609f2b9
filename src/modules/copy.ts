import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { Bytes } from '../actions/action.js';
import { TaskError } from '../base/error.js';
import type { Value } from '../base/value.js';
import { ask, type Probe } from '../probes/registry.js';
import { copyFolder, folderProbes } from './copy-folder.js';
import { copyOnHost } from './copy-on-host.js';
import { accountProbes, fileOptions } from './file-attributes.js';
import { hostPath, inTarget, pathProbes } from './host-path.js';
import { showMode } from './mode.js';
import { defineModule, type PlanContext } from './module.js';
import type { Arguments } from './options.js';
import { fileProbes, planFile } from './write-file.js';

export const copyOptions = {
  dest: {
    type: 'path',
    required: true,
    description: 'Absolute path on the host; ends in / for a folder to put it in.',
  },
  src: {
    type: 'path',
    description: 'A file or folder of the role or playbook (looked for in files/); `folder/` copies what is in it.',
  },
  content: { type: 'raw', description: 'The content itself; a mapping or list is written as JSON.' },
  remote_src: { type: 'bool', default: false, description: 'src is a path on the host.' },
  force: { type: 'bool', default: true, description: 'Replace a file that differs.' },
  backup: {
    type: 'bool',
    default: false,
    description: 'Keep the old file beside the new one, with the time in its name.',
  },
  validate: { type: 'str', description: 'Command that must accept the new file before it lands; %s is its path.' },
  checksum: { type: 'str', description: 'SHA-1 that src must have.' },
  directory_mode: { type: 'mode', description: 'Permissions of folders made while a folder is copied.' },
  follow: {
    type: 'bool',
    default: false,
    description: 'A symlink at dest stands for the file it leads to; otherwise it is replaced.',
  },
  ...fileOptions,
} as const;

export type CopyArguments = Arguments<typeof copyOptions>;

export const copy = defineModule({
  name: 'copy',
  description: 'Puts a file, a folder or given text on the host.',
  options: copyOptions,
  rules: { requiredOneOf: [['src', 'content']], mutuallyExclusive: [['src', 'content']] },
  examples: `
- copy: { dest: /etc/motd, content: "Welcome\\n", mode: '0644' }
- copy: { src: app.conf, dest: /etc/app/app.conf, owner: root, group: root, mode: '0640' }
- copy: { src: site/, dest: /srv/site, directory_mode: '0755' }
- copy: { src: /etc/app/app.conf, dest: /etc/app/app.conf.orig, remote_src: true, force: false }
- copy: { src: sudoers, dest: /etc/sudoers.d/team, mode: '0440', validate: 'visudo -cf %s' }
`,
  probes: (args, context) => [
    ...accountProbes(args),
    ...pathProbes(args.dest, context, (dest) => probes(dest, args, context)),
  ],
  plan: (args, state, context) => {
    const dest = hostPath(args.dest, state, context);
    const inFolder = args.dest.endsWith('/');
    if (args.remote_src) return copyOnHost(dest, inFolder, args, state, context);
    if (args.content !== undefined) {
      if (inFolder)
        throw new TaskError(
          `dest "${args.dest}" is a folder, and content has no name of its own`,
          'name the file in it',
        );
      return planFile(dest, checked(Buffer.from(asText(args.content)), args), args, state, context);
    }
    const source = context.local.find(args.src!, 'files');
    if (context.local.isDirectory(source)) return copyFolder(source, dest, args, state, context);
    const mode = args.mode === 'preserve' ? showMode(context.local.mode(source)) : args.mode;
    const path = inTarget(dest, inFolder, posix.basename(source), state);
    return planFile(
      path,
      checked(context.local.bytes(source), args),
      { ...args, mode, parents: inFolder },
      state,
      context,
    );
  },
});

function probes(dest: string, args: CopyArguments, context: PlanContext): readonly Probe[] {
  if (args.remote_src) {
    const from =
      args.src !== undefined && posix.isAbsolute(args.src) ? [ask('stat', args.src), ask('digest', args.src)] : [];
    return [...from, ask('stat', dest), ask('digest', dest)];
  }
  if (args.src === undefined) return fileProbes(dest, context);
  let source: string;
  try {
    source = context.local.find(args.src, 'files');
    if (context.local.isDirectory(source)) return folderProbes(source, dest, args, context);
  } catch {
    return []; // The plan finds it missing too, and says so.
  }
  return args.dest.endsWith('/')
    ? [ask('stat', dest), ...fileProbes(posix.join(dest, posix.basename(source)), context)]
    : fileProbes(dest, context);
}

/** A mapping or list is written as JSON, as Ansible does. */
function asText(content: Value): string {
  return typeof content === 'string'
    ? content
    : typeof content === 'object' && content !== null
      ? JSON.stringify(content)
      : String(content);
}

function checked(bytes: Bytes, { checksum }: CopyArguments): Bytes {
  if (checksum === undefined) return bytes;
  if (!Buffer.isBuffer(bytes))
    throw new TaskError(`${bytes.path} is too large for its checksum to be verified`, 'leave checksum out');
  const found = createHash('sha1').update(bytes).digest('hex');
  if (found !== checksum.toLowerCase()) throw new TaskError(`the checksum of the source is ${found}, not ${checksum}`);
  return bytes;
}
