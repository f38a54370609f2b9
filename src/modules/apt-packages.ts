import { type Effect, predict } from '../actions/action.js';
import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import type { Candidate } from '../probes/candidate.js';
import { parsePolicy } from '../probes/candidate.js';
import { ABSENT, type PackageState } from '../probes/package.js';
import { type Answers, ask, outputOf } from '../probes/registry.js';
import { listsPredicted } from './apt-lists.js';
import { type AptArguments, aptGet } from './apt-options.js';
import { aptAction } from './apt-script.js';
import type { Change, PlanContext, State } from './module.js';
import { readAll } from './read-all.js';

/** One entry of `name`. */
export interface PackageSpec {
  readonly name: string;
  /** As written after `=`: a version or a glob. */
  readonly version?: string;
}

/** @throws TaskError where the text is not the name of a package */
export function packageSpec(text: string): PackageSpec {
  const match = /^([a-z0-9*?[\]][a-z0-9+.*?[\]-]*(?::[a-z0-9-]+)?)(?:=([A-Za-z0-9.+~:*?[\]-]+))?$/.exec(text.trim());
  if (match) return match[2] === undefined ? { name: match[1]! } : { name: match[1]!, version: match[2] };
  const hint = /[<>]/.test(text)
    ? 'give an exact version or a glob: name=1.2*'
    : /\.deb$/.test(text)
      ? 'deb installs a package file'
      : 'small letters, digits and + - .';
  throw new TaskError(`"${text}" is not the name of a package`, hint);
}

const isGlob = (text: string): boolean => /[*?[]/.test(text);

/** fnmatch for versions and names: `*`, `?` and sets. */
export function globMatches(glob: string, text: string): boolean {
  const pattern = glob.replace(/\*+|\?|\[[^\]]+\]|[^*?[\]]|[[\]]/g, (part) => {
    if (part.startsWith('*')) return '[\\s\\S]*';
    if (part === '?') return '[\\s\\S]';
    if (part.length > 2 && part.startsWith('[')) return part.replace('[!', '[^').replaceAll('\\', '\\\\');
    return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return glob.length <= 200 && new RegExp(`^${pattern}$`).test(text);
}

/** The entries with globs in names put out: over what is installed for absent, over apt's lists otherwise. */
function expanded(args: AptArguments, state: State): PackageSpec[] {
  return args.name!.flatMap((text) => {
    const spec = packageSpec(text);
    if (!isGlob(spec.name)) return [spec];
    const prefix = /^[^*?[]*/.exec(spec.name)![0];
    const argv =
      args.state === 'absent'
        ? ['dpkg-query', '-W', '-f', '${Package}\\n']
        : ['apt-cache', 'pkgnames', ...(prefix === '' ? [] : [prefix])];
    const names = state
      .read(outputOf({ argv }))
      .stdout.split('\n')
      .filter((name) => name !== '' && globMatches(spec.name, name));
    return names.sort().map((name) => ({ ...spec, name }));
  });
}

/** The plan that installs, upgrades or removes the packages of `name`. */
export function planPackages(args: AptArguments, listsDue: boolean, state: State, context: PlanContext): Change {
  const specs = expanded(args, state);
  const states = readAll(
    state,
    specs.map(({ name }) => ask('package', name)),
  );
  const entries = specs.map((spec, i) => ({ spec, there: states[i]! }));
  if (args.state === 'absent') return planRemoval(args, entries, context);
  return args.state === 'latest'
    ? planLatest(args, entries, listsDue, state, context)
    : planPresent(args, entries, listsDue, state, context);
}

interface Entry {
  readonly spec: PackageSpec;
  readonly there: PackageState;
}

function hasVersion({ spec, there }: Entry, state: State): boolean {
  if (spec.version === undefined) return true;
  const version = state.field(ask('package', spec.name), there.version);
  return isGlob(spec.version) ? globMatches(spec.version, version) : spec.version === version;
}

function planPresent(
  args: AptArguments,
  entries: readonly Entry[],
  listsDue: boolean,
  state: State,
  context: PlanContext,
): Change {
  const wrong = entries.filter((entry) => (entry.there.installed ? !hasVersion(entry, state) : !args.only_upgrade));
  if (wrong.length === 0) return { actions: [] };
  const known = lookUp(args, wrong, state);
  const needed = wrong.filter((entry, i) => {
    const { providers, candidate } = known[i]!;
    const virtual = candidate.version === undefined && entry.spec.version === undefined && providers.length > 0;
    return !virtual;
  });
  const candidates = new Map(wrong.map((entry, i) => [entry, known[i]!.candidate]));
  requireKnown(
    needed.map((entry) => ({ entry, candidate: candidates.get(entry)! })),
    listsDue,
    state,
    context,
  );
  return installation(args, needed, candidates, listsDue, context);
}

function planLatest(
  args: AptArguments,
  entries: readonly Entry[],
  listsDue: boolean,
  state: State,
  context: PlanContext,
): Change {
  const known = lookUp(args, entries, state);
  const candidates = new Map(entries.map((entry, i) => [entry, known[i]!.candidate]));
  const wanted = entries.filter((entry, i) => {
    const { candidate, providers } = known[i]!;
    if (!entry.there.installed)
      return !args.only_upgrade && (candidate.version !== undefined || providers.length === 0);
    if (entry.spec.version !== undefined) return !hasVersion(entry, state);
    return (
      candidate.version !== undefined &&
      candidate.version !== state.field(ask('package', entry.spec.name), entry.there.version)
    );
  });
  requireKnown(
    wanted.map((entry) => ({ entry, candidate: candidates.get(entry)! })),
    listsDue,
    state,
    context,
  );
  if (!listsDue) return installation(args, wanted, candidates, false, context);
  // New lists may hold newer versions: apt decides, and its output tells what it did.
  const all = entries.filter(({ there }) => there.installed || !args.only_upgrade);
  if (all.length === 0) return { actions: [] };
  const change = installation(args, all, candidates, true, context);
  if (wanted.length > 0) return { ...change, diff: change.diff!.filter((_, i) => wanted.includes(all[i]!)) };
  return {
    ...change,
    diff: [],
    unknown: 'whether new package lists hold newer versions is known only after fetching them',
  };
}

interface Known {
  readonly candidate: Candidate;
  readonly providers: readonly string[];
}

/** What apt's lists and dpkg say of names that are not simply installed. */
function lookUp(args: AptArguments, entries: readonly Entry[], state: State): Known[] {
  const names = entries.map(({ spec }) => spec.name);
  const release = args.default_release;
  if (release === undefined) {
    const answers = readAll(state, [
      ...names.map((name) => ask('candidate', name)),
      ...names.map((name) => ask('provided', name)),
    ]);
    return names.map((_, i) => ({
      candidate: answers[i] as Answers['candidate'],
      providers: answers[names.length + i] as Answers['provided'],
    }));
  }
  const argv = ['apt-cache', '-t', release, 'policy', '--', ...names];
  const policy = parsePolicy(state.read(outputOf({ argv })).stdout.split('\n'));
  return names.map((name) => ({
    candidate: policy.get(name) ??
      policy.get(name.replace(/:.*/, '')) ?? { known: false, version: undefined, versions: [] },
    providers: state.read(ask('provided', name)),
  }));
}

/** A package that apt does not know is told before anything is done, unless new lists may still bring it. */
function requireKnown(
  wanted: readonly { entry: Entry; candidate: Candidate }[],
  listsDue: boolean,
  state: State,
  context: PlanContext,
): void {
  const missing = wanted.filter(({ entry: { spec }, candidate }) => {
    if (!candidate.known) return true;
    const { version } = spec;
    return (
      version !== undefined &&
      !candidate.versions.some((each) => (isGlob(version) ? globMatches(version, each) : version === each))
    );
  });
  if (missing.length === 0 || listsDue || listsPredicted(state, context)) return;
  const said = missing.map(({ entry: { spec }, candidate }) => {
    if (!candidate.known) return `the package lists of the host have no package "${spec.name}"`;
    return `there is no version ${spec.version} of ${spec.name} (there are: ${candidate.versions.slice(0, 8).join(', ') || 'none'})`;
  });
  throw new TaskError(said.join('; '), 'is the name right? If the lists are old, update_cache: true fetches them');
}

function installation(
  args: AptArguments,
  wanted: readonly Entry[],
  candidates: ReadonlyMap<Entry, Candidate>,
  listsDue: boolean,
  context: PlanContext,
): Change {
  if (wanted.length === 0) return { actions: [] };
  const words = wanted.map(({ spec }) => (spec.version === undefined ? spec.name : `${spec.name}=${spec.version}`));
  const version = (entry: Entry): string | undefined => {
    const { version: said } = entry.spec;
    if (said !== undefined)
      return isGlob(said) ? candidates.get(entry)?.versions.find((each) => globMatches(said, each)) : said;
    return listsDue ? undefined : candidates.get(entry)?.version;
  };
  const effects: Effect[] = [
    { type: 'stale-all' },
    ...wanted.flatMap((entry) => {
      const next: PackageState = {
        installed: true,
        version: version(entry),
        configFiles: false,
        held: entry.there.held,
        broken: false,
      };
      // A virtual name stays unknown to dpkg, whoever provides it.
      return candidates.get(entry)?.version === undefined && !listsDue
        ? []
        : [predict(ask('package', entry.spec.name), next, false)];
    }),
  ];
  const flags = [...(args.only_upgrade ? ['--only-upgrade'] : []), ...(args.autoremove ? ['--auto-remove'] : [])];
  const actions: Action[] = [
    aptAction(aptGet(args, ...flags, 'install', '--', ...words), args.lock_timeout, context, effects),
  ];
  const diff = wanted.map((entry) => ({
    subject: `package ${entry.spec.name}`,
    note: `${entry.there.installed ? (entry.there.version ?? 'installed') : 'not installed'} → ${version(entry) ?? 'installed'}`,
  }));
  return { actions, diff };
}

function planRemoval(args: AptArguments, entries: readonly Entry[], context: PlanContext): Change {
  const wanted = entries.filter(({ there }) => there.installed || there.broken || (args.purge && there.configFiles));
  if (wanted.length === 0) return { actions: [] };
  const names = wanted.map(({ spec }) => spec.name);
  const effects: Effect[] = [
    { type: 'stale-all' },
    ...names.map((name) => predict(ask('package', name), { ...ABSENT, configFiles: !args.purge }, false)),
  ];
  const flags = [...(args.purge ? ['--purge'] : []), ...(args.autoremove ? ['--auto-remove'] : [])];
  return {
    actions: [aptAction(aptGet(args, ...flags, 'remove', '--', ...names), args.lock_timeout, context, effects)],
    diff: wanted.map(({ spec, there }) => ({
      subject: `package ${spec.name}`,
      note: `${there.version ?? 'configuration files'} → removed`,
    })),
  };
}
