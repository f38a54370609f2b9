import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Measured, measure } from './measure.js';
import { type Program, runProgram } from './program.js';
import { AS_WANTED } from './scripts.js';
import { launcher, outputOf, type ScriptName, type Site, sshCommand } from './site.js';

/** One of those that are compared. */
export interface Contender {
  readonly name: string;
  /** Makes one run and gives its wall clock in seconds; throws where anything went wrong or is not as expected. */
  run(site: Site): Promise<number>;
}

/** The reference of the cases with nothing to change, and of those from bare. */
export const LOOK_UP = 'script';
export const MAKE = 'script that makes it';
export const OURS = 'hostwright';

/** A script over one `ssh HOST sh < SCRIPT` per host, all hosts at once; checks what each host answered. */
export async function runScript(site: Site, script: ScriptName): Promise<number> {
  const [only, ...others] = site.hosts;
  if (only === undefined) throw new Error('a site without hosts');
  if (others.length === 0) {
    const input = join(site.folder, `${script}.${only.name}.sh`);
    const ran = await measure(sshCommand(site, only), { folder: site.folder, input });
    expectAsWanted(only.name, script, ran.output);
    return ran.seconds;
  }
  const ran = await measure(['sh', launcher(site, script)], { folder: site.folder });
  for (const host of site.hosts) expectAsWanted(host.name, script, readFileSync(outputOf(site, script, host), 'utf8'));
  return ran.seconds;
}

export function scriptContender(name: string, script: ScriptName): Contender {
  return { name, run: (site) => runScript(site, script) };
}

/** The program under test; `changed` is how many tasks must change on each host. */
export function programContender(program: Program, changed: number): Contender {
  return {
    name: OURS,
    run: async (site) => {
      const ran = await runProgram(program, site);
      expectRecap(site, ran, changed);
      return ran.seconds;
    },
  };
}

/** Checks the recap, which is in Ansible's words for every tool. */
export function expectRecap(site: Site, ran: Measured, changed: number): void {
  const tail = ran.output.slice(-3000);
  if (ran.status !== 0) throw new Error(`the run ended with ${ran.status}:\n${tail}`);
  for (const { name } of site.hosts) {
    const line = ran.output.split('\n').find((each) => each.startsWith(`${name} `) && each.includes('changed='));
    const found = /changed=(\d+) +unreachable=0 +failed=0/.exec(line ?? '')?.[1];
    if (found !== String(changed)) throw new Error(`${name}: ${found ?? 'no'} changed, not ${changed}:\n${tail}`);
  }
}

function expectAsWanted(host: string, script: string, output: string): void {
  if (output.trimEnd().endsWith(AS_WANTED) && !output.includes('differs:')) return;
  throw new Error(`${script} on ${host}:\n${output.slice(-2000)}`);
}
