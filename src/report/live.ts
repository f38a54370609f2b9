import { Describer } from './describe.js';
import type { Event, Reporter } from './event.js';
import { liveFrame } from './live-frame.js';
import { LiveState } from './live-state.js';
import type { PlainOptions } from './plain.js';
import { Screen } from './screen.js';
import { onSignals } from './signals.js';
import { styleFor } from './style.js';

/** Milliseconds between two redraws at least; and, while something runs, at most (elapsed times go on). */
const shortest = 100;
const longest = 1000;

export interface LiveReporter extends Reporter {
  readonly name: string;
  /** Takes the view away, for a question on the terminal; events are kept. */
  suspend(): void;
  resume(): void;
}

/**
 * The view for a terminal: finished lines that matter stay above, below only what runs now, redrawn at
 * most ten times a second. An event costs a few map operations; a frame costs the rows it shows.
 */
export function liveReporter(options: PlainOptions = {}): LiveReporter {
  const stream = options.stream ?? process.stdout;
  const style = styleFor(stream, options.env);
  const describer = new Describer(style, options.verbosity ?? 0);
  const state = new LiveState();
  const screen = new Screen(stream);
  let staying: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let drawn = Number.NEGATIVE_INFINITY;
  let dirty = false;
  let status: 'shown' | 'suspended' | 'closed' = 'shown';

  const now = () => performance.now();

  const draw = () => {
    timer = undefined;
    if (status !== 'shown') return;
    drawn = now();
    dirty = false;
    const lines = staying;
    staying = [];
    screen.draw(lines, liveFrame(state, stream.columns || 80, stream.rows || 24, drawn, style));
    schedule();
  };

  /** The next frame: soon when something changed, else when a second has passed. */
  const schedule = () => {
    if (status !== 'shown') return;
    const wait = dirty ? shortest : longest;
    clearTimeout(timer);
    timer = setTimeout(draw, Math.max(0, Math.ceil(drawn + wait - now())));
    timer.unref();
  };

  const stain = () => {
    if (dirty) return;
    dirty = true;
    schedule();
  };

  stream.on?.('resize', stain);
  // The terminal is gone: the run goes on without a view.
  stream.on?.('error', () => {
    status = 'closed';
  });
  const offSignals = onSignals({
    leave: () => screen.restoreCursor(),
    stop: () => screen.release(),
    go: () => {
      screen.forget();
      stain();
    },
  });

  return {
    name: 'live',
    on(event: Event) {
      const changed = state.apply(event, now());
      const lines = describer.describe(event);
      for (const line of lines) staying.push(line);
      if (changed || lines.length > 0) stain();
    },
    suspend() {
      if (status !== 'shown') return;
      screen.draw(staying, []);
      staying = [];
      screen.release();
      status = 'suspended';
    },
    resume() {
      if (status !== 'suspended') return;
      status = 'shown';
      stain();
      schedule();
    },
    async close() {
      clearTimeout(timer);
      offSignals();
      stream.off?.('resize', stain);
      if (status === 'closed') return;
      screen.draw(staying, []);
      staying = [];
      screen.restoreCursor();
      status = 'closed';
      await new Promise<void>((resolve) => {
        stream.write('', () => resolve());
      });
    },
  };
}
