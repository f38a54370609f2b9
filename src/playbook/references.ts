import type { Place } from '../base/place.js';
import type { Reference } from '../base/scope.js';
import type { Keywords, Lexical, Node, Play, Playbook, Role, Variables } from './tree.js';
import { everyNode } from './walk.js';

/** A name that something in a playbook reads. */
export interface FoundReference {
  /** `facts.os.name` is `['facts', 'os', 'name']`. */
  readonly path: Reference;
  /** Of the value or condition that reads it. */
  readonly place: Place;
  /** It copes with the name not being defined. */
  readonly isTolerated: boolean;
}

interface Reads {
  readonly place: Place;
  readonly references: readonly Reference[];
  readonly tolerates?: ReadonlySet<string>;
}

/** Every name that a playbook reads, as far as it is known before the run; each value and condition once. */
export function references(playbook: Playbook): FoundReference[] {
  const seen = new Set<Reads>();
  for (const play of playbook.plays) {
    for (const each of ofPlay(play)) seen.add(each);
    for (const node of everyNode(play)) for (const each of ofNode(node)) seen.add(each);
  }
  return [...seen].flatMap(({ place, references: paths, tolerates }) =>
    paths.map((path) => ({ path, place, isTolerated: tolerates?.has(path[0]!) ?? false })),
  );
}

function* ofPlay(play: Play): Generator<Reads> {
  yield play.hosts;
  yield* play.varsFiles;
  yield* ofVariables(play.vars);
  yield* ofKeywords(play.keywords);
  for (const role of play.roles) yield* ofRole(role);
}

function* ofRole(role: Role): Generator<Reads> {
  for (const layer of [role.defaults, role.vars, role.params]) yield* ofVariables(layer);
}

function* ofVariables(variables: Variables): Generator<Reads> {
  yield* variables.values();
}

function* ofKeywords({ when, environment, ...rest }: Keywords): Generator<Reads> {
  yield* when;
  yield* environment;
  for (const value of Object.values(rest)) {
    if (typeof value === 'object' && value !== null && 'references' in value) yield value as Reads;
  }
}

function* ofLexical({ role, vars, params }: Lexical): Generator<Reads> {
  if (role) yield* ofRole(role);
  for (const layer of [...vars, ...params]) yield* ofVariables(layer);
}

function* ofNode(node: Node): Generator<Reads> {
  if (node.kind === 'block') return;
  yield* ofKeywords(node.keywords);
  yield* ofLexical(node.lexical);
  if (node.kind === 'meta') return;
  yield node.args;
  if (node.name) yield node.name;
  if (node.loop) {
    yield node.loop.items;
    if (node.loop.label) yield node.loop.label;
  }
  if (node.kind === 'include') return;
  yield* node.assertions ?? [];
  yield* node.changedWhen ?? [];
  yield* node.failedWhen ?? [];
  yield* node.until ?? [];
  yield* node.notify;
  if (node.retries) yield node.retries;
  if (node.delay) yield node.delay;
}
