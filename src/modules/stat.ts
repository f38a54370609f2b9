import { TaskError } from '../base/error.js';
import type { Values } from '../base/value.js';
import { ask, outputOf, type Probe } from '../probes/registry.js';
import type { FileStat } from '../probes/stat.js';
import { ALGORITHMS, checksumProbe, readChecksum } from './checksum.js';
import { hostPath, pathProbes, realFile } from './host-path.js';
import { defineModule, type PlanContext, type State } from './module.js';
import { statValues } from './stat-values.js';

export const stat = defineModule({
  name: 'stat',
  description: 'What is at a path of the host.',
  options: {
    path: { type: 'path', required: true, aliases: ['dest', 'name'], description: 'Absolute path on the host.' },
    follow: { type: 'bool', default: false, description: 'A symlink stands for what it leads to.' },
    get_checksum: { type: 'bool', default: true, description: 'The checksum of a regular file.' },
    checksum_algorithm: {
      type: 'str',
      default: 'sha1',
      choices: ALGORITHMS,
      aliases: ['checksum', 'checksum_algo'],
      description: 'Which checksum.',
    },
    get_mime: {
      type: 'bool',
      default: false,
      aliases: ['mime', 'mime_type', 'mime-type'],
      description: 'What file(1) takes it for; unlike Ansible only where asked for.',
    },
    get_attributes: {
      type: 'bool',
      default: false,
      aliases: ['attr', 'attributes'],
      description: 'Flags as lsattr(1) shows them; unlike Ansible only where asked for.',
    },
  },
  examples: `
- stat: { path: /etc/app.conf }
  register: conf
- stat: { path: /srv/current, follow: true, get_checksum: false }
`,
  probes: ({ path, get_checksum, checksum_algorithm }, context) =>
    pathProbes(path, context, (clean): Probe[] => [
      ask('stat', clean),
      ...(get_checksum ? [checksumProbe(checksum_algorithm, clean)] : []),
      ...accessProbes(context),
    ]),
  plan: (args, state, context) => {
    const path = hostPath(args.path, state, context);
    const link = state.read(ask('stat', path));
    const real = link?.type === 'symlink' ? realFile(path, state) : { path, stat: link };
    const found = args.follow ? real.stat : link;
    if (!found) return { actions: [], result: { stat: { exists: false } } };
    const probe = ask('stat', args.follow ? real.path : path);
    // What a prediction leaves open is asked for; check mode cannot, and leaves it out.
    if (!context.check && found.inode === undefined) state.field(probe, found.inode);
    const values = statValues(path, found);
    if (link?.type === 'symlink' && !args.follow) values.lnk_source = real.path;
    Object.assign(values, access(found, state, context));
    if (found.type === 'file' && args.get_checksum) {
      const checksum = values.readable === false ? null : readChecksum(args.checksum_algorithm, real.path, state);
      if (checksum !== null) values.checksum = checksum;
    }
    if (args.get_mime) Object.assign(values, mime(real.path, state));
    if (args.get_attributes) Object.assign(values, flags(path, state));
    return { actions: [], result: { stat: values } };
  },
});

/** root may do anything; for anyone else the groups count. */
const accessProbes = ({ user }: PlanContext): Probe[] => (user === 'root' ? [] : [ask('passwd', user), ask('groups')]);

/** What the session's user may do with the file, by owner, group and mode. */
function access(found: FileStat, state: State, { user }: PlanContext): Values {
  const { mode } = found;
  if (mode === undefined) return {};
  if (user === 'root')
    return { readable: true, writeable: true, executable: found.type === 'directory' || (mode & 0o111) !== 0 };
  const entry = state.read(ask('passwd', user));
  const groups = state.read(ask('groups'));
  const member =
    groups.some(({ gid, members }) => gid === found.gid && (members.includes(user) || gid === entry?.gid)) ||
    entry?.gid === found.gid;
  const bits = (mode >> (entry?.uid === found.uid ? 6 : member ? 3 : 0)) & 7;
  return { readable: (bits & 4) !== 0, writeable: (bits & 2) !== 0, executable: (bits & 1) !== 0 };
}

function mime(path: string, state: State): Values {
  const said = state.read(outputOf({ argv: ['file', '-b', '--mime-type', '--mime-encoding', '--', path] }));
  if (said.status === 127) throw new TaskError('get_mime needs the program file', 'install the package file');
  const [, type, charset] = /^(\S+); charset=(\S+)/.exec(said.stdout) ?? [];
  return { mimetype: type ?? 'unknown', charset: charset ?? 'unknown' };
}

function flags(path: string, state: State): Values {
  const said = state.read(outputOf({ argv: ['lsattr', '-vd', '--', path] }));
  const [, version, letters] = /^\s*(\d+)\s+(\S+)/.exec(said.stdout) ?? [];
  return letters === undefined
    ? {}
    : { version: version!, attr_flags: letters.replaceAll('-', ''), attributes: attributeNames(letters) };
}

const NAMES: Readonly<Record<string, string>> = {
  A: 'noatime',
  a: 'append',
  c: 'compressed',
  C: 'nocow',
  d: 'nodump',
  D: 'dirsync',
  e: 'extents',
  E: 'encrypted',
  h: 'blocksize',
  i: 'immutable',
  I: 'indexed',
  j: 'journalled',
  N: 'inline',
  s: 'zero',
  S: 'synchronous',
  t: 'notail',
  T: 'blockroot',
  u: 'undelete',
  X: 'compressedraw',
  Z: 'compresseddirty',
};

const attributeNames = (letters: string): string[] => Array.from(letters).flatMap((letter) => NAMES[letter] ?? []);
