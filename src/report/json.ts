import { encodeEvent } from './encode.js';
import type { Reporter } from './event.js';
import { Output, type OutputStream } from './output.js';

export interface JsonOptions {
  /** Default: standard output. */
  readonly stream?: OutputStream;
  /** Milliseconds since 1970; default Date.now. */
  readonly now?: () => number;
}

/**
 * NDJSON for programs: each line is one JSON object, one event, in order.
 *
 * Every object has `time` (ISO 8601, UTC) and `type`; the other fields are those of `Event` in event.ts,
 * under the same names, seconds as numbers. In short:
 *   run-start {run, playbooks[], check, diff}          play-start {name, place, hosts[]}
 *   batch-start {hosts[]}                              connected {host, seconds}
 *   task-start {host, task}                            task-output {host, task, stream, chunk}
 *   task-item, task-result {host, task, result}        task-retry {host, task, attempt, retries, message}
 *   message {host?, task?, text}                       warning {host?, text, place?, hint?}
 *   host-end {host}                                    handlers-pending {host, handlers[]}
 *   round-trip {host, user, probes, actions, bytesSent, bytesReceived, seconds}
 *   interrupted {signal, standing: [{host, task?, state}]}
 *   run-end {recap: {HOST: {ok, changed, unreachable, failed, skipped, rescued, ignored, unknown, roundTrips}},
 *            seconds, exitCode}
 * with place {file, line, col}, task {id, name, module, place, role?, handler} and result {status, message?,
 * hint?, values, diff: [{subject, before?, after?, note?}], duration, ignored, rescued, item?, delegatedTo?}.
 * The last line of a run that was not killed is `run-end`. New types and fields may be added; those here
 * keep their names and meanings. A reader skips what it does not know.
 */
export function jsonReporter(options: JsonOptions = {}): Reporter & { readonly name: string } {
  const output = new Output(options.stream ?? process.stdout);
  const now = options.now ?? Date.now;
  return {
    name: 'json',
    on: (event) => output.write(`${encodeEvent(event, now())}\n`),
    close: () => output.close(),
  };
}
