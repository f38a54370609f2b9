import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Measured, measure } from './measure.js';
import type { Site } from './site.js';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** How the program under test is started: its file, and whether it needs tsx. */
export interface Program {
  readonly file: string;
  readonly node: readonly string[];
}

/** The shipped form, or `file` where another one is asked for. */
export function program(file = join(ROOT, 'dist', 'cli', 'main.js')): Program {
  if (!existsSync(file)) throw new Error(`${file} is not there: npm run build`);
  return { file: resolve(file), node: file.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [] };
}

export interface RunProgramOptions {
  readonly play?: string;
  /** More arguments for Node itself. */
  readonly node?: readonly string[];
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** `hostwright run PLAY -i INVENTORY` as a person runs it, its output into a file. */
export async function runProgram(program: Program, site: Site, options: RunProgramOptions = {}): Promise<Measured> {
  const node = [...program.node, ...(options.node ?? [])];
  const run = ['run', options.play ?? site.play, '-i', site.inventory, ...(options.args ?? [])];
  return await measure([process.execPath, ...node, program.file, ...run], {
    folder: site.folder,
    environment: options.environment,
  });
}

/** What a run cost the controller: CPU seconds of all its threads, and the most memory it held, in bytes. */
export interface ControllerCost {
  readonly cpu: number;
  readonly memory: number;
}

/** Runs a play and asks the process itself, as it ends, what it used. */
export async function controllerCost(program: Program, site: Site, play: string): Promise<ControllerCost> {
  const hook = join(site.folder, 'usage.mjs');
  const file = join(site.folder, 'usage.json');
  writeFileSync(hook, USAGE_HOOK);
  rmSync(file, { force: true });
  const environment = { HOSTWRIGHT_BENCH_USAGE: file };
  const ran = await runProgram(program, site, { play, node: ['--import', pathToFileURL(hook).href], environment });
  if (ran.status !== 0) throw new Error(`the run ended with ${ran.status}:\n${ran.output.slice(-2000)}`);
  const usage = JSON.parse(readFileSync(file, 'utf8')) as NodeJS.ResourceUsage;
  return { cpu: (usage.userCPUTime + usage.systemCPUTime) / 1e6, memory: usage.maxRSS * 1024 };
}

const USAGE_HOOK = `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(process.env.HOSTWRIGHT_BENCH_USAGE, JSON.stringify(process.resourceUsage())));
`;

/** The most round trips that any host of the site needed for its play. */
export async function roundTrips(program: Program, site: Site): Promise<number> {
  const { output } = await runProgram(program, site, { args: ['--output', 'json'] });
  const end = output.split('\n').findLast((line) => line.startsWith('{') && line.includes('"run-end"'));
  if (end === undefined) throw new Error(`no run-end event in:\n${output.slice(-2000)}`);
  const { recap } = JSON.parse(end) as { recap: Record<string, { roundTrips: number }> };
  return Math.max(...Object.values(recap).map((host) => host.roundTrips));
}

/** Makes a run under V8's profiler, which leaves a `.cpuprofile` in the folder. */
export async function recordProfile(program: Program, site: Site, folder: string): Promise<void> {
  const node = ['--cpu-prof', '--cpu-prof-dir', folder, '--cpu-prof-interval', '200'];
  const ran = await runProgram(program, site, { node });
  if (ran.status !== 0) throw new Error(`the run ended with ${ran.status}:\n${ran.output.slice(-2000)}`);
}
