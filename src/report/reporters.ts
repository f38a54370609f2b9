import type { Reporter } from './event.js';
import type { OutputStream } from './output.js';

export interface ReporterOptions {
  /** Where plain, live and json write; default standard output. */
  readonly stream?: OutputStream;
  /** `-v` counted; default 0. */
  readonly verbosity?: number;
  /** Default: the process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** The file of junit and html; required for them. */
  readonly file?: string;
  /** The folder of the journal; default the user's. */
  readonly folder?: string;
}

type Made = Reporter & { readonly name: string };

/** The file of a reporter that writes one, known to be writable. Throws InputError. */
async function fileOf({ file }: ReporterOptions, option: string): Promise<string> {
  const { prepareFile } = await import('./atomic-file.js');
  if (file === undefined) throw new TypeError(`${option} needs a file`);
  await prepareFile(file, option);
  return file;
}

/** All reporters; a run loads only those that it uses. A new one is a file and a line here. */
export const reporters = {
  plain: async (options: ReporterOptions): Promise<Made> => (await import('./plain.js')).plainReporter(options),
  live: async (options: ReporterOptions): Promise<Made> => (await import('./live.js')).liveReporter(options),
  json: async (options: ReporterOptions): Promise<Made> => (await import('./json.js')).jsonReporter(options),
  junit: async (options: ReporterOptions): Promise<Made> => {
    const file = await fileOf(options, '--junit');
    return (await import('./junit.js')).junitReporter({ file });
  },
  html: async (options: ReporterOptions): Promise<Made> => {
    const file = await fileOf(options, '--report');
    return (await import('./html.js')).htmlReporter({ file });
  },
  journal: async (options: ReporterOptions): Promise<Made> =>
    (await import('./journal.js')).journalReporter(options.folder === undefined ? {} : { folder: options.folder }),
} as const;

export type ReporterName = keyof typeof reporters;

/** The reporter of that name, loaded now. Throws InputError where its file cannot be written. */
export function loadReporter(name: ReporterName, options: ReporterOptions = {}): Promise<Made> {
  return reporters[name](options);
}
