/** How long a pattern from a user's file may search, in milliseconds. */
const LIMIT = 500;
/** A pattern that repeats at most once, on a text of this length, cannot take long. */
const SHORT = 10_000;
const LONGEST = 16 * 1024 * 1024;
const LONGEST_PATTERN = 2000;

/** A pattern is not a regular expression, or searches without end. */
export class PatternError extends Error {}

/**
 * A regular expression from a user's file. Flags at its start are read as Python has them (`(?i)`, `(?m)`, `(?s)`),
 * because that is how Ansible's are written.
 */
export function pattern(source: string, flags = ''): RegExp {
  if (source.length > LONGEST_PATTERN) throw new PatternError('the pattern is too long');
  const [, letters = '', rest = source] = /^\(\?([ims]{1,3})\)([\s\S]*)$/.exec(source) ?? [];
  try {
    return new RegExp(rest.replace(/\(\?P</g, '(?<'), [...new Set([...flags, ...letters])].join(''));
  } catch {
    throw new PatternError('the pattern is not a regular expression');
  }
}

/**
 * Whether matching can take more than linear time per start: JavaScript's engine tries everything, and
 * repetitions in or after one another multiply what there is to try.
 */
function isSuspect(source: string): boolean {
  const bare = source.replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]/g, 'x');
  return (bare.match(/[*+]|\{\d+,/g) ?? []).length > 1;
}

/** A script that calls `run` in a context of its own, which is the one way to put a limit on a search. */
let limited: ((run: () => unknown) => unknown) | undefined;

function makeLimited(): (run: () => unknown) => unknown {
  // Not imported above: most runs don't need it.
  const { createContext, Script } = process.getBuiltinModule('node:vm');
  const globals: { run?: () => unknown } = {};
  const context = createContext(globals);
  const script = new Script('run()');
  return (run) => {
    globals.run = run;
    return script.runInContext(context, { timeout: LIMIT });
  };
}

/** Runs a search, under a time limit where the pattern or the text could make it long (0.3 ms dearer). */
export function search<T>(expression: RegExp, text: string, run: (expression: RegExp, text: string) => T): T {
  if (text.length > LONGEST) throw new PatternError('the text is too long to search');
  if (text.length <= SHORT && !isSuspect(expression.source)) return run(expression, text);
  limited ??= makeLimited();
  try {
    return limited(() => run(expression, text)) as T;
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new PatternError('the pattern takes too long on this text');
  }
}
