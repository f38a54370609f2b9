import type { Event, Reporter } from './event.js';
import type { Redactor } from './redact.js';
import { EventRedactor } from './redact-event.js';

export interface FanOutOptions {
  /** Takes secrets out of every event before any reporter sees it. */
  readonly redactor?: Redactor;
  /** Where it is told that a reporter was dropped and none is left to tell it. Default: standard error. */
  readonly warn?: (text: string) => void;
}

/** A reporter may say what it is called, for the warning when it fails. */
export type NamedReporter = Reporter & { readonly name?: string };

/**
 * One reporter out of many: each event goes to all, in order. A reporter that throws is dropped with a
 * warning to the others, and the run goes on. `close` closes all, also those that were dropped.
 */
export function fanOut(reporters: readonly NamedReporter[], options: FanOutOptions = {}): Reporter {
  const live = new Set(reporters);
  const cleaner = options.redactor && new EventRedactor(options.redactor);
  const warn = options.warn ?? ((text: string) => void process.stderr.write(`[WARNING]: ${text}\n`));

  const complaint = (reporter: NamedReporter, error: unknown) => {
    const text = `the ${reporter.name ?? 'unnamed'} reporter failed: ${error instanceof Error ? error.message : error}`;
    return options.redactor ? options.redactor.redact(text) : text;
  };

  const send = (event: Event): void => {
    let lost: string[] | undefined;
    for (const reporter of live) {
      try {
        reporter.on(event);
      } catch (error) {
        live.delete(reporter);
        lost ??= [];
        lost.push(`${complaint(reporter, error)}; it is left out from here on`);
      }
    }
    for (const text of lost ?? []) {
      if (live.size === 0) warn(text);
      else send({ type: 'warning', text });
    }
  };

  return {
    on(event) {
      if (!cleaner) return send(event);
      for (const cleaned of cleaner.pass(event)) send(cleaned);
    },
    async close() {
      for (const event of cleaner?.flush(() => true) ?? []) send(event);
      await Promise.all(
        reporters.map(async (reporter) => {
          try {
            await reporter.close();
          } catch (error) {
            warn(complaint(reporter, error));
          }
        }),
      );
    },
  };
}
