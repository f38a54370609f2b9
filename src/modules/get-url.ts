import { posix } from 'node:path';
import { type Effect, predict } from '../actions/action.js';
import { freshStat, looksAgain, octal, ownership } from '../actions/paths.js';
import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import type { Values } from '../base/value.js';
import { ask } from '../probes/registry.js';
import { checksumProbe, readChecksum } from './checksum.js';
import { AGENT, checkUrl, DOWNLOAD, DOWNLOAD_FAILURES, requestText } from './download.js';
import { explain } from './failure.js';
import { fileOptions, planAttributes, writtenAttributes } from './file-attributes.js';
import { type Checksum, nameOf, readExpected } from './get-url-checksum.js';
import { hostPath, pathProbes, realFile, typeName } from './host-path.js';
import { type Change, defineModule } from './module.js';
import type { Arguments } from './options.js';
import { backupName } from './write-file.js';

const options = {
  url: { type: 'str', required: true, description: 'http, https, ftp or file URL, as the host sees it.' },
  dest: {
    type: 'path',
    required: true,
    description: 'Absolute path on the host; a folder for the name that the URL ends in.',
  },
  checksum: { type: 'str', description: 'ALGORITHM:HEX, or ALGORITHM:URL of a list of checksums.' },
  force: {
    type: 'bool',
    default: false,
    aliases: ['thirsty'],
    description: 'Download also where the file is there, and replace it where it differs.',
  },
  backup: {
    type: 'bool',
    default: false,
    description: 'Keep the old file beside the new one, with the time in its name.',
  },
  headers: { type: 'dict', secret: true, description: 'HTTP headers of the request.' },
  timeout: { type: 'int', default: 10, description: 'Seconds to wait for the connection, and for data to go on.' },
  url_username: { type: 'str', aliases: ['username'], description: 'User name for the server.' },
  url_password: { type: 'str', aliases: ['password'], secret: true, description: 'Password for the server.' },
  force_basic_auth: { type: 'bool', default: false, description: 'Send name and password with the first request.' },
  validate_certs: { type: 'bool', default: true, description: 'Verify the certificate of the server.' },
  use_proxy: { type: 'bool', default: true, description: 'Use the proxy that the environment names.' },
  http_agent: { type: 'str', default: AGENT, description: 'What the request says it comes from.' },
  client_cert: { type: 'path', description: 'PEM file on the host with a certificate to show.' },
  client_key: { type: 'path', description: 'PEM file on the host with its key.' },
  ...fileOptions,
} as const;

type UrlArguments = Arguments<typeof options>;

/** dest mode owner algorithm checksum backup seconds */
const SCRIPT = `${DOWNLOAD}
f=$(mktemp "\${1%/*}/.hostwright.XXXXXXXXXX") || exit 1
download "$f" "$7"
if [ -n "$5" ]; then
  have=$("$4"sum <"$f") || exit 1
  [ "\${have%% *}" = "$5" ] || { echo "what arrived has the $4 checksum \${have%% *}, not $5" >&2; exit 11; }
fi
sum=$(sha1sum <"$f")
set -- "$@" "$(stat -c %s "$f")"
changed=no
if [ ! -f "$1" ] || [ -L "$1" ] || ! cmp -s "$f" "$1"; then
  changed=yes
  { [ -z "$6" ] || [ ! -f "$1" ] || cp -p -- "$1" "$6"; } && { [ -z "$3" ] || chown -- "$3" "$f"; } &&
    chmod -- "$2" "$f" && sync "$f" && mv -fT -- "$f" "$1" || exit 1
fi
printf '%s\\n' "$changed" "$status" "$8" "\${sum%% *}"
`;

export const getUrl = defineModule({
  name: 'get_url',
  description: 'Downloads a file to the host.',
  options,
  rules: { requiredTogether: [['client_cert', 'client_key']] },
  examples: `
- get_url: { url: 'https://example.org/app-1.2.tar.gz', dest: /opt/app.tar.gz, checksum: 'sha256:https://example.org/SHA256SUMS', mode: '0644' }
- get_url: { url: 'https://example.org/list', dest: /etc/app/, force: true, headers: { X-Token: abc } }
`,
  probes: ({ dest, checksum }, context) =>
    pathProbes(dest, context, (path) => {
      const algorithm = /^(md5|sha\d+):/.exec(checksum ?? '')?.[1];
      const digest = algorithm === 'sha256' || algorithm === 'sha1' ? [checksumProbe(algorithm, path)] : [];
      return [ask('stat', path), ask('stat', posix.dirname(path)), ...digest];
    }),
  plan: (args, state, context): Change => {
    checkUrl(args.url);
    const named = hostPath(args.dest, state, context);
    const inFolder = args.dest.endsWith('/') || realFile(named, state).stat?.type === 'directory';
    const path = inFolder ? posix.join(named, nameOf(args.url)) : named;
    const real = realFile(path, state);
    if (real.stat && real.stat.type !== 'file')
      throw new TaskError(`${path} is a ${typeName(real.stat.type)}, not a file`);
    const folder = posix.dirname(real.path);
    if (!real.stat && realFile(folder, state).stat?.type !== 'directory') {
      throw new TaskError(`the folder ${folder} does not exist`, 'make it first: file: {path: ..., state: directory}');
    }
    const expected =
      args.checksum === undefined || args.checksum === ''
        ? undefined
        : readExpected(args.checksum, args.url, args.timeout, state);
    const result: Values = { url: args.url, dest: path };
    const attributes = real.stat ? planAttributes(real.path, real.stat, args, state) : undefined;
    const after = attributes ? { actions: [attributes.action], diff: [attributes.diff] } : { actions: [], diff: [] };
    const same =
      real.stat !== null &&
      expected !== undefined &&
      readChecksum(expected.algorithm, real.path, state) === expected.value;
    // With a checksum the content can be no other; without one Ansible looks again at what is in a folder.
    const settled = real.stat !== null && (same || (expected === undefined && !args.force && !inFolder));
    if (settled)
      return {
        ...after,
        result: {
          ...result,
          msg: attributes ? 'file already exists but file attributes changed' : 'file already exists',
        },
      };
    const old = expected === undefined && real.stat ? 'only a download tells whether the file differs' : undefined;
    return {
      actions: [download(real.path, expected, args, state, context), ...after.actions],
      diff: [{ subject: path, note: `downloaded from ${withoutSecrets(args.url)}` }, ...after.diff],
      ...(old === undefined ? {} : { unknown: old }),
      result,
    };
  },
  conclude: (args, outcomes, change) => {
    const [first] = outcomes;
    if (!first || change.actions[0]?.kind !== 'run') return {};
    if (first.status !== 0)
      return { failed: true, ...explain(`downloading ${withoutSecrets(args.url)}`, first, DOWNLOAD_FAILURES) };
    const [changed, status, size, sum] = first.stdout.split('\n');
    const attributes = change.actions.length > 1;
    const result: Values = {
      msg: changed === 'yes' ? 'OK' : 'file already exists',
      size: Number(size),
      checksum_src: sum!,
      checksum_dest: sum!,
    };
    if (/^\d+$/.test(status ?? '')) result.status_code = Number(status);
    return outcomes.every((outcome) => outcome.status === 0)
      ? { changed: changed === 'yes' || attributes, result }
      : {};
  },
});

function download(
  path: string,
  expected: Checksum | undefined,
  args: UrlArguments,
  state: Parameters<typeof realFile>[1],
  context: Parameters<typeof hostPath>[2],
): Action {
  const before = realFile(path, state).stat;
  const attributes = writtenAttributes(path, before, args, state, context.user);
  const digest = before && args.backup ? (state.read(ask('digest', path)) ?? '') : '';
  const backup = before && args.backup ? backupName(path, digest, context) : '';
  const headers = Object.fromEntries(Object.entries(args.headers ?? {}).map(([name, value]) => [name, String(value)]));
  const stdin = requestText({
    url: args.url,
    headers,
    user: args.url_username,
    password: args.url_password,
    basicAuth: args.force_basic_auth,
    validateCertificates: args.validate_certs,
    useProxy: args.use_proxy,
    agent: args.http_agent,
    clientCertificate: args.client_cert,
    clientKey: args.client_key,
  });
  const words = [
    path,
    octal(attributes.mode),
    ownership(attributes) ?? '',
    expected?.algorithm ?? '',
    expected?.value ?? '',
    backup,
    String(args.timeout),
  ];
  const digestAfter: Effect =
    expected?.algorithm === 'sha256'
      ? predict(ask('digest', path), expected.value)
      : { type: 'stale', probe: ask('digest', path) };
  return {
    kind: 'run',
    argv: ['sh', '-c', SCRIPT, 'get_url', ...words],
    stdin,
    environment: context.environment,
    ...(context.timeout === undefined ? {} : { timeout: context.timeout }),
    effects: [
      predict(ask('stat', path), freshStat('file', attributes)),
      digestAfter,
      { type: 'stale', probe: ask('content', path) },
      looksAgain,
    ],
  };
}

/** A URL as it may be shown. */
function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//');
}
