import { type Contender, LOOK_UP, MAKE, programContender, runScript, scriptContender } from './contenders.js';
import { type BenchOptions, CASES, type CaseName, isBare, wayOf } from './options.js';
import { installedPeers } from './peers.js';
import { numbers } from './play.js';
import type { Program } from './program.js';
import type { Site } from './site.js';
import type { Sites } from './sites.js';

/** How many of the play's tasks change a bare host: all but the units and packages, which are there already. */
const CHANGES = 90;

/** The seconds of each contender's runs, in the order in which they were made. */
export interface CaseResult {
  readonly name: CaseName;
  readonly hosts: number;
  readonly seconds: ReadonlyMap<string, readonly number[]>;
}

export type Progress = (text: string) => void;

/** Measures all wanted cases but `controller`, one after the other, the contenders of each in turn. */
export async function measureCases(
  options: BenchOptions,
  program: Program,
  sites: Sites,
  progress: Progress,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const name of CASES) {
    if (name === 'controller' || !options.cases.has(name)) continue;
    const way = wayOf(name);
    const bare = isBare(name);
    const own = bare
      ? [scriptContender(MAKE, 'make'), programContender(program, CHANGES)]
      : [
          scriptContender(LOOK_UP, 'look-up'),
          scriptContender('coalesced script', 'coalesced'),
          programContender(program, 0),
        ];
    const peerSite = sites.peers?.[way];
    const peers =
      peerSite && name !== 'from-bare-100-ms' && name !== 'from-bare-many-hosts' ? peerEntries(peerSite, bare) : [];
    const rounds = bare ? Math.max(1, Math.round(options.runs / 2)) : options.runs;
    const entries = [...own.map((contender) => ({ contender, site: sites[way], rounds })), ...peers];
    progress(`${name}: ${entries.map(({ contender }) => contender.name).join(', ')}`);
    results.push({ name, hosts: sites[way].hosts.length, seconds: await inTurn(entries, bare, progress) });
  }
  return results;
}

interface Entry {
  readonly contender: Contender;
  readonly site: Site;
  readonly rounds: number;
  /** What goes wrong with it is told, and the others go on. */
  readonly optional?: boolean;
}

// The peers take so long that one run of each has to do.
function peerEntries(site: Site, bare: boolean): Entry[] {
  return installedPeers(bare ? CHANGES : 0).map((contender) => ({ contender, site, rounds: 1, optional: true }));
}

async function inTurn(entries: readonly Entry[], bare: boolean, progress: Progress) {
  const seconds = new Map(entries.map(({ contender }) => [contender.name, [] as number[]]));
  for (const site of new Set(entries.map((entry) => entry.site))) {
    // Once before the clock runs: what is read from disk is in memory then, for everyone.
    if (!bare) await runScript(site, 'make');
    await runScript(site, bare ? 'reset' : 'look-up');
  }
  for (const round of numbers(Math.max(...entries.map(({ rounds }) => rounds)))) {
    for (const { contender, site, rounds, optional } of entries) {
      if (round >= rounds) continue;
      try {
        const taken = await once(contender, site, bare);
        seconds.get(contender.name)?.push(taken);
        progress(`  ${contender.name}: ${taken.toFixed(2)} s`);
      } catch (error) {
        if (!optional) throw error;
        progress(`  ${contender.name}: given up: ${(error as Error).message.split('\n')[0]}`);
      }
    }
  }
  return seconds;
}

async function once(contender: Contender, site: Site, bare: boolean): Promise<number> {
  if (bare) await runScript(site, 'reset');
  const seconds = await contender.run(site);
  // Whoever made it: the hosts must be as the play wants them.
  if (bare) await runScript(site, 'look-up');
  return seconds;
}
