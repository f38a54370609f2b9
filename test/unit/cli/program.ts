import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that is gone after the tests, with files by path. */
export function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'hostwright-cli-'));
  folders.push(path);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

let program: Promise<string> | undefined;

/** The command line of these sources, built into a folder inside the project, where it finds its packages. */
function built(): Promise<string> {
  program ??= (async () => {
    const outdir = mkdtempSync(join(root, 'node_modules', '.hostwright-cli-test-'));
    folders.push(outdir);
    const banner = "import{createRequire as hw_r}from'node:module';const require=hw_r(import.meta.url);";
    await build({
      absWorkingDir: root,
      entryPoints: { 'dist/cli/main': 'src/cli/main.ts' },
      outdir,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      banner: { js: banner },
      logLevel: 'error',
    });
    writeFileSync(join(outdir, 'package.json'), '{ "type": "module", "version": "9.8.7" }');
    return join(outdir, 'dist/cli/main.js');
  })();
  return program;
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CallOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with all of standard output so far. */
  readonly onOutput?: (text: string, child: { kill(signal: NodeJS.Signals): void }) => void;
}

/** Calls the command line with its output in pipes. */
export async function hostwright(
  args: readonly string[],
  { cwd = root, env = {}, onOutput }: CallOptions = {},
): Promise<Outcome> {
  const file = await built();
  const state = folder();
  const base: NodeJS.ProcessEnv = { PATH: process.env.PATH, HOME: state, XDG_STATE_HOME: state };
  const child = spawn(process.execPath, [file, ...args], {
    cwd,
    env: { ...base, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    onOutput?.(stdout, { kill: (signal) => child.kill(signal) });
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { code, stdout, stderr };
}
