import type { Answers, Probe, ProbeName } from '../probes/registry.js';
import { type State, Unanswered } from './module.js';

/** Reads several probes: those not asked yet are asked in one go, not one round trip each. */
export function readAll<K extends ProbeName>(state: State, probes: readonly Probe<K>[]): Answers[K][] {
  const missing: Probe[] = [];
  const answers: Answers[K][] = [];
  for (const probe of probes) {
    try {
      answers.push(state.read(probe));
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      missing.push(...error.probes);
    }
  }
  if (missing.length > 0) throw new Unanswered(missing);
  return answers;
}
