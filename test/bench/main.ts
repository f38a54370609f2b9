import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { labDown, labList, labUp } from '../../src/lab/lab.js';
import { programContender, runScript } from './contenders.js';
import { numbers } from './play.js';
import { type BenchOptions, readOptions, USAGE } from './options.js';
import { profileReport } from './profile.js';
import { program, ROOT, recordProfile } from './program.js';
import { type Sites, writeSites } from './sites.js';

const LAB = 'bench';
const options = optionsOrEnd();
if (options === undefined) console.log(USAGE);
else await bench(options);

async function bench(options: BenchOptions): Promise<void> {
  const tool = program(options.program);
  const before = (await labList(ROOT)).some(({ name }) => name === LAB);
  const hosts = [
    ...numbers(options.hosts).map((i) => `b${i + 1}`),
    ...(options.peers ? numbers(options.peerHosts).map((i) => `peer${i + 1}`) : []),
  ];
  const lab = await labUp({
    name: LAB,
    root: ROOT,
    provider: 'nspawn',
    hosts: hosts.map((name) => ({ name, release: 'bookworm' })),
  });
  const folder = join(ROOT, '.hostwright', 'bench');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sites = await writeSites(lab, options, folder);
  try {
    if (options.profile) await profile(options, tool, sites);
    else console.log('not yet');
  } finally {
    await sites.close();
    // A lab that was there before stays.
    if (!options.keep && !before) await labDown({ name: LAB, root: ROOT });
    if (!options.profile && !options.keep) rmSync(folder, { recursive: true, force: true });
  }
}

async function profile(options: BenchOptions, tool: ReturnType<typeof program>, sites: Sites): Promise<void> {
  for (const site of [sites.one, sites.many]) {
    await runScript(site, 'make');
    await programContender(tool, 0).run(site);
    const folder = await recordProfile(tool, site);
    console.log(`\n== ${site.hosts.length} of ${options.hosts} hosts, nothing to change (profiles in ${folder})`);
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
