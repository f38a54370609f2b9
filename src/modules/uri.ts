import { posix } from 'node:path';
import { TaskError } from '../base/error.js';
import { ask } from '../probes/registry.js';
import { fileOptions } from './file-attributes.js';
import { resolveMode } from './mode.js';
import { defineModule, type State } from './module.js';
import type { Arguments } from './options.js';
import { concludeUri } from './uri-answer.js';
import { uriInput, uriScript } from './uri-script.js';

const options = {
  url: { type: 'str', required: true, description: 'Where to ask, seen from the host.' },
  method: { type: 'str', default: 'GET', description: 'HTTP method.' },
  body: { type: 'raw', description: 'What to send; a mapping or list goes with body_format.' },
  body_format: {
    type: 'str',
    choices: ['raw', 'json', 'form-urlencoded'],
    default: 'raw',
    description: 'How the body is written; sets Content-Type.',
  },
  headers: { type: 'dict', default: {}, description: 'Headers to send.' },
  status_code: { type: 'list', elements: 'int', default: [200], description: 'Answers that are well.' },
  return_content: {
    type: 'bool',
    default: false,
    description: 'Register the body of the answer as content, also where it is well.',
  },
  url_username: { type: 'str', aliases: ['user'], description: 'Name for basic authentication.' },
  url_password: { type: 'str', aliases: ['password'], secret: true, description: 'Password for basic authentication.' },
  force_basic_auth: {
    type: 'bool',
    default: false,
    description: 'Taken for the sake of old playbooks: credentials are always sent at once.',
  },
  validate_certs: { type: 'bool', default: true, description: 'Refuse certificates that cannot be verified.' },
  ca_path: { type: 'path', description: 'File of certificates on the host to trust.' },
  client_cert: { type: 'path', description: 'Certificate on the host to show.' },
  client_key: { type: 'path', description: 'Key of that certificate, on the host.' },
  unix_socket: { type: 'path', description: 'Socket on the host to ask through.' },
  use_proxy: { type: 'bool', default: true, description: "Go through the proxy that the host's environment names." },
  http_agent: { type: 'str', default: 'hostwright', description: 'What to say as User-Agent.' },
  timeout: { type: 'int', default: 30, description: 'Seconds for the whole exchange.' },
  follow_redirects: {
    type: 'str',
    choices: ['safe', 'all', 'none', 'urllib2', 'yes', 'no'],
    default: 'safe',
    description: 'safe: where nothing is sent (GET, HEAD).',
  },
  dest: { type: 'path', description: 'File on the host for the body of the answer.' },
  creates: { type: 'path', description: 'Path on the host: where it exists, nothing is asked.' },
  removes: { type: 'path', description: 'Path on the host: where it does not exist, nothing is asked.' },
  ...fileOptions,
} as const;

export type UriArguments = Arguments<typeof options>;

export const uri = defineModule({
  name: 'uri',
  description: 'Asks a web server, from the host.',
  options,
  examples: `
- uri: { url: 'https://example.org/health', status_code: [200, 204] }
  register: health
- uri:
    url: http://127.0.0.1:9200/_cluster/settings
    method: PUT
    body_format: json
    body: { persistent: { action.auto_create_index: false } }
`,
  probes: ({ creates, removes }) =>
    [creates, removes].flatMap((path) => (path === undefined ? [] : [ask('stat', path)])),
  plan: (args, state) => {
    if (!/^https?:\/\/[^\s/]/i.test(args.url))
      throw new TaskError(`"${args.url}" is not a URL of a web server`, 'begin it with http:// or https://');
    if (!/^[A-Za-z]+$/.test(args.method)) throw new TaskError(`"${args.method}" is not an HTTP method`);
    const quiet = (reason: string) => ({ actions: [], message: reason, result: { msg: `skipped, since ${reason}` } });
    if (args.creates !== undefined && state.read(ask('stat', args.creates))) return quiet(`${args.creates} exists`);
    if (args.removes !== undefined && !state.read(ask('stat', args.removes)))
      return quiet(`${args.removes} does not exist`);
    const dest = args.dest === undefined ? undefined : destination(args.dest, args.url, state);
    const { config, body } = uriInput(args);
    const action = {
      kind: 'run' as const,
      argv: ['sh', '-c', uriScript(args, config.length, dest)],
      stdin: Buffer.concat([config, body]),
      timeout: args.timeout + 10,
      effects: dest === undefined ? [] : [{ type: 'stale-below' as const, path: dest }],
    };
    const mode = args.mode === undefined ? undefined : resolveMode(args.mode, 0o644, false);
    const own = dest !== undefined && (mode !== undefined || args.owner !== undefined || args.group !== undefined);
    const attributes = { kind: 'attributes' as const, path: dest!, mode, owner: args.owner, group: args.group };
    return {
      actions: own ? [action, attributes] : [action],
      ...(dest === undefined ? { changed: false } : {}),
      unknown: 'what a server answers is known only by asking it',
    };
  },
  conclude: (args, outcomes) => concludeUri(args, outcomes),
});

/** Into a folder under the name at the end of the URL. */
function destination(dest: string, url: string, state: State): string {
  if (!posix.isAbsolute(dest)) throw new TaskError(`"${dest}" is not an absolute path`, 'begin it with /');
  const there = state.read(ask('stat', dest));
  if ((there?.followed ?? there)?.type !== 'directory') return dest;
  return posix.join(dest, posix.basename(url.replace(/[?#].*/, '').replace(/^https?:\/\/[^/]*/i, '')) || 'index.html');
}
