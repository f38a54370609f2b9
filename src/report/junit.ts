import { formatPlace } from '../base/place.js';
import { writeAtomically } from './atomic-file.js';
import type { Event, Reporter, TaskLabel, TaskResult } from './event.js';
import { escapeMarkup } from './markup.js';
import { OutputTails } from './output-tail.js';
import { lastLines } from './text.js';

export interface JunitOptions {
  readonly file: string;
  /** Milliseconds since 1970; default Date.now. */
  readonly now?: () => number;
}

/** Last lines of a failed command's output that are kept. */
const tailLines = 100;

/** One play on one host. */
interface Suite {
  readonly play: string;
  readonly host: string;
  readonly timestamp: string;
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
  seconds: number;
  cases: string;
}

/** Why and where, for the text of a failure. */
function detail(task: TaskLabel, result: TaskResult, tail: string): string {
  const lines = [`at ${formatPlace(task.place)}`];
  if (result.message) lines.push(result.message);
  if (result.hint) lines.push(`hint: ${result.hint}`);
  const streams = [result.values.stdout, result.values.stderr].filter((text) => typeof text === 'string');
  for (const text of streams.some((stream) => stream !== '') ? streams : [tail])
    lines.push(...lastLines(text, tailLines));
  return escapeMarkup(lines.join('\n'));
}

function testCase({ play, host }: Suite, task: TaskLabel, result: TaskResult, tail: string): string {
  const name = escapeMarkup(task.role ? `${task.role} : ${task.name}` : task.name);
  const place = `file="${escapeMarkup(task.place.file)}" line="${task.place.line}"`;
  const time = result.duration.toFixed(3);
  const head = `<testcase classname="${escapeMarkup(`${play}.${host}`)}" name="${name}" ${place} time="${time}"`;
  const message = escapeMarkup(result.message ?? result.status);
  const forgiven = result.ignored ? 'ignored' : result.rescued ? 'rescued' : undefined;
  let body = '';
  if (result.status === 'skipped') body = `<skipped message="${message}"/>`;
  else if (result.status === 'unknown')
    body = `<skipped message="${escapeMarkup(`unknown in check mode: ${result.message ?? ''}`)}"/>`;
  else if (result.status === 'changed')
    body = `<system-out>changed${result.message ? `: ${message}` : ''}</system-out>`;
  else if (result.status === 'failed' || result.status === 'unreachable') {
    const text = detail(task, result, tail);
    const element = result.status === 'failed' ? 'failure' : 'error';
    if (forgiven) body = `<system-out>${result.status}, ${forgiven}\n${text}</system-out>`;
    else body = `<${element} type="${result.status}" message="${message}">${text}</${element}>`;
  }
  return body === '' ? `    ${head}/>\n` : `    ${head}>${body}</testcase>\n`;
}

function count(suite: Suite, result: TaskResult): void {
  suite.tests++;
  suite.seconds += result.duration;
  if (result.status === 'skipped' || result.status === 'unknown') suite.skipped++;
  if (result.ignored || result.rescued) return;
  if (result.status === 'failed') suite.failures++;
  if (result.status === 'unreachable') suite.errors++;
}

function* document(suites: Iterable<Suite>, seconds: number): Iterable<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="hostwright" time="${seconds.toFixed(3)}">\n`;
  for (const suite of suites) {
    const counts = `tests="${suite.tests}" failures="${suite.failures}" errors="${suite.errors}" skipped="${suite.skipped}"`;
    const names = `name="${escapeMarkup(`${suite.play} on ${suite.host}`)}" hostname="${escapeMarkup(suite.host)}"`;
    const times = `time="${suite.seconds.toFixed(3)}" timestamp="${suite.timestamp}"`;
    yield `  <testsuite ${names} ${counts} ${times}>\n${suite.cases}  </testsuite>\n`;
  }
  yield '</testsuites>\n';
}

/**
 * A JUnit XML file, as CI servers read it: a suite per play and host, a case per task. A failed task is
 * a failure, an unreachable host an error; ignored and rescued ones pass, with a note. Written when the
 * run ends, also after an interruption.
 */
export function junitReporter({ file, now = Date.now }: JunitOptions): Reporter & { readonly name: string } {
  const suites = new Map<string, Suite>();
  const tails = new OutputTails();
  let play = { number: 0, name: '' };
  let seconds = 0;

  const suiteOf = (host: string): Suite => {
    const key = `${play.number} ${host}`;
    let suite = suites.get(key);
    if (!suite) {
      const timestamp = new Date(now()).toISOString();
      suite = { play: play.name, host, timestamp, tests: 0, failures: 0, errors: 0, skipped: 0, seconds: 0, cases: '' };
      suites.set(key, suite);
    }
    return suite;
  };

  return {
    name: 'junit',
    on(event: Event) {
      if (event.type === 'play-start') play = { number: play.number + 1, name: event.name };
      else if (event.type === 'task-output') tails.add(event.host, event.task, event.chunk);
      else if (event.type === 'run-end') seconds = event.seconds;
      else if (event.type === 'task-result') {
        const suite = suiteOf(event.host);
        count(suite, event.result);
        suite.cases += testCase(suite, event.task, event.result, tails.take(event.host, event.task));
      }
    },
    close: () => writeAtomically(file, document(suites.values(), seconds)),
  };
}
