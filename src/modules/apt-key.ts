import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { ask, type Probe } from '../probes/registry.js';
import type { Change, PlanContext, State } from './module.js';
import { dearmour, fingerprints } from './openpgp.js';
import { planEdit } from './write-file.js';

const FOLDER = '/etc/apt/keyrings';

/** Options for the key that a repository is signed with. */
export const keyOptions = {
  key: {
    type: 'str',
    description: 'The public key itself, armoured; it is kept in /etc/apt/keyrings and signs this repository only.',
  },
  fingerprint: { type: 'str', description: 'Full fingerprint that the key must have.' },
} as const;

export interface KeyArguments {
  readonly key?: string | undefined;
  readonly fingerprint?: string | undefined;
}

export function keyPath(slug: string): string {
  return `${FOLDER}/${slug}.asc`;
}

export function keyProbes(path: string): Probe[] {
  return [ask('stat', path), ask('stat', FOLDER), ask('content', path)];
}

/** The plan that keeps the key; nothing where it is there already. */
export function planKeyFile(path: string, args: KeyArguments, state: State, context: PlanContext): Change {
  if (args.key === undefined) {
    if (args.fingerprint !== undefined) throw new TaskError('fingerprint needs key');
    return { actions: [] };
  }
  const text = `${args.key.trim()}\n`;
  checkKey(text, args.fingerprint);
  const before = state.read(ask('content', path));
  const change = planEdit(path, before, Buffer.from(text), { mode: '0644', parents: true }, state, context);
  const actions: Action[] = [...change.actions];
  return {
    actions,
    diff: actions.length === 0 ? [] : [{ subject: path, note: before === null ? 'key put there' : 'key replaced' }],
  };
}

function checkKey(text: string, fingerprint: string | undefined): void {
  const bytes = dearmour(text);
  const found = bytes ? fingerprints(bytes) : [];
  if (found.length === 0) {
    throw new TaskError(
      'key is not an armoured public key',
      'it begins with -----BEGIN PGP PUBLIC KEY BLOCK-----; gpg --armor --export makes one',
    );
  }
  if (fingerprint === undefined) return;
  const wanted = fingerprint.replace(/\s|^0x/g, '').toUpperCase();
  if (!/^([0-9A-F]{40}|[0-9A-F]{64})$/.test(wanted))
    throw new TaskError('fingerprint must have 40 or 64 hex digits: shorter ones can be forged');
  // Every key of the block would be trusted, so every one must be the wanted one.
  if (found.some((each) => each !== wanted)) {
    throw new TaskError(
      `the key has the fingerprint ${found.join(', ')}, not ${wanted}`,
      'is it the right key? Ask whoever runs the repository',
    );
  }
}
