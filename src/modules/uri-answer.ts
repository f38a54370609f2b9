import { isMapping, mapping, type Value, type Values } from '../base/value.js';
import type { Conclusion, Outcome } from './module.js';
import type { UriArguments } from './uri.js';
import { MARK } from './uri-script.js';

/** What typical statuses of curl mean for a person. */
const CURL: ReadonlyMap<number, string> = new Map([
  [6, 'the host cannot look up this name: see its /etc/resolv.conf'],
  [7, 'nothing listens there: see wait_for, and whether the service runs'],
  [28, 'it took too long: raise timeout'],
  [35, 'the two sides have no TLS in common'],
  [60, 'the certificate cannot be verified: give ca_path, or install the authority on the host'],
]);

interface Answer {
  readonly status: number;
  readonly redirected: boolean;
  readonly url: string;
  readonly headers: Values;
}

/** status, url, headers (`content_type`...), json and content, as Ansible registers them. */
export function concludeUri(args: UriArguments, outcomes: readonly Outcome[]): Conclusion {
  const first = outcomes[0];
  if (!first) return {};
  if (first.status === 127)
    return { failed: true, message: first.stderr.trim(), hint: 'install curl on the host: apt: { name: curl }' };
  const answer = readAnswer(first.stderr, args.url);
  if (!answer || answer.status === 0) {
    const said = first.stderr
      .split(MARK)[0]!
      .trim()
      .split('\n')
      .at(-1)!
      .replace(/^curl: \(\d+\) /, '');
    const hint = CURL.get(first.status);
    const message = `${args.method} ${args.url}: ${said || `curl ended with status ${first.status}`}`;
    return {
      failed: true,
      message,
      ...(hint === undefined ? {} : { hint }),
      result: mapping({ status: -1, url: args.url }),
    };
  }
  const { status, headers, redirected, url } = answer;
  // wget ends with 8 where the status is an error; a status that is wanted is none.
  const whole = first.status === 0 || (first.status === 8 && !first.stderr.includes(MARK));
  const good = args.status_code.includes(status) && whole;
  const content = first.stdout;
  const result = mapping({
    ...headers,
    status,
    url,
    redirected,
    elapsed: Math.floor(first.duration),
    ...(args.return_content || !good ? { content } : {}),
    ...(first.truncated ? { truncated: true } : {}),
    ...(isJson(headers['content_type']) && !first.truncated ? { json: parsed(content) } : {}),
    msg: good ? 'OK' : `the status was ${status} and not ${args.status_code.join(', ')}`,
  });
  const changed =
    args.dest === undefined ? {} : { changed: first.stderr.includes('\x1echanged\n') || outcomes.length > 1 };
  if (good) return { ...changed, result };
  const why = whole ? String(result['msg']) : first.stderr.split(MARK)[0]!.trim();
  return { failed: true, message: `${args.method} ${args.url}: ${why}`, result };
}

const isJson = (type: Value | undefined): boolean =>
  typeof type === 'string' && /^[a-z]+\/(?:[^;\s]+\+)?json\b/i.test(type);

function parsed(content: string): Value | undefined {
  try {
    return JSON.parse(content, (_, value: Value) => (isMapping(value) ? mapping(value) : value)) as Value;
  } catch {
    return undefined;
  }
}

/** curl: the marked line, then or before it the headers of every answer; wget: the headers, indented. */
function readAnswer(stderr: string, asked: string): Answer | undefined {
  const at = stderr.indexOf(MARK);
  const blocks = stderr.split(/^ *HTTP\/[\d.]+ /m).slice(1);
  const last = blocks.at(-1);
  const [code = '', redirects = '', url = ''] =
    at < 0 ? [] : stderr.slice(at + MARK.length, stderr.indexOf('\n', at)).split(' ');
  const status = at < 0 ? Number(last?.slice(0, 3)) : Number(code);
  if (!Number.isInteger(status)) return undefined;
  const headers = mapping({});
  for (const line of (last ?? '').split(/\r?\n/).slice(1)) {
    const match = /^ *([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)$/.exec(line);
    if (!match) break;
    const name = match[1]!.toLowerCase().replaceAll('-', '_');
    headers[name] = name in headers ? `${headers[name] as string}, ${match[2]}` : match[2]!;
  }
  return { status, redirected: at < 0 ? blocks.length > 1 : Number(redirects) > 0, url: at < 0 ? asked : url, headers };
}
