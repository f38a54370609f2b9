import type { CaseResult } from './cases.js';
import { LOOK_UP, MAKE, OURS } from './contenders.js';
import { type ControllerResult, perHost } from './controller.js';
import { median } from './measure.js';
import { type CaseName, isBare } from './options.js';

/** One measured number beside what was asked for. */
export interface Verdict {
  readonly what: string;
  readonly value: number;
  readonly unit: '' | ' ms' | ' MB';
  /** At most this. */
  readonly bar: number;
  /** Better still: at most this. */
  readonly aim?: number;
}

/** How often the reference fits into our time, at most; and what we aim at. */
const bars: Readonly<Record<Exclude<CaseName, 'controller'>, { readonly bar: number; readonly aim?: number }>> = {
  '1-host': { bar: 1.5, aim: 1 },
  '100-ms': { bar: 1.5, aim: 1 },
  'many-hosts': { bar: 1, aim: 0.6 },
  'from-bare-1-host': { bar: 2 },
  'from-bare-100-ms': { bar: 2 },
  'from-bare-many-hosts': { bar: 2 },
};

/** A case in words. */
export function title({ name, hosts }: Pick<CaseResult, 'name' | 'hosts'>): string {
  const bare = isBare(name) ? 'from bare' : 'nothing to change';
  const way = name.endsWith('100-ms') ? '1 host at 100 ms' : hosts === 1 ? '1 host' : `${hosts} hosts`;
  return `${way}, ${bare}`;
}

/** The reference of a case. */
export function referenceOf(name: CaseName): string {
  return isBare(name) ? MAKE : LOOK_UP;
}

/** The median of a contender's runs over that of the reference in the same case; NaN where one is missing. */
export function ratio({ name, seconds }: CaseResult, contender: string): number {
  return median(seconds.get(contender) ?? []) / median(seconds.get(referenceOf(name)) ?? []);
}

/** All that is asked for and was measured. */
export function verdicts(cases: readonly CaseResult[], controller?: ControllerResult): Verdict[] {
  const ratios = cases.flatMap((result): Verdict[] => {
    if (result.name === 'controller') return [];
    return [{ what: title(result), value: ratio(result, OURS), unit: '', ...bars[result.name] }];
  });
  if (controller === undefined) return ratios;
  const { cpu, memory } = perHost(controller);
  const above = 'per host above an empty run';
  return [
    ...ratios,
    { what: `CPU of the controller ${above}`, value: cpu, unit: ' ms', bar: 15 },
    { what: `memory of the controller ${above}`, value: memory, unit: ' MB', bar: 2 },
    { what: 'round trips after login, nothing to change', value: controller.roundTrips, unit: '', bar: 6 },
  ];
}

/** Whether a number is what was asked for, in words. */
export function judgement({ value, bar, aim }: Verdict): 'missed' | 'met' | 'met, and the aim' {
  if (!(value <= bar)) return 'missed';
  return aim !== undefined && value <= aim ? 'met, and the aim' : 'met';
}
