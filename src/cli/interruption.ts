import { exitCodes } from '../report/recap.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Watches for the wish to end a run: the first signal aborts (running actions end, nothing new begins),
 * the second ends the process at once.
 */
export function onInterruption(): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const heard = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort(name);
  };
  for (const name of SIGNALS) process.on(name, heard);
  return {
    signal: controller.signal,
    end: () => {
      for (const name of SIGNALS) process.off(name, heard);
    },
  };
}
