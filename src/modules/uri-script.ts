import { posix } from 'node:path';
import { TaskError } from '../base/error.js';
import { quote } from '../base/quote.js';
import { isMapping, type Value } from '../base/value.js';
import type { UriArguments } from './uri.js';

/** Begins the line that tells what came of the exchange, behind curl's own complaints. */
export const MARK = '\x1ehostwright ';

/**
 * The shell text. Its stdin holds `configLength` bytes of curl's options (URL and secrets among them), then
 * the body to send. The answer's body goes to stdout (or to `dest`), the marked line and the headers to stderr.
 */
export function uriScript(args: UriArguments, configLength: number, dest: string | undefined): string {
  const note =
    `-w '%{stderr}${MARK.replace('\x1e', '\\036')}%{http_code} %{num_redirects} %{url_effective}\\n'`.replace(
      '\\036',
      '\x1e',
    );
  const simple =
    args.method.toUpperCase() === 'GET' &&
    args.body === undefined &&
    Object.keys(args.headers).length === 0 &&
    args.url_username === undefined;
  const fallback =
    simple && dest === undefined
      ? `elif command -v wget >/dev/null; then
  sed -n 's/^url = "\\(.*\\)"$/\\1/p' | wget -nv -S -t 1 -T ${args.timeout} -U ${quote(args.http_agent)}${args.validate_certs ? '' : ' --no-check-certificate'} -O - ${wgetRedirects(args)} --content-on-error -i -
`
      : '';
  const missing = `else
  echo 'curl is not installed${fallback === '' ? '' : ', and neither is wget'}' >&2
  exit 127
fi`;
  const curl =
    dest === undefined
      ? `  { h=$(request -D /dev/fd/5 ${note} 5>&1 2>&1 >&4); r=$?; } 4>&1
  if [ $r = 0 ]; then printf '%s\\n' "$h" >&2; else printf '%s\\n' "$h" | grep '^curl: ' >&2; fi
  exit $r
`
      : intoFile(dest, note, args);
  return `if command -v curl >/dev/null; then
  c=$(dd bs=${configLength} count=1 iflag=fullblock 2>/dev/null) && exec 7<&0 || exit 1
  request() {
    printf '%s\\n' "$c" | { curl -K /dev/fd/8 "$@" 8<&0 <&7; }
  }
${curl}${fallback}${missing}`;
}

const wgetRedirects = ({ follow_redirects }: UriArguments): string =>
  `--max-redirect=${follow_redirects === 'none' || follow_redirects === 'no' ? 0 : 20}`;

/** The body lands at `dest` in one step, and only where the server was well and it differs. */
function intoFile(dest: string, note: string, { status_code }: UriArguments): string {
  const temporary = posix.join(posix.dirname(dest), `.${posix.basename(dest).slice(0, 200)}.hostwright.XXXXXX`);
  return `  t=$(mktemp ${quote(temporary)}) || exit 1
  trap 'rm -f "$t"' EXIT
  m=$(request -o "$t" -D /dev/stderr ${note.replace('%{stderr}', '').replace('\\n', '')}) || exit $?
  printf '%s\\n' "$m" >&2
  s=\${m#* }
  case " ${status_code.join(' ')} " in *" \${s%% *} "*) ;; *) cat "$t"; exit 0 ;; esac
  if [ -f ${quote(dest)} ] && cmp -s "$t" ${quote(dest)}; then exit 0; fi
  chmod 0644 "$t" && sync "$t" && mv -fT -- "$t" ${quote(dest)} && printf '\\036changed\\n' >&2
  exit $?
`;
}

/** curl's options in the form of its configuration file, and the body: nothing of them is in an argument list. */
export function uriInput(args: UriArguments): { readonly config: Buffer; readonly body: Buffer } {
  const lines: string[] = [
    'silent',
    'show-error',
    option('url', args.url),
    option('request', args.method.toUpperCase()),
  ];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined) lines.push(option(name, value));
  };
  if (args.method.toUpperCase() === 'HEAD') lines.push('head');
  const headers = new Map(
    Object.entries(args.headers).map(([name, value]) => [name.toLowerCase(), headerLine(name, value)]),
  );
  const content = body(args);
  const type =
    args.body_format === 'json'
      ? 'application/json'
      : args.body_format === 'form-urlencoded'
        ? 'application/x-www-form-urlencoded'
        : undefined;
  if (content !== undefined && !headers.has('content-type'))
    headers.set('content-type', type === undefined ? 'Content-Type:' : `Content-Type: ${type}`);
  for (const header of headers.values()) add('header', header);
  if (content !== undefined) add('data-binary', '@-');
  if (args.url_username !== undefined) add('user', `${args.url_username}:${args.url_password ?? ''}`);
  add('user-agent', headers.has('user-agent') ? undefined : args.http_agent);
  if (!args.validate_certs) lines.push('insecure');
  add('cacert', args.ca_path);
  add('cert', args.client_cert);
  add('key', args.client_key);
  add('unix-socket', args.unix_socket);
  if (!args.use_proxy) add('noproxy', '*');
  add('max-time', String(args.timeout));
  if (follows(args)) lines.push('location', 'max-redirs = 20', 'proto-redir = "=http,https"');
  return { config: Buffer.from(`${lines.join('\n')}\n`), body: Buffer.from(content ?? '') };
}

function follows({ follow_redirects, method }: UriArguments): boolean {
  if (follow_redirects === 'all' || follow_redirects === 'yes') return true;
  return follow_redirects !== 'none' && follow_redirects !== 'no' && /^(GET|HEAD)$/i.test(method);
}

/** A quoted value: curl knows these escapes only. */
function option(name: string, value: string): string {
  if (value.includes('\0')) throw new TaskError(`${name} holds a NUL byte`);
  const escapes: Readonly<Record<string, string>> = {
    '\\': '\\\\',
    '"': '\\"',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\v': '\\v',
  };
  return `${name} = "${value.replace(/[\\"\n\r\t\v]/g, (char) => escapes[char]!)}"`;
}

function headerLine(name: string, value: Value): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || /[\r\n]/.test(text))
    throw new TaskError(`"${name}" is not a header of one line`);
  // curl leaves a header without value out unless it ends in a semicolon.
  return text === '' ? `${name};` : `${name}: ${text}`;
}

function body({ body: content, body_format }: UriArguments): string | undefined {
  if (content === undefined) return undefined;
  if (typeof content === 'string') return content;
  if (body_format !== 'form-urlencoded') return JSON.stringify(content);
  const fields = new URLSearchParams();
  const pairs = isMapping(content) ? Object.entries(content) : Array.isArray(content) ? content.map(pair) : undefined;
  if (!pairs) throw new TaskError('the body of a form is a mapping, or a list of pairs');
  for (const [name, value] of pairs)
    for (const each of Array.isArray(value) ? value : [value]) fields.append(name, asField(each));
  return fields.toString();
}

function pair(entry: Value): [string, Value] {
  if (!Array.isArray(entry) || entry.length !== 2)
    throw new TaskError('the body of a form is a mapping, or a list of pairs');
  return [String(entry[0]), entry[1]!];
}

const asField = (value: Value): string =>
  value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
