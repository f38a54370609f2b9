#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { cachedDataVersionTag, setFlagsFromString } from 'node:v8';
import { Script, constants as scripts } from 'node:vm';

/*
 * Starts the built command line (hostwright.js beside this file) with the machine code that V8 made of it
 * before: compiling is half of what a short run costs the processor. Node has this built in from 22.8 on;
 * we start with 20. The cache is kept beside the program where that may be written, else in the user's own
 * cache folder; it is made by the first command that does real work, so that it holds what such commands use.
 */

/** Set by the build: the hash of hostwright.js, as V8 compares no more than the length of a source. */
declare const PROGRAM_HASH: string;

/** Commands whose code is worth keeping: those that go to hosts. */
const WORTHWHILE = new Set(['run', 'check', 'exec', 'ping', 'facts']);

const file = join(__dirname, 'hostwright.js');
const name = `hostwright-${PROGRAM_HASH}-${cachedDataVersionTag()}.cache`;

function cacheFolders(): string[] {
  const { XDG_CACHE_HOME, HOME } = process.env;
  const own = XDG_CACHE_HOME?.startsWith('/') ? XDG_CACHE_HOME : join(HOME || homedir(), '.cache');
  return [__dirname, join(own, 'hostwright')];
}

function readCache(): Buffer | undefined {
  for (const folder of cacheFolders()) {
    try {
      return readFileSync(join(folder, name));
    } catch {}
  }
  return undefined;
}

/** Says whether a file is what an earlier build of the program left. */
const isOutdated = (file: string): boolean =>
  /^hostwright-[0-9a-f]+-\d+\.cache$/.test(file) && !file.startsWith(`hostwright-${PROGRAM_HASH}-`);

/** Keeps the code; a cache is a convenience, so nothing is said where it cannot be written. */
function writeCache(data: Buffer): void {
  for (const folder of cacheFolders()) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      accessSync(folder, constants.W_OK);
      const temporary = join(folder, `.${name}.${randomBytes(6).toString('hex')}`);
      writeFileSync(temporary, data, { mode: 0o644, flag: 'wx' });
      renameSync(temporary, join(folder, name));
      for (const other of readdirSync(folder)) if (isOutdated(other)) unlinkSync(join(folder, other));
      return;
    } catch {}
  }
}

// Most runs are over before optimised code pays for the threads that make it (a quarter of the processor
// time of a run at 20 hosts); longer ones get it after a while.
setFlagsFromString('--no-opt');
setTimeout(() => setFlagsFromString('--opt'), 5000).unref();

const cachedData = readCache();
// On one line, so that line numbers of stacks are those of the file; the build writes nothing but ASCII.
const text = `(function(exports,require,module,__filename,__dirname){${readFileSync(file, 'latin1')}\n})`;
const script = new Script(text, {
  filename: file,
  importModuleDynamically: scripts.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  ...(cachedData ? { cachedData } : {}),
});
if ((!cachedData || script.cachedDataRejected) && WORTHWHILE.has(process.argv[2] ?? '')) {
  process.once('exit', (code) => {
    if (code !== 1) writeCache(script.createCachedData());
  });
}
const program = { exports: {} };
script.runInThisContext()(program.exports, createRequire(file), program, file, dirname(file));
