import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { ask, type Probe } from '../probes/registry.js';
import { explainApt } from './apt-failure.js';
import { keyPath, keyProbes, planKeyFile } from './apt-key.js';
import { refreshLists } from './apt-refresh.js';
import { defineModule } from './module.js';
import type { Arguments } from './options.js';
import { planEdit } from './write-file.js';

const options = {
  name: {
    type: 'str',
    required: true,
    description: 'Name of the repository, and of its file in /etc/apt/sources.list.d.',
  },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', description: 'Whether apt must use it.' },
  types: {
    type: 'list',
    elements: 'str',
    choices: ['deb', 'deb-src'],
    default: ['deb'],
    description: 'Binary packages, source packages or both.',
  },
  uris: { type: 'list', elements: 'str', description: 'Addresses.' },
  suites: { type: 'list', elements: 'str', description: 'Suites, or one path that ends in /.' },
  components: { type: 'list', elements: 'str', description: 'Components; none where a suite is a path.' },
  architectures: { type: 'list', elements: 'str', description: "Architectures; the host's own otherwise." },
  languages: { type: 'list', elements: 'str', description: 'Languages of descriptions.' },
  signed_by: {
    type: 'str',
    description: 'Path of the key on the host, or the armoured key itself, which is then kept in /etc/apt/keyrings.',
  },
  fingerprint: { type: 'str', description: 'Full fingerprint that a key given in signed_by must have.' },
  enabled: { type: 'bool', description: 'False keeps the entry but lets apt pass over it.' },
  trusted: { type: 'bool', description: 'True: no signature is needed. Avoid it.' },
  check_valid_until: { type: 'bool', description: 'Whether old lists are refused.' },
  by_hash: { type: 'bool', description: 'Fetch lists by their hash.' },
  pdiffs: { type: 'bool', description: 'Fetch differences of lists.' },
  mode: { type: 'mode', default: '0644', description: 'Permissions of the file.' },
  update_cache: {
    type: 'bool',
    default: true,
    aliases: ['update-cache'],
    description: 'Fetch the package lists when it changed.',
  },
} as const;

type Deb822Arguments = Arguments<typeof options>;

const FOLDER = '/etc/apt/sources.list.d';

export const deb822Repository = defineModule({
  name: 'deb822_repository',
  description: 'A repository that apt uses, in the deb822 form, with the key that signs it.',
  options,
  rules: { requiredIf: [['state', 'present', ['uris', 'suites']]] },
  examples: `
- deb822_repository:
    name: example
    uris: https://packages.example.org/debian
    suites: bookworm
    components: main
    signed_by: "{{ lookup 'file' 'example.asc' }}"
`,
  probes: (args) => {
    const path = `${FOLDER}/${slugOf(args.name)}.sources`;
    const probes: Probe[] = [ask('content', path), ask('stat', path), ask('stat', FOLDER)];
    return isArmoured(args.signed_by) ? [...probes, ...keyProbes(keyPath(slugOf(args.name)))] : probes;
  },
  plan: (args, state, context) => {
    const slug = slugOf(args.name);
    const path = `${FOLDER}/${slug}.sources`;
    const before = state.read(ask('content', path));
    const result = { repo: args.name, dest: path };
    if (args.state === 'absent') {
      if (before === null) return { actions: [], result };
      const actions: Action[] = [{ kind: 'remove', path }];
      if (args.update_cache) actions.push(refreshLists(path, before, context));
      return { actions, diff: [{ subject: path, before: before.toString('utf8'), after: '' }], result };
    }
    if (/^[a-z]+:\/\//.test(args.signed_by ?? '')) {
      throw new TaskError(
        'signed_by is an address: who controls it would control the packages',
        'fetch the key, look at it, and give its text with a lookup',
      );
    }
    const armoured = isArmoured(args.signed_by);
    const key = planKeyFile(
      keyPath(slug),
      { key: armoured ? args.signed_by : undefined, fingerprint: args.fingerprint },
      state,
      context,
    );
    const text = entry(args, armoured ? keyPath(slug) : args.signed_by);
    const change = planEdit(path, before, Buffer.from(text), { mode: args.mode }, state, context);
    const actions = [...key.actions, ...change.actions];
    const same = before !== null && before.toString('utf8') === text;
    if (args.update_cache && (!same || key.actions.length > 0)) actions.push(refreshLists(path, before, context));
    return {
      actions,
      diff: [...(key.diff ?? []), ...(change.diff ?? [])],
      result: { ...result, repo: text, key_filename: armoured ? keyPath(slug) : null },
    };
  },
  conclude: (args, outcomes) => {
    const last = outcomes.at(-1);
    return last && last.status !== 0
      ? { failed: true, ...explainApt(`fetching the package lists with repository ${args.name}`, last) }
      : {};
  },
});

const isArmoured = (key: string | undefined): boolean => key !== undefined && key.includes('-----BEGIN PGP');

function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[_\s]+/g, '-')
    .replace(/[^a-z0-9.-]/g, '');
  if (slug === '' || slug.startsWith('.'))
    throw new TaskError(`"${name}" cannot be the name of a repository`, 'letters, digits, blanks, - and .');
  return slug;
}

/** The text of sources.list(5)'s deb822 form. */
function entry(args: Deb822Arguments, signedBy: string | undefined): string {
  const words = (list: readonly string[] | undefined): string | undefined =>
    list === undefined || list.length === 0 ? undefined : list.join(' ');
  const yes = (flag: boolean | undefined): string | undefined => (flag === undefined ? undefined : flag ? 'yes' : 'no');
  const fields: [string, string | undefined][] = [
    ['X-Repolib-Name', args.name],
    ['Enabled', yes(args.enabled)],
    ['Types', words(args.types)],
    ['URIs', words(args.uris)],
    ['Suites', words(args.suites)],
    ['Components', words(args.components)],
    ['Architectures', words(args.architectures)],
    ['Languages', words(args.languages)],
    ['Signed-By', signedBy],
    ['Trusted', yes(args.trusted)],
    ['Check-Valid-Until', yes(args.check_valid_until)],
    ['By-Hash', yes(args.by_hash)],
    ['PDiffs', yes(args.pdiffs)],
  ];
  const given = fields.filter((field): field is [string, string] => field[1] !== undefined);
  for (const [name, value] of given) if (/\n/.test(value)) throw new TaskError(`${name} must be one line`);
  if (!args.suites!.some((suite) => suite.endsWith('/')) && words(args.components) === undefined) {
    throw new TaskError('components is required', 'only a suite that is a path, ending in /, has none');
  }
  return `${given.map(([name, value]) => `${name}: ${value}`).join('\n')}\n`;
}
