/** What a view of the terminal does when the process is ended, stopped (^Z) and continued. */
export interface TerminalSignals {
  /** The process ends now: put the terminal right. */
  leave(): void;
  /** The process is stopped: the shell gets the terminal. */
  stop(): void;
  /** The process goes on, on a terminal that others wrote to. */
  go(): void;
}

const ending = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * Listens for what would leave a terminal in a bad state; the answer stops listening. A signal that
 * nobody else handles still ends the process, as it would have without us; where somebody does (the run
 * ends in good order), nothing is done here.
 */
export function onSignals({ leave, stop, go }: TerminalSignals): () => void {
  const end = (signal: NodeJS.Signals) => {
    if (process.listenerCount(signal) > 1) return;
    leave();
    off();
    process.kill(process.pid, signal);
  };
  const suspend = () => {
    stop();
    process.kill(process.pid, 'SIGSTOP');
  };
  const off = () => {
    for (const signal of ending) process.off(signal, end);
    process.off('SIGTSTP', suspend);
    process.off('SIGCONT', go);
    process.off('exit', leave);
  };
  for (const signal of ending) process.on(signal, end);
  process.on('SIGTSTP', suspend);
  process.on('SIGCONT', go);
  process.on('exit', leave);
  return off;
}
