import { TaskError } from '../base/error.js';

/*
 * Downloads on the host, by whatever is there: curl, wget, or apt's own helper, which every Debian host
 * has. The address, headers and passwords come on stdin and go into files that only their owner reads.
 */

/** What to ask a server for. */
export interface Request {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly basicAuth: boolean;
  readonly validateCertificates: boolean;
  readonly useProxy: boolean;
  readonly agent: string;
  readonly clientCertificate?: string | undefined;
  readonly clientKey?: string | undefined;
}

/** @throws TaskError where it is none that can be fetched */
export function checkUrl(url: string): URL {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new TaskError(`"${url}" is not a URL`, 'write it whole, e.g. https://example.org/file');
  }
  if (!/^(https?|ftps?|file):$/.test(parsed.protocol))
    throw new TaskError(`"${url}": ${parsed.protocol} is not supported`, 'known: http, https, ftp, file');
  if (/[\s\0]/.test(url)) throw new TaskError(`"${url}" has a space in it`, 'write %20');
  return parsed;
}

/** Stdin of a script that begins with DOWNLOAD. */
export function requestText(request: Request): Buffer {
  const curl: string[] = [];
  const wget: string[] = [];
  const add = (curlName: string, wgetName: string | undefined, value: string): void => {
    if (/[\r\n\0]/.test(value)) throw new TaskError(`a value of the request has a line break in it: ${curlName}`);
    curl.push(`${curlName} = "${value.replace(/[\\"]/g, '\\$&')}"`);
    if (wgetName !== undefined) wget.push(`${wgetName} = ${value}`);
  };
  add('url', undefined, request.url);
  add('user-agent', 'user_agent', request.agent);
  for (const [name, value] of Object.entries(request.headers)) add('header', 'header', `${name}: ${value}`);
  if (request.user !== undefined) {
    add('user', undefined, `${request.user}:${request.password ?? ''}`);
    wget.push(`user = ${request.user}`, `password = ${request.password ?? ''}`);
    if (request.basicAuth) wget.push('auth_no_challenge = on');
    else curl.push('anyauth');
  }
  if (!request.validateCertificates) {
    curl.push('insecure');
    wget.push('check_certificate = off');
  }
  if (!request.useProxy) {
    curl.push('noproxy = "*"');
    wget.push('use_proxy = off');
  }
  if (request.clientCertificate !== undefined) add('cert', 'certificate', request.clientCertificate);
  if (request.clientKey !== undefined) add('key', 'private_key', request.clientKey);
  return Buffer.from(
    [request.url, isPlain(request) ? 'plain' : 'private', String(curl.length), ...curl, ...wget, ''].join('\n'),
  );
}

/** Nothing beside the address, and no secret in it: apt's helper can do that, and may have it among its arguments. */
function isPlain({
  url,
  headers,
  user,
  validateCertificates,
  useProxy,
  clientCertificate,
  clientKey,
}: Request): boolean {
  const { username, password } = new URL(url);
  const bare = Object.keys(headers).length === 0 && user === undefined && username === '' && password === '';
  return bare && validateCertificates && useProxy && clientCertificate === undefined && clientKey === undefined;
}

/**
 * POSIX sh. Reads stdin and defines `download FILE SECONDS`, which ends the script where it fails; $t is a
 * folder of its own that is removed at the end, `status` what the server said where that is known.
 */
export const DOWNLOAD = `
umask 077
f=
t=$(mktemp -d) || exit 1
trap 'rm -rf "$t" "$f"' EXIT
trap 'exit 130' HUP INT TERM
IFS= read -r url && IFS= read -r plain && IFS= read -r n || exit 1
printf '%s\\n' "$url" >"$t/url"
while [ "$n" -gt 0 ]; do
  IFS= read -r line
  printf '%s\\n' "$line"
  n=$((n - 1))
done >"$t/curl"
cat >"$t/wget"
status=
download() {
  if command -v curl >/dev/null; then
    status=$(curl -q -sSfL -K "$t/curl" --connect-timeout "$2" --speed-limit 1 --speed-time "$2" -o "$1" -w '%{http_code}')
  elif command -v wget >/dev/null; then
    WGETRC=$t/wget wget -nv --tries=1 --timeout="$2" -O "$1" -i "$t/url" 2>"$t/said" || { cat "$t/said" >&2; false; }
  elif [ "$plain" = plain ] && [ -x /usr/lib/apt/apt-helper ]; then
    /usr/lib/apt/apt-helper -qq -o APT::Sandbox::User=root -o Acquire::Retries=0 -o Acquire::http::Timeout="$2" -o Acquire::https::Timeout="$2" download-file "$url" "$t/file" >/dev/null && cat "$t/file" >"$1"
  else
    echo 'neither curl nor wget is there' >&2
    exit 127
  fi || exit 10
}
`;

/** Prints what is at an address, for looking only; no secrets, as the address is among the arguments. */
export function lookScript(url: string, seconds: number): string[] {
  const request = requestText({
    url,
    headers: {},
    basicAuth: false,
    validateCertificates: true,
    useProxy: true,
    agent: AGENT,
  });
  const script = `printf %s "$1" | {${DOWNLOAD}f=$t/list\ndownload "$f" "$2" && cat "$f"\n}`;
  return ['sh', '-c', script, 'download', request.toString(), String(seconds)];
}

/** As Ansible says it, for servers that look at it. */
export const AGENT = 'ansible-httpget';

/** What typical failures of a download mean. */
export const DOWNLOAD_FAILURES: readonly (readonly [RegExp, string])[] = [
  [/neither curl nor wget/, 'install curl'],
  [/error: 404|404 +Not Found|ERROR 404/i, 'the server does not have it: is the URL right?'],
  [
    /error: 40[13]|40[13] +(Unauthorized|Forbidden)|ERROR 40[13]/i,
    'the server wants other credentials: url_username, url_password, headers',
  ],
  [
    /certificate|SSL|TLS/i,
    'the certificate was not accepted: is ca-certificates installed, and the clock of the host right?',
  ],
  [/timed? ?out|too slow|Operation too slow/i, 'the server did not answer in time: raise timeout, or see the firewall'],
  [
    /Could not resolve|unable to resolve|Temporary failure/i,
    'the host cannot look up the name: see its /etc/resolv.conf',
  ],
  [/refused|Failed to connect|No route to host|unreachable/i, 'the server cannot be reached from the host'],
];
