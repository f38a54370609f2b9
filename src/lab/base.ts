import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type AptSettings, architecture } from './debian.js';
import { withLock } from './lock.js';
import { mustRun } from './process.js';
import { CUSTOMIZE, PACKAGES } from './recipe.js';
import type { Release } from './state.js';

export type Progress = (message: string) => void;

/** The folder where base trees are kept: `$XDG_CACHE_HOME` or `~/.cache`, then `hostwright/lab`. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const cache = environment.XDG_CACHE_HOME;
  return join(cache?.startsWith('/') ? cache : join(homedir(), '.cache'), 'hostwright', 'lab');
}

/** The name of a base tree: another package, recipe, mirror or architecture gives another tree. */
export function baseName(release: Release, apt: AptSettings, machine: string): string {
  const recipe = JSON.stringify([release, machine, PACKAGES, CUSTOMIZE, apt.sources, apt.configuration]);
  return `base-${release}-${createHash('sha256').update(recipe).digest('hex').slice(0, 16)}`;
}

/** The path of the base tree of a release; builds it (about 25 s) when the cache doesn't hold it. */
export async function baseTree(
  release: Release,
  apt: AptSettings,
  progress: Progress = () => undefined,
): Promise<string> {
  const machine = await architecture();
  const cache = cacheFolder();
  const path = join(cache, baseName(release, apt, machine));
  if (existsSync(path)) return path;
  await withLock(
    `${path}.lock`,
    async () => {
      if (existsSync(path)) return;
      // The lock is held, so any half tree here is of a builder that died.
      for (const entry of readdirSync(cache)) {
        if (entry.startsWith(`.building-${release}-`))
          rmSync(join(cache, entry), { recursive: true, force: true, maxRetries: 10 });
      }
      progress(`building the base tree of Debian ${release} (once; about half a minute)`);
      await build(release, apt, cache, path);
    },
    (pid) => progress(`waiting for process ${pid}, which builds the base tree of Debian ${release}`),
  );
  return path;
}

// A namespace of its own that the kernel empties when this process ends, however it ends: no orphan goes on building.
const UNTIL_OUR_END = [
  ...['setpriv', '--pdeathsig', 'KILL', '--'],
  ...['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--'],
];

async function build(release: Release, apt: AptSettings, cache: string, path: string): Promise<void> {
  const folder = join(cache, `.building-${release}-${process.pid}`);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const customize = join(folder, 'customize');
  writeFileSync(customize, CUSTOMIZE);
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  try {
    await mustRun(
      [
        ...UNTIL_OUR_END,
        'mmdebstrap',
        '--mode=root',
        '--variant=minbase',
        '--skip=cleanup/apt/lists',
        '--format=directory',
        `--include=${PACKAGES.join(',')}`,
        `--keyring=${keyring}`,
        ...['Acquire::Languages "none";', ...apt.configuration].map((line) => `--aptopt=${line}`),
        `--customize-hook=sh ${shellWord(customize)} "$1"`,
        release,
        join(folder, 'tree'),
        '-',
      ],
      { input: `${apt.sources.join('\n')}\n`, env: { ...process.env, LC_ALL: 'C.UTF-8', TMPDIR: '/tmp' } },
    );
    renameSync(join(folder, 'tree'), path);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
