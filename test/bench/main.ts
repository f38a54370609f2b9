import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { labDown, labList, labUp } from '../../src/lab/lab.js';
import { measureCases } from './cases.js';
import { programContender, runScript } from './contenders.js';
import { measureController } from './controller.js';
import { documentText, type Report, tables } from './document.js';
import { type BenchOptions, readOptions, USAGE } from './options.js';
import { numbers } from './play.js';
import { profileReport } from './profile.js';
import { type Program, program, ROOT, recordProfile } from './program.js';
import { type Sites, writeSites } from './sites.js';
import { surroundings } from './surroundings.js';

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
    if (options.profile) await profile(tool, sites);
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

async function profile(tool: Program, sites: Sites): Promise<void> {
  for (const site of [sites.one, sites.many]) {
    await runScript(site, 'make');
    await programContender(tool, 0).run(site);
    const folder = await recordProfile(tool, site);
    console.log(`\n== ${site.hosts.length} host(s), nothing to change (profile in ${folder})`);
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
