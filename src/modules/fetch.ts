import { posix } from 'node:path';
import { digestOf, sha1Of } from '../actions/write.js';
import { TaskError } from '../base/error.js';
import { ask } from '../probes/registry.js';
import { hostPath, pathProbes, realFile, typeName } from './host-path.js';
import { type Change, defineModule, type PlanContext } from './module.js';
import { requireFetchable, wholeFile } from './whole-file.js';

export const fetch = defineModule({
  name: 'fetch',
  description: 'Brings a file of the host to this machine.',
  options: {
    src: { type: 'path', required: true, description: 'Absolute path of the file on the host.' },
    dest: {
      type: 'path',
      required: true,
      description: 'Folder here; the file lands in dest/HOST/PATH. Relative to the playbook.',
    },
    flat: { type: 'bool', default: false, description: 'dest is the file itself, or where it ends in / its folder.' },
    fail_on_missing: { type: 'bool', default: true, description: 'It is an error where the file is not there.' },
    validate_checksum: { type: 'bool', default: true, description: 'Verify what arrived.' },
  },
  examples: `
- fetch: { src: /etc/app.conf, dest: fetched }
- fetch: { src: /var/log/app.log, dest: 'logs/', flat: true, fail_on_missing: false }
`,
  probes: ({ src }, context) => pathProbes(src, context, (path) => [ask('stat', path)]),
  plan: (args, state, context): Change => {
    const path = hostPath(args.src, state, context);
    const real = realFile(path, state);
    if (real.stat?.type !== 'file') {
      const message = real.stat
        ? `${path} is a ${typeName(real.stat.type)}, not a file`
        : `${path} does not exist on the host`;
      if (real.stat || args.fail_on_missing)
        throw new TaskError(
          message,
          real.stat ? 'fetch brings single files; find lists them' : 'fail_on_missing: false passes over it',
        );
      return { actions: [], message, result: { file: path, msg: message } };
    }
    const dest = destination(args.dest, args.flat, path, context);
    requireFetchable(real, state);
    const digest = state.read(ask('digest', real.path));
    const result = { dest, file: path };
    if (digest !== null && localDigest(dest, context) === digest) return { actions: [], changed: false, result };
    const content = wholeFile(real, state);
    if (args.validate_checksum && digest !== null && digestOf(content) !== digest) {
      throw new TaskError(
        `${path} changed while it was fetched`,
        'run the task again, or validate_checksum: false for files that are always written to',
      );
    }
    return {
      actions: [],
      changed: true,
      diff: [{ subject: dest, note: `${content.length} bytes from ${path}` }],
      result: { ...result, size: content.length, checksum: sha1Of(content)!, remote_checksum: sha1Of(content)! },
      controller: [{ type: 'save', path: dest, content }],
    };
  },
});

/** Where the file lands here: an absolute path, with no way out of dest by the host's path. */
function destination(dest: string, flat: boolean, path: string, context: PlanContext): string {
  const folder = posix.resolve(variable('playbook_dir', context) ?? '.', expandHome(dest));
  if (flat) return dest.endsWith('/') ? posix.join(folder, posix.basename(path)) : folder;
  const host = variable('inventory_hostname', context);
  if (host === undefined) throw new TaskError('the name of the host is not known', 'flat: true does without it');
  return posix.join(folder, host.replaceAll('/', '_'), posix.join('/', path));
}

const expandHome = (path: string): string =>
  path.startsWith('~/') ? posix.join(process.env.HOME ?? '/', path.slice(2)) : path;

function variable(name: string, context: PlanContext): string | undefined {
  const value = context.value(name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function localDigest(path: string, { local }: PlanContext): string | undefined {
  try {
    return digestOf(local.bytes(path));
  } catch {
    return undefined; // Not here yet.
  }
}
