import { runScript } from './contenders.js';
import { median } from './measure.js';
import { numbers } from './play.js';
import { type ControllerCost, controllerCost, type Program, roundTrips } from './program.js';
import type { Sites } from './sites.js';

/** What the controller spends: medians, CPU in seconds and memory in bytes. */
export interface ControllerResult {
  readonly hosts: number;
  readonly empty: ControllerCost;
  readonly one: ControllerCost;
  readonly many: ControllerCost;
  /** Round trips per host of the play with nothing to change, after the login. */
  readonly roundTrips: number;
}

/** Measures an empty play, and the play with nothing to change at 1 host and at many, in turn. */
export async function measureController(program: Program, sites: Sites, runs: number): Promise<ControllerResult> {
  await runScript(sites.many, 'make');
  const empty: ControllerCost[] = [];
  const one: ControllerCost[] = [];
  const many: ControllerCost[] = [];
  for (const _ of numbers(runs)) {
    empty.push(await controllerCost(program, sites.many, sites.many.emptyPlay));
    one.push(await controllerCost(program, sites.one, sites.one.play));
    many.push(await controllerCost(program, sites.many, sites.many.play));
  }
  return {
    hosts: sites.many.hosts.length,
    empty: middle(empty),
    one: middle(one),
    many: middle(many),
    roundTrips: await roundTrips(program, sites.many),
  };
}

/** CPU milliseconds and memory in MB that each of many hosts costs above an empty run. */
export function perHost({ hosts, empty, many }: ControllerResult): { readonly cpu: number; readonly memory: number } {
  return {
    cpu: (1000 * (many.cpu - empty.cpu)) / hosts,
    memory: (many.memory - empty.memory) / hosts / 1e6,
  };
}

function middle(costs: readonly ControllerCost[]): ControllerCost {
  return { cpu: median(costs.map(({ cpu }) => cpu)), memory: median(costs.map(({ memory }) => memory)) };
}
