import { TaskError, UnreachableError } from '../base/error.js';
import { emptyMapping, type Values } from '../base/value.js';
import { readVariables } from '../inventory/files.js';
import type { ControllerEffect } from '../modules/module.js';
import { ask } from '../probes/registry.js';
import type { Become } from '../transport/become.js';
import type { Company } from './company.js';
import type { Lane } from './lane.js';
import type { HostMemory } from './variables.js';

/** Says whether there is anything to wait for. */
export function waits(effects: readonly ControllerEffect[]): boolean {
  return effects.some(({ type }) => type === 'pause' || type === 'reconnect' || type === 'include-vars');
}

/**
 * Does the effects of a change that take time: reading variables, pauses, and waiting for the host to come back.
 * Check mode only reads.
 * @returns more of what the task registers
 * @throws TaskError where the host does not come back in time
 */
export async function waitFor(
  effects: readonly ControllerEffect[],
  lane: Lane,
  become: Become | undefined,
  company: Company,
  check: boolean,
): Promise<Values> {
  const values = emptyMapping();
  for (const effect of effects) {
    const started = performance.now();
    if (effect.type === 'include-vars') await includeVars(effect, company.memory(lane.link.host));
    else if (check) continue;
    else if (effect.type === 'pause') {
      const input = await company.pause(effect.seconds, effect.prompt, effect.echo);
      if (input !== undefined) values.user_input = input;
      values.delta = Math.round((performance.now() - started) / 1000);
    } else if (effect.type === 'reconnect') {
      await reconnect(effect, lane, become, company);
      values.elapsed = Math.round((performance.now() - started) / 1000);
    }
  }
  return values;
}

/** Later files win; with a name, all of them together are one mapping. */
async function includeVars(
  { paths, name }: Extract<ControllerEffect, { type: 'include-vars' }>,
  memory: HostMemory,
): Promise<void> {
  for (const path of paths) memory.include(await readVariables(path, path), name);
}

async function reconnect(
  { delay, sleep: between, timeout, bootId, testCommand }: Extract<ControllerEffect, { type: 'reconnect' }>,
  lane: Lane,
  become: Become | undefined,
  company: Company,
): Promise<void> {
  const end = performance.now() + timeout * 1000;
  let last = 'it was not tried';
  await company.pause(delay, undefined, false);
  do {
    lane.link.close();
    lane.forget();
    try {
      const boot = ask('content', '/proc/sys/kernel/random/boot_id');
      await lane.exchange(become, [], [boot]);
      if (bootId !== undefined) {
        const now = await bootIdOf(lane, become);
        if (now === bootId) throw new UnreachableError('lost', 'it has not gone down yet');
      }
      if (testCommand !== undefined) {
        const probe = ask('output', JSON.stringify({ argv: ['sh', '-c', testCommand] }));
        await lane.exchange(become, [], [probe]);
        const { status, stderr } = lane.beliefs(become).read(probe);
        if (status !== 0)
          throw new UnreachableError('lost', `the test command ended with status ${status}: ${stderr.trim()}`);
      }
      lane.forget();
      return;
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      // A changed key or a refused login will not mend itself by waiting.
      if (error.reason === 'host-key') throw error;
      last = error.message;
    }
    await company.pause(between, undefined, false);
  } while (performance.now() < end && !company.interrupted);
  throw new TaskError(`the host did not come back within ${timeout} s: ${last}`, 'look at its console');
}

async function bootIdOf(lane: Lane, become: Become | undefined): Promise<string> {
  const probe = ask('output', JSON.stringify({ argv: ['cat', '/proc/sys/kernel/random/boot_id'] }));
  await lane.exchange(become, [], [probe]);
  return lane.beliefs(become).read(probe).stdout.trim();
}
