import type { Event, Recap, TaskResult } from './event.js';

/** Exit codes of a run (1, an error in the user's input, never gets as far as a run). */
export const exitCodes = { well: 0, failed: 2, changed: 3, unreachable: 4, interrupted: 130 } as const;

/** A host's counts before its first task. */
export function newRecap(): Recap {
  return {
    ok: 0,
    changed: 0,
    unreachable: 0,
    failed: 0,
    skipped: 0,
    rescued: 0,
    ignored: 0,
    unknown: 0,
    roundTrips: 0,
  };
}

/** The counts of one task result added, by Ansible's rules: a changed or ignored task is also an ok one. */
function countResult(recap: Recap, { status, ignored, rescued }: TaskResult): void {
  switch (status) {
    case 'ok':
      recap.ok++;
      break;
    case 'changed':
      recap.ok++;
      recap.changed++;
      break;
    case 'failed':
    case 'unreachable':
      if (ignored) {
        recap.ok++;
        recap.ignored++;
      } else if (rescued) recap.rescued++;
      else recap[status]++;
      break;
    default:
      recap[status]++;
  }
}

/**
 * Counts one event into the recaps, in place. Every host of a play has a row, also one that never
 * got a task; a host that is only delegated to has none, as in Ansible.
 */
export function countEvent(recaps: Map<string, Recap>, event: Event): void {
  switch (event.type) {
    case 'play-start':
      for (const host of event.hosts) if (!recaps.has(host)) recaps.set(host, newRecap());
      break;
    case 'task-result': {
      let recap = recaps.get(event.host);
      if (!recap) {
        recap = newRecap();
        recaps.set(event.host, recap);
      }
      countResult(recap, event.result);
      break;
    }
    case 'round-trip': {
      const recap = recaps.get(event.host);
      if (recap) recap.roundTrips++;
      break;
    }
  }
}

/** The recaps of a whole run. */
export function recapOf(events: Iterable<Event>): Map<string, Recap> {
  const recaps = new Map<string, Recap>();
  for (const event of events) countEvent(recaps, event);
  return recaps;
}

/**
 * The exit code of a run. What is worse to miss wins: interrupted (130), a host was unreachable (4),
 * a task failed (2), then, with `failOnChange`, something changed or would (3). Failures that were
 * ignored or rescued do not count, and neither does `unknown`: it says nothing about a change.
 */
export function exitCode(
  recaps: ReadonlyMap<string, Recap>,
  { interrupted = false, failOnChange = false }: { interrupted?: boolean; failOnChange?: boolean } = {},
): number {
  if (interrupted) return exitCodes.interrupted;
  let code: number = exitCodes.well;
  for (const recap of recaps.values()) {
    if (recap.unreachable > 0) return exitCodes.unreachable;
    if (recap.failed > 0) code = exitCodes.failed;
    else if (failOnChange && recap.changed > 0 && code === exitCodes.well) code = exitCodes.changed;
  }
  return code;
}
