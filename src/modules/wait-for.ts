import { posix } from 'node:path';
import { TaskError } from '../base/error.js';
import { mapping, type Value } from '../base/value.js';
import { type Conclusion, defineModule, type Outcome } from './module.js';
import type { Arguments } from './options.js';
import { waitScript } from './wait-script.js';

const options = {
  host: { type: 'str', default: '127.0.0.1', description: 'Where the port is, seen from the host.' },
  port: { type: 'int', description: 'TCP port to wait for.' },
  path: { type: 'path', description: 'File on the host to wait for.' },
  search_regex: {
    type: 'str',
    description: 'What the file, or what the port sends, must hold (a Perl regular expression, line by line).',
  },
  state: {
    type: 'str',
    choices: ['started', 'present', 'stopped', 'absent', 'drained'],
    default: 'started',
    description:
      'started and present: it is there; stopped and absent: it is not; drained: nobody is connected to the port.',
  },
  delay: { type: 'int', default: 0, description: 'Seconds before the first look.' },
  sleep: { type: 'int', default: 1, description: 'Seconds between looks.' },
  timeout: {
    type: 'int',
    default: 300,
    description: 'Seconds after which it fails; with neither port nor path, the time to wait.',
  },
  connect_timeout: { type: 'int', default: 5, description: 'Seconds for one look at the port.' },
  msg: { type: 'str', description: 'What to say when the time is up.' },
} as const;

export type WaitArguments = Arguments<typeof options>;

export const waitFor = defineModule({
  name: 'wait_for',
  description: 'Waits for a port or a file, seen from the host.',
  options,
  rules: { mutuallyExclusive: [['port', 'path']] },
  examples: `
- wait_for: { port: 22, timeout: 10 }
- wait_for: { path: /etc/passwd, search_regex: '^root:' }
`,
  probes: () => [],
  plan: (args) => {
    if (args.state === 'drained' && args.port === undefined)
      throw new TaskError('drained is a state of a port', 'give port, or another state');
    if (args.port !== undefined && (args.port < 1 || args.port > 65535))
      throw new TaskError(`${args.port} is no port`, 'ports are 1 to 65535');
    if (args.path !== undefined && !posix.isAbsolute(args.path))
      throw new TaskError(`"${args.path}" is not an absolute path`, 'begin it with /');
    const limit = Math.max(0, args.delay) + args.timeout + args.connect_timeout + 30;
    return {
      actions: [{ kind: 'run', argv: ['sh', '-c', waitScript(args)], timeout: limit, effects: [] }],
      changed: false,
      unknown: `whether ${subject(args)} will be ${args.state} is known only by waiting`,
      result: { state: args.state, port: args.port ?? null, path: args.path ?? null },
    };
  },
  conclude: (args, outcomes) => conclude(args, outcomes),
});

const subject = ({ path, port, host }: WaitArguments): string =>
  path ?? (port === undefined ? 'the time' : `${host}:${port}`);

/** Status 75 of the script: the time was up; 69: no program that can look. */
function conclude(args: WaitArguments, outcomes: readonly Outcome[]): Conclusion {
  const last = outcomes.at(-1);
  if (!last) return {};
  const result = { elapsed: Math.floor(last.duration), ...(last.status === 0 ? matched(args, last.stdout) : {}) };
  if (last.status === 0) return { result };
  const asked = args.search_regex === undefined ? '' : ` with "${args.search_regex}"`;
  const timedOut = last.status === 75 || last.status === 124;
  const said = last.stderr.trim();
  return {
    failed: true,
    message: timedOut
      ? (args.msg ?? `${subject(args)}${asked} was not ${args.state} within ${args.timeout} s`)
      : `cannot wait for ${subject(args)}: ${said || `status ${last.status}`}`,
    ...(last.status === 69 ? { hint: 'install bash, netcat-openbsd or curl on the host' } : {}),
    result,
  };
}

/** What the groups of the expression matched in the line that was found. */
function matched({ search_regex }: WaitArguments, line: string): Record<string, Value> {
  if (search_regex === undefined) return {};
  try {
    const match = new RegExp(search_regex, 'm').exec(line.slice(0, 10_000));
    if (!match) return {};
    return { match_groups: match.slice(1).map((group) => group ?? null), match_groupdict: mapping(match.groups ?? {}) };
  } catch {
    return {}; // Perl's expressions are not all JavaScript's; the wait itself was right
  }
}
