import type { Effect } from '../actions/action.js';
import { TaskError } from '../base/error.js';
import { type State, Unanswered, Unknowable } from '../modules/module.js';
import { Refusal } from '../probes/probe.js';
import { type Answers, type Probe, type ProbeName, probeKey } from '../probes/registry.js';
import type { FileStat } from '../probes/stat.js';
import { Aliases } from './aliases.js';

/** The path that an effect is about; undefined: it is about something else. */
function pathOf(effect: Effect): string | undefined {
  if (effect.type === 'stale-below') return effect.path;
  if (effect.type !== 'predict' && effect.type !== 'stale') return undefined;
  return PATHS.has(effect.probe.kind) ? effect.probe.subject : undefined;
}

/** The same effect under another name of its path. */
function renamed(effect: Effect, path: string): Effect {
  if (effect.type === 'stale-below') return { ...effect, path };
  return effect.type === 'predict' || effect.type === 'stale'
    ? { ...effect, probe: { ...effect.probe, subject: path } }
    : effect;
}

interface Belief {
  readonly probe: Probe;
  readonly answer: unknown;
}

/** A mark for what a planned change makes different in a way that only a run can tell. */
const UNKNOWABLE = Symbol('unknowable');

/** Kinds whose subject is a path. */
const PATHS: ReadonlySet<ProbeName> = new Set<ProbeName>(['stat', 'digest', 'content', 'sha1']);

const below = (path: string, folder: string): boolean =>
  folder === '/' || (path.startsWith(folder) && (path[folder.length] === '/' || path.length === folder.length));

/**
 * What is known of a host, for one user's eyes.
 *
 * In a run only what the host said, and predictions that can be nothing else once their actions have
 * succeeded, are believed; anything else is asked for again. In check mode every prediction is
 * believed, because the host, asked again, would tell of a world in which nothing was done.
 */
export class Beliefs implements State {
  readonly #check: boolean;
  readonly #known = new Map<string, Belief>();
  readonly #aliases = new Aliases();
  /** Check mode: folders of which nothing is known any more, or nothing is left. */
  readonly #blurred: { readonly path: string; readonly gone: boolean }[] = [];

  constructor(check: boolean) {
    this.#check = check;
  }

  /** The believed answer, or undefined. */
  look = <K extends ProbeName>(probe: Probe<K>): Answers[K] | undefined => {
    const belief = this.#known.get(probeKey(probe));
    if (!belief || belief.answer === UNKNOWABLE || belief.answer instanceof Refusal) return undefined;
    return belief.answer as Answers[K];
  };

  /** False where the probe must be asked before it can be read. */
  has(probe: Probe): boolean {
    return this.#known.has(probeKey(probe)) || this.#blur(probe) !== undefined;
  }

  read<K extends ProbeName>(probe: Probe<K>): Answers[K] {
    const belief = this.#known.get(probeKey(probe));
    if (belief === undefined) {
      const blur = this.#blur(probe);
      if (blur?.gone) return null as Answers[K];
      if (blur) throw new Unknowable(`${probe.subject} depends on an earlier task`);
      throw new Unanswered([probe]);
    }
    if (belief.answer === UNKNOWABLE) throw new Unknowable(`${probe.kind} ${probe.subject} depends on an earlier task`);
    if (belief.answer instanceof Refusal) throw new TaskError(belief.answer.message, belief.answer.hint);
    return belief.answer as Answers[K];
  }

  field<K extends ProbeName, V>(probe: Probe<K>, value: V | undefined): V {
    if (value !== undefined) return value;
    if (this.#check) throw new Unknowable(`${probe.kind} ${probe.subject} depends on an earlier task`);
    this.#known.delete(probeKey(probe));
    throw new Unanswered([probe]);
  }

  /** The host's own answer. */
  observe(probe: Probe, answer: unknown): void {
    if (probe.kind === 'stat' && !(answer instanceof Refusal) && answer !== UNKNOWABLE)
      this.#aliases.see(probe.subject, answer as FileStat | null);
    this.#known.set(probeKey(probe), { probe, answer });
  }

  /** What an action that is planned (and will succeed) does to the world. */
  apply(effects: readonly Effect[]): void {
    for (const effect of effects) {
      const path = pathOf(effect);
      if (path !== undefined && !this.#check) this.#forgetOthers(path);
      this.#applyOne(effect);
      // In check mode nobody can be asked: what is predicted under one name is predicted under the others.
      if (path !== undefined && this.#check)
        for (const other of this.#aliases.of(path))
          if (!this.#aliases.isLink(other)) this.#applyOne(renamed(effect, other));
    }
  }

  /** Forgets everything: the world may be any. */
  clear(): void {
    this.#known.clear();
    this.#blurred.length = 0;
  }

  /** What changes under one name of a path changes under its other names; there the host is asked again. */
  #forgetOthers(path: string): void {
    const aliases = this.#aliases.of(path);
    const { inode, device, type } = this.look({ kind: 'stat', subject: path } as Probe<'stat'>) ?? {};
    const twins = type !== 'directory' && inode !== undefined ? this.#twins(path, inode, device) : [];
    for (const [key, { probe }] of this.#known) {
      if (!PATHS.has(probe.kind) || probe.subject === path) continue;
      // A path with `..` in it may be any other.
      const roundabout = /\/\.{0,2}\//.test(probe.subject);
      if (roundabout || twins.includes(probe.subject) || aliases.some((other) => below(probe.subject, other)))
        this.#known.delete(key);
    }
  }

  /** Other names of the same file: hard links, and what is mounted in two places. */
  #twins(path: string, inode: number, device: number | undefined): string[] {
    const found: string[] = [];
    for (const { probe, answer } of this.#known.values()) {
      if (probe.kind !== 'stat' || probe.subject === path || typeof answer !== 'object' || answer === null) continue;
      const other = answer as FileStat;
      if (other.inode === inode && other.device === device) found.push(probe.subject);
    }
    return found;
  }

  #applyOne(effect: Effect): void {
    switch (effect.type) {
      case 'predict':
        if (this.#check || effect.certain) this.observe(effect.probe, effect.answer);
        else this.#known.delete(probeKey(effect.probe));
        return;
      case 'stale':
        if (this.#check) this.observe(effect.probe, UNKNOWABLE);
        else this.#known.delete(probeKey(effect.probe));
        return;
      case 'stale-below':
        for (const [key, { probe }] of this.#known)
          if (PATHS.has(probe.kind) && below(probe.subject, effect.path)) this.#known.delete(key);
        if (this.#check) this.#blurred.unshift({ path: effect.path, gone: effect.gone === true });
        return;
      case 'stale-kinds':
        // In check mode the host would still say the same: what was known stays the best that can be known.
        if (this.#check) return;
        for (const [key, { probe }] of this.#known) if (effect.kinds.includes(probe.kind)) this.#known.delete(key);
        return;
      case 'stale-all':
        if (!this.#check) this.clear();
    }
  }

  #blur(probe: Probe): { readonly gone: boolean } | undefined {
    if (this.#blurred.length === 0 || !PATHS.has(probe.kind)) return undefined;
    return this.#blurred.find(({ path }) => below(probe.subject, path));
  }
}
