import { TaskError } from '../base/error.js';
import { ask } from '../probes/registry.js';
import { explain } from './failure.js';
import { hostPath, pathProbes, realFile } from './host-path.js';
import { type Change, defineModule } from './module.js';
import { archiveOptions, FAILURES } from './unarchive-extract.js';
import { fromHere } from './unarchive-here.js';
import { fromHost } from './unarchive-host.js';

export const unarchive = defineModule({
  name: 'unarchive',
  description: 'Unpacks an archive on the host.',
  options: archiveOptions,
  rules: {
    mutuallyExclusive: [
      ['include', 'exclude'],
      ['copy', 'remote_src'],
    ],
  },
  examples: `
- unarchive: { src: app-1.2.tar.gz, dest: /opt/app, owner: app, group: app, extra_opts: [--strip-components=1] }
- unarchive: { src: /var/cache/app.zip, dest: /opt/app, remote_src: true, creates: /opt/app/bin/app }
`,
  probes: ({ dest, creates, src, remote_src, copy }, context) => [
    ...pathProbes(dest, context, (path) => [ask('stat', path)]),
    ...(creates === undefined ? [] : pathProbes(creates, context, (path) => [ask('stat', path)])),
    ...(remote_src || copy === false ? pathProbes(src, context, (path) => [ask('stat', path)]) : []),
  ],
  plan: (args, state, context): Change => {
    const dest = hostPath(args.dest, state, context);
    const remote = args.remote_src || args.copy === false;
    if (args.creates !== undefined && state.read(ask('stat', hostPath(args.creates, state, context)))) {
      return { actions: [], message: `${args.creates} exists`, result: { dest } };
    }
    const real = realFile(dest, state);
    if (real.stat?.type !== 'directory')
      throw new TaskError(`${dest} is not a folder of the host`, 'make it first: file: {path: ..., state: directory}');
    return remote ? fromHost(real, args, state, context) : fromHere(real, args, state, context);
  },
  conclude: (args, outcomes) => {
    const last = outcomes.at(-1);
    return last && last.status !== 0 ? { failed: true, ...explain(`unpacking ${args.src}`, last, FAILURES) } : {};
  },
});
