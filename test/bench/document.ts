import type { CaseResult } from './cases.js';
import type { ControllerResult } from './controller.js';
import { median } from './measure.js';
import { judgement, ratio, title, verdicts } from './verdict.js';

export interface Report {
  /** The machine, the versions and the date: label and text. */
  readonly surroundings: readonly (readonly [string, string])[];
  readonly cases: readonly CaseResult[];
  readonly controller?: ControllerResult;
}

/** The tables, as Markdown. */
export function tables({ cases, controller }: Report): string {
  const judged = verdicts(cases, controller).map((verdict) => [
    verdict.what,
    `${rounded(verdict.value)}${verdict.unit}`,
    `${verdict.bar}${verdict.unit}`,
    verdict.aim === undefined ? '' : String(verdict.aim),
    judgement(verdict) === 'missed' ? '**missed**' : judgement(verdict),
  ]);
  const measured = cases.flatMap((result) =>
    [...result.seconds].map(([contender, seconds], index) => [
      index === 0 ? title(result) : '',
      contender,
      seconds.length === 0 ? 'given up' : rounded(median(seconds)),
      seconds.length < 2 ? '' : `${rounded(Math.min(...seconds))} to ${rounded(Math.max(...seconds))}`,
      String(seconds.length),
      seconds.length === 0 ? '' : rounded(ratio(result, contender)),
    ]),
  );
  const parts = [
    `## What is asked for\n\nTimes are ratios to the hand-written script of the same case, median to median.\n\n${table(
      ['', 'measured', 'at most', 'aim', ''],
      judged,
    )}`,
  ];
  if (measured.length > 0) {
    const head = ['case', 'by', 'median, s', 'from, to', 'runs', 'ratio'];
    parts.push(`## Wall clock\n\nProcess start included.\n\n${table(head, measured)}`);
  }
  if (controller !== undefined) parts.push(controllerTable(controller));
  return parts.join('\n\n');
}

/** docs/benchmarks.md as a whole. */
export function documentText(report: Report): string {
  const surroundings = report.surroundings.map(([label, text]) => `- ${label}: ${text}`).join('\n');
  return `# Benchmarks

Written by \`npm run bench\`; numbers of one run, made on:

${surroundings}

${tables(report)}

${METHOD}`;
}

function controllerTable({ hosts, empty, one, many }: ControllerResult): string {
  const rows = [
    ['a play without tasks', empty],
    ['the play at 1 host', one],
    [`the play at ${hosts} hosts`, many],
  ] as const;
  const cells = rows.map(([what, cost]) => [what, rounded(cost.cpu * 1000), rounded(cost.memory / 1e6)]);
  return `## The controller\n\nNothing to change; user and system time of all threads, and the most memory held.\n\n${table(
    ['', 'CPU, ms', 'memory, MB'],
    cells,
  )}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function rounded(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : String(Number(value.toFixed(2)));
}

const METHOD = `## How it is measured

The play has 100 tasks: 20 directories, 30 files, 20 lines of one file, 5 groups, 5 users, 10 cron jobs, 5 units
and 5 packages, with facts gathered. It is the very same file for every tool (\`test/bench/play.ts\` makes it).

- **script** is what an administrator would write: one \`ssh HOST sh < SCRIPT\` that looks the 135 things up by hand,
  one after the other (each path by stat, each file also by sha256sum, each line by grep, each account by getent, each
  cron job by crontab, each unit by systemctl, each package by dpkg-query), and says what differs. At many hosts, as
  many ssh processes at once, until the last has ended.
- **coalesced script** asks the same with one program for all of a kind. It is there for comparison.
- **script that makes it** makes the same changes by hand in the same way. It does not flush what it writes to the
  disk, as hostwright does for each file.
- **hostwright** is \`node dist/cli/main.js run bench.yml -i inventory.yml\`, plain output into a file.
- Ansible gets hosts of its own, with python3 and python3-apt installed; at least as many forks as hosts; and one run of each,
  given up after five minutes.

All log in with the same kind of key, to hosts whose key is known, and share no connection (Ansible keeps its own
master connections, as it does by default). Contenders take turns; the times are medians. From bare, the hosts are
reset before each run and checked by the look-up script after it, whoever made the changes. The link with latency is
a proxy that delays each direction by 50 ms and a new connection by 100 ms (\`test/bench/proxy.ts\`). Hosts are
systemd-nspawn containers on the same machine, so that their work competes with the controller's for its processors.

## How to repeat it

On Debian 12, as root:

    npm ci && npm run build
    npm run bench                     # the table above, about ten minutes
    npm run bench -- --peers          # with Ansible, where it is installed (apt-get install ansible ansible-mitogen)
    npm run bench -- --quick          # a first impression, only printed
    npm run bench -- --profile        # where the time goes
    npm run bench -- --help

It brings up a lab named \`bench\` and takes it down again, unless that was up before. After an interruption it is still
there: \`hostwright lab down --name bench\`.
`;
