import { type Effect, predict } from '../actions/action.js';
import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { nearest } from '../base/nearest.js';
import { ask, outputOf } from '../probes/registry.js';
import type { UnitState } from '../probes/unit.js';
import { type Change, type PlanContext, type State, Unknowable } from './module.js';

export type WantedState = 'started' | 'stopped' | 'restarted' | 'reloaded';

/** What is wanted of a unit; undefined: left as it is. */
export interface WantedUnit {
  readonly name: string;
  readonly state?: WantedState | undefined;
  readonly enabled?: boolean | undefined;
  readonly masked?: boolean | undefined;
  readonly noBlock?: boolean;
  readonly force?: boolean;
}

const SUFFIX = /\.(service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/;

/** The unit a name stands for: `ssh` is `ssh.service`. Throws where it cannot be one. */
export function unitName(name: string): string {
  if (/^[A-Za-z0-9:_.@\\-]+$/.test(name) && !name.startsWith('-')) return SUFFIX.test(name) ? name : `${name}.service`;
  throw new TaskError(`"${name}" is not the name of a unit`, 'use letters, digits and : _ . @ \\ -');
}

/**
 * $1 word of systemctl, $2 unit, $3 more flags. Where it fails, what the unit did and said last goes to
 * stdout, so that the message of the task can show it.
 */
const ACT = `systemctl $3 "$1" -- "$2" && exit 0
s=$?
systemctl show --property=ActiveState,SubState,Result,ExecMainStatus -- "$2" | tr '\\n' ' '
echo
journalctl --unit="$2" --lines=10 --output=cat --no-pager 2>/dev/null
exit $s`;

const RUNNING = new Set(['active', 'activating', 'reloading', 'refreshing']);
const ENABLED = new Set(['enabled', 'enabled-runtime']);
/** Units that nobody enables or disables: something else starts them. */
const FIXED = new Set(['static', 'generated', 'transient', 'alias']);

/** The plan that brings a unit into the wanted state: masks, then enabling, then starting, as Ansible does. */
export function planUnit(wanted: WantedUnit, state: State, context: PlanContext): Change {
  const name = unitName(wanted.name);
  const probe = ask('unit', name);
  const there = state.read(probe);
  const masked = there.load === 'masked';
  if (
    there.load === 'not-found' &&
    !(wanted.masked !== undefined && wanted.state === undefined && wanted.enabled === undefined)
  ) {
    throw notFound(name, state, context);
  }
  const actions: Action[] = [];
  const notes: string[] = [];
  let now: UnitState = there;
  const act = (word: string, note: string, next: Partial<UnitState>, certain: boolean, flags = ''): void => {
    now = { ...now, ...next };
    // Other units may be pulled in or fall with this one.
    const effects: Effect[] = [{ type: 'stale-kinds', kinds: ['unit'] }, predict(probe, now, certain)];
    actions.push({ kind: 'run', argv: ['sh', '-c', ACT, 'systemctl', word, name, flags], effects });
    notes.push(note);
  };
  if (wanted.masked === true && !masked) act('mask', 'masked', { load: 'masked', file: 'masked' }, true);
  if (wanted.masked === false && masked) act('unmask', 'unmasked', { load: 'loaded', file: undefined }, true);
  if (wanted.masked !== false && masked && needsUnmasked(wanted)) {
    throw new TaskError(
      `the unit ${name} is masked: it can be neither started nor enabled`,
      'masked: false unmasks it',
    );
  }
  const flags = [wanted.noBlock ? '--no-block' : ''].join(' ').trim();
  if (wanted.enabled !== undefined && (now.load !== 'masked' || !wanted.enabled)) planEnabled(name, wanted, now, act);
  if (wanted.state !== undefined) planActive(wanted.state, state.field(probe, there.active), act, flags);
  return {
    actions,
    ...(notes.length === 0 ? {} : { diff: [{ subject: name, note: notes.join(', ') }] }),
    result: {
      name,
      ...(wanted.state === undefined ? {} : { state: wanted.state }),
      ...(wanted.enabled === undefined ? {} : { enabled: wanted.enabled }),
      status: {
        LoadState: there.load,
        ActiveState: there.active ?? null,
        SubState: there.sub ?? null,
        UnitFileState: there.file ?? null,
        MainPID: there.mainPid ?? null,
      },
    },
  };
}

type Act = (word: string, note: string, next: Partial<UnitState>, certain: boolean, flags?: string) => void;

const needsUnmasked = ({ state, enabled }: WantedUnit): boolean =>
  enabled === true || (state !== undefined && state !== 'stopped');

function planEnabled(name: string, { enabled, force }: WantedUnit, now: UnitState, act: Act): void {
  // What a unit is after unmasking is not known: both words do nothing where nothing is to do.
  const is = now.file === undefined ? undefined : ENABLED.has(now.file);
  if (is === enabled || (now.file !== undefined && FIXED.has(now.file))) return;
  if (enabled) act('enable', 'enabled', { file: 'enabled' }, now.file === 'disabled', force ? '--force' : '');
  else if (now.load !== 'masked' && now.load !== 'not-found')
    act('disable', 'disabled', { file: 'disabled' }, now.file !== undefined);
}

function planActive(wanted: WantedState, active: string, act: Act, flags: string): void {
  const running = RUNNING.has(active);
  const up: Partial<UnitState> = { active: 'active', sub: undefined, mainPid: undefined, result: 'success' };
  const down: Partial<UnitState> = { active: 'inactive', sub: 'dead', mainPid: 0 };
  // A unit that is started may fail or end by itself later: predictions of it are for check mode.
  if (wanted === 'started' && !running) act('start', `${active} → started`, up, false, flags);
  if (wanted === 'stopped' && (running || active === 'deactivating'))
    act('stop', `${active} → stopped`, down, false, flags);
  if (wanted === 'restarted') act('restart', 'restarted', { ...up, needsReload: false }, false, flags);
  if (wanted === 'reloaded')
    act(running ? 'reload' : 'start', running ? 'reloaded' : `${active} → started`, running ? {} : up, false, flags);
}

/** In check mode an earlier task (a package, a unit file) may still bring the unit; in a run it is not there. */
function notFound(name: string, state: State, context: PlanContext): Error {
  if (context.check) {
    return new Unknowable(`the unit ${name} is not on the host: a run fails here unless an earlier task brings it`);
  }
  const type = name.slice(name.lastIndexOf('.') + 1);
  const list = state.read(
    outputOf({ argv: ['systemctl', 'list-unit-files', '--no-legend', '--no-pager', `--type=${type}`] }),
  );
  const near = nearest(
    name,
    list.stdout.split('\n').flatMap((line) => line.split(/\s/)[0] || []),
  );
  return new TaskError(
    `the host has no unit ${name}`,
    near === undefined ? 'install its package, or write its unit file, in an earlier task' : `did you mean "${near}"?`,
  );
}
