import type { Reporter } from '../report/event.js';
import { loadReporter } from '../report/reporters.js';
import type { OutputValues } from './flags/output.js';

/** The reporter on the terminal, which can be taken away for a question. */
export type View = Reporter & { suspend?(): void; resume?(): void };

/**
 * Everything that tells of a run: the view, the journal, the reports that were asked for.
 * @param own tells the run in place of the plain and live views
 */
export async function makeReporters(
  { output, junit, report, journal, verbose }: OutputValues,
  own?: (verbosity: number) => Reporter,
): Promise<{ reporters: readonly Reporter[]; view: View }> {
  const form = output ?? (process.stdout.isTTY && process.env.TERM !== 'dumb' ? 'live' : 'plain');
  const view: View = own && form !== 'json' ? own(verbose) : await loadReporter(form, { verbosity: verbose });
  const reporters = [
    view,
    // An empty name is no folder: nothing is kept then.
    ...(journal === '' ? [] : [await loadReporter('journal', journal === undefined ? {} : { folder: journal })]),
    ...(junit === undefined ? [] : [await loadReporter('junit', { file: junit })]),
    ...(report === undefined ? [] : [await loadReporter('html', { file: report })]),
  ];
  return { reporters, view };
}
