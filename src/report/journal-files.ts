import { readdir, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Newest runs whose journals are kept. */
export const keptRuns = 100;

/** `${XDG_STATE_HOME:-~/.local/state}/hostwright/runs`; a relative XDG_STATE_HOME is ignored, as its standard asks. */
export function journalFolder(env: NodeJS.ProcessEnv = process.env): string {
  const state = env.XDG_STATE_HOME;
  const base = state && isAbsolute(state) ? state : join(env.HOME || homedir(), '.local', 'state');
  return join(base, 'hostwright', 'runs');
}

export interface JournalFile {
  readonly run: string;
  readonly file: string;
  /** When it was last written, in milliseconds since 1970. */
  readonly written: number;
}

/** The journals of a folder, newest first; none where there is no folder. */
export async function journalFiles(folder: string): Promise<JournalFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files: JournalFile[] = [];
  for (const name of names) {
    if (!name.endsWith('.jsonl')) continue;
    const file = join(folder, name);
    // Another run may be pruning at the same time.
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile()) files.push({ run: name.slice(0, -'.jsonl'.length), file, written: found.mtimeMs });
  }
  return files.sort((a, b) => b.written - a.written || (a.run < b.run ? 1 : -1));
}

/** Removes all but the newest runs; looks at times only when there are too many. */
export async function pruneRuns(folder: string, keep: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
  if (names.length <= keep) return;
  for (const { file } of (await journalFiles(folder)).slice(keep)) await rm(file, { force: true });
}
