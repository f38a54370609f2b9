import { resolve } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import { Describer } from '../report/describe.js';
import type { Event } from '../report/event.js';
import { journalFolder } from '../report/journal-files.js';
import { listRuns, type RunSummary, readJournal } from '../report/journal-read.js';
import { styleFor } from '../report/style.js';
import { formatSeconds, oneLine, plural } from '../report/text.js';
import { count } from './flags/parse.js';

interface Values {
  readonly journal?: string;
  readonly verbose: number;
}

/** `hostwright journal [RUN]`. */
export function define(command: Command): void {
  command
    .argument('[RUN]', 'a run, or the beginning of its name; "last" is the newest')
    .option('--journal <FOLDER>', 'where the journals are')
    .option('-v, --verbose', 'tell more of the run (repeat for even more)', count, 0)
    .action(async (run: string | undefined, { journal, verbose }: Values) => {
      const folder = journal === undefined ? journalFolder() : resolve(journal);
      const runs = await listRuns(folder);
      const lines = run === undefined ? listed(runs, folder) : await shown(chosen(runs, run, folder), verbose);
      process.stdout.write(`${lines.join('\n')}\n`);
    });
}

function listed(runs: readonly RunSummary[], folder: string): string[] {
  if (runs.length === 0) return [`there are no runs in ${folder}`];
  return runs.map(({ run, started, playbooks, check, end }) => {
    const hosts = end ? plural(end.recap.size, 'host') : '';
    const changed = end ? [...end.recap.values()].reduce((sum, recap) => sum + recap.changed, 0) : 0;
    const outcome = end
      ? `exit ${end.exitCode}  ${hosts}  changed=${changed}  ${formatSeconds(end.seconds)}`
      : 'unfinished';
    return `${run}  ${started.slice(0, 19).replace('T', ' ')}  ${check ? 'check' : 'run'} ${playbooks.map(oneLine).join(', ')}  ${outcome}`;
  });
}

function chosen(runs: readonly RunSummary[], name: string, folder: string): RunSummary {
  if (name === 'last' && runs[0]) return runs[0];
  const found = runs.filter(({ run }) => run === name || run.startsWith(name));
  if (found.length === 1) return found[0]!;
  const names = runs.map(({ run }) => run);
  if (found.length > 1)
    throw new InputError({
      message: `${found.length} runs begin with "${name}"`,
      hint: found.map(({ run }) => run).join(', '),
    });
  throw new InputError({
    message: `there is no run "${name}" in ${folder}`,
    hint: didYouMean(name, names) ?? 'hostwright journal lists them',
  });
}

/** A run told again, with the round trips to each host. */
async function shown({ run, file, started }: RunSummary, verbosity: number): Promise<string[]> {
  const { events, unfinished, damaged } = await readJournal(file);
  const describer = new Describer(styleFor(process.stdout), verbosity);
  return [
    `run ${run}, started ${started}`,
    ...events.flatMap((event) => describer.describe(event)),
    ...(unfinished ? ['', 'unfinished: it was killed, or still goes on'] : []),
    ...(damaged > 0 ? [`${plural(damaged, 'line')} of the journal could not be read`] : []),
    '',
    'ROUND TRIPS',
    ...roundTrips(events),
  ];
}

function roundTrips(events: readonly Event[]): string[] {
  const hosts = new Map<string, { trips: number; sent: number; received: number; seconds: number }>();
  for (const event of events) {
    if (event.type !== 'round-trip') continue;
    const sum = hosts.get(event.host) ?? { trips: 0, sent: 0, received: 0, seconds: 0 };
    sum.trips++;
    sum.sent += event.bytesSent;
    sum.received += event.bytesReceived;
    sum.seconds += event.seconds;
    hosts.set(event.host, sum);
  }
  return [...hosts].map(
    ([host, { trips, sent, received, seconds }]) =>
      `${oneLine(host)} : ${plural(trips, 'round trip')}, ${sent} bytes sent, ${received} received, ${seconds.toFixed(3)} s`,
  );
}
