import { randomBytes } from 'node:crypto';
import { access, constants, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../base/error.js';
import { makeFolders } from '../base/folders.js';

/** Makes sure, before a run, that its report can be written after it. Throws InputError. */
export async function prepareFile(file: string, option: string): Promise<void> {
  try {
    makeFolders(dirname(file));
    await access(dirname(file), constants.W_OK);
  } catch (error) {
    throw new InputError({ message: `${option} ${file}: its folder cannot be written: ${(error as Error).message}` });
  }
  if (
    await stat(file).then(
      (found) => found.isDirectory(),
      () => false,
    )
  ) {
    throw new InputError({ message: `${option} ${file}: is a directory`, hint: 'name a file' });
  }
}

/** Replaces a file as a whole: readers see the old or the new text, never a part. */
export async function writeAtomically(file: string, chunks: Iterable<string>): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      for (const chunk of chunks) await handle.writeFile(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
