import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { labDown, labList, labUp } from '../../src/lab/lab.js';
import { measureCases } from './cases.js';
import { runScript } from './contenders.js';
import { measureController } from './controller.js';
import { documentText, type Report, tables } from './document.js';
import { type BenchOptions, isBare, readOptions, USAGE, wayOf } from './options.js';
import { numbers } from './play.js';
import { profileReport } from './profile.js';
import { type Program, program, ROOT, recordProfile } from './program.js';
import { type Sites, writeSites } from './sites.js';
import { surroundings } from './surroundings.js';
import { title } from './verdict.js';

const LAB = 'bench';
const options = optionsOrEnd();
if (options === undefined) console.log(USAGE);
else await bench(options);

async function bench(options: BenchOptions): Promise<void> {
  const tool = program(options.program);
  const around = surroundings(tool, options.peers);
  const before = (await labList(ROOT)).some(({ name }) => name === LAB);
  const names = [
    ...numbers(options.hosts).map((i) => `b${i + 1}`),
    ...(options.peers ? numbers(options.peerHosts).map((i) => `peer${i + 1}`) : []),
  ];
  const hosts = names.map((name) => ({ name, release: 'bookworm' as const }));
  const lab = await labUp({ name: LAB, root: ROOT, provider: 'nspawn', hosts, onProgress: console.error });
  const folder = join(ROOT, '.hostwright', 'bench');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sites = await writeSites(lab, options, folder);
  try {
    if (options.profile) await profile(options, tool, sites);
    else await compare(options, tool, sites, around);
  } finally {
    await sites.close();
    // A lab that was there before stays.
    if (!options.keep && !before) await labDown({ name: LAB, root: ROOT });
    if (!options.profile && !options.keep) rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(
  options: BenchOptions,
  tool: Program,
  sites: Sites,
  around: Report['surroundings'],
): Promise<void> {
  if (sites.peers) await runScript(sites.peers.many ?? sites.peers.one, 'python');
  const cases = await measureCases(options, tool, sites, console.error);
  const controller = options.cases.has('controller') ? await measureController(tool, sites, options.runs) : undefined;
  const report = { surroundings: around, cases, controller };
  console.log(tables(report));
  if (options.output !== undefined) writeFileSync(resolve(ROOT, options.output), documentText(report));
}

async function profile({ cases, whole }: BenchOptions, tool: Program, sites: Sites): Promise<void> {
  const wanted = whole ? (['1-host', 'many-hosts'] as const) : [...cases].filter((name) => name !== 'controller');
  for (const name of wanted) {
    const site = sites[wayOf(name)];
    const folder = join(site.folder, 'profile');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    for (const _ of numbers(3)) {
      await runScript(site, isBare(name) ? 'reset' : 'make');
      await recordProfile(tool, site, folder);
    }
    console.log(`\n== ${title({ name, hosts: site.hosts.length })} (profiles in ${folder})`);
    console.log(profileReport(folder, ROOT));
  }
}

function optionsOrEnd(): BenchOptions | undefined {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(1);
  }
}
