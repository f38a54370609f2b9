import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { ask, type Probe } from '../probes/registry.js';
import { explainApt } from './apt-failure.js';
import { fetchLists, listsDue, listsProbes, wantsLists } from './apt-lists.js';
import { type AptArguments, aptOptions } from './apt-options.js';
import { packageSpec, planPackages } from './apt-packages.js';
import { planAutoremove, planClean, planDeb, planFixed, planUpgrade } from './apt-system.js';
import { type Change, type Conclusion, defineModule, type Outcome, type PlanContext, type State } from './module.js';

export const apt = defineModule({
  name: 'apt',
  description: 'Packages of Debian and its derivatives.',
  options: aptOptions,
  rules: {
    mutuallyExclusive: [
      ['name', 'deb'],
      ['name', 'upgrade'],
      ['deb', 'upgrade'],
    ],
  },
  examples: `
- apt: { name: [nginx, 'postgresql-15=15.*'], update_cache: true, cache_valid_time: 3600 }
- apt: { name: telnet, state: absent, purge: true }
- apt: { upgrade: dist, update_cache: true }
`,
  probes: (args) => {
    const probes: Probe[] = [];
    if (wantsLists(args) && args.cache_valid_time > 0) probes.push(...listsProbes);
    const specs = (args.name ?? []).map(packageSpec).filter(({ name }) => !/[*?[]/.test(name));
    probes.push(...specs.map(({ name }) => ask('package', name)));
    if (args.state === 'latest' && args.default_release === undefined) {
      probes.push(...specs.flatMap(({ name }) => [ask('candidate', name), ask('provided', name)]));
    }
    return probes;
  },
  plan: (args, state, context) => {
    const due = listsDue(args, state, context);
    const parts = planParts(args, due, state, context);
    const others = parts.flatMap((part) => part.actions);
    const actions: Action[] = due ? [fetchLists(args, context), ...others] : others;
    const nothingElse = parts.length === 0;
    return {
      actions,
      // Fetching the lists counts only where nothing else was asked for, as in Ansible.
      changed: nothingElse ? due : others.length > 0,
      diff:
        nothingElse && due ? [{ subject: 'package lists', note: 'fetched' }] : parts.flatMap((part) => part.diff ?? []),
      ...(parts.some((part) => part.unknown) && !parts.some((part) => part.diff?.length)
        ? { unknown: parts.find((part) => part.unknown)!.unknown! }
        : {}),
      result: { cache_updated: due },
    };
  },
  conclude: (args, outcomes, change) => conclude(args, outcomes, change),
});

function planParts(args: AptArguments, due: boolean, state: State, context: PlanContext): Change[] {
  const parts: Change[] = [];
  if (args.state === 'build-dep')
    throw new TaskError('state: build-dep is not supported', 'command: apt-get -y build-dep NAME');
  if (args.upgrade !== 'no' && args.upgrade !== 'false') parts.push(planUpgrade(args, due, state, context));
  if (args.deb !== undefined) parts.push(planDeb(args, state, context));
  if (args.state === 'fixed') parts.push(planFixed(args, state, context));
  if (args.name !== undefined && args.name.length > 0 && args.state !== 'fixed')
    parts.push(planPackages(args, due, state, context));
  if (args.autoremove && args.name === undefined && parts.length === 0)
    parts.push(planAutoremove(args, state, context));
  if (args.clean) parts.push(planClean(args, 'clean', state, context));
  else if (args.autoclean) parts.push(planClean(args, 'autoclean', state, context));
  return parts;
}

/** apt-get's last line but detail: what was done, in numbers. */
const SUMMARY =
  /^(\d+) upgraded, (\d+) newly installed,(?: (\d+) reinstalled,)?(?: (\d+) downgraded,)? (\d+) to remove and \d+ not upgraded\.$/m;

function conclude(args: AptArguments, outcomes: readonly Outcome[], change: Change): Conclusion {
  const last = outcomes.at(-1);
  if (!last) return {};
  const result = { stdout: last.stdout, stderr: last.stderr };
  if (last.status !== 0) {
    const what =
      args.name !== undefined && outcomes.length === change.actions.length
        ? `apt-get for ${args.name.join(', ')}`
        : 'apt-get';
    return { failed: true, ...explainApt(what, last), result };
  }
  const summaries = outcomes.flatMap(({ stdout }) => SUMMARY.exec(stdout) ?? []);
  if (!change.unknown || summaries.length === 0) return { result };
  // Only the run could tell: nothing moved where all numbers are 0.
  const moved = outcomes.some(
    ({ stdout }) =>
      SUMMARY.exec(stdout)
        ?.slice(1)
        .some((count) => Number(count ?? 0) > 0) || /^Setting up /m.test(stdout),
  );
  return { changed: moved, result };
}
