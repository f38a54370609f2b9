import { posix } from 'node:path';
import { ask } from '../probes/registry.js';
import { type Effect, type Look, predict } from './action.js';

const FOLDER = /^(?:\/etc|\/run|\/usr\/lib|\/lib|\/usr\/local\/lib)\/systemd\/system\/(.+)$/;

/**
 * What a change of a file means for the units of systemd: nothing where it is none of systemd's. A unit
 * that nobody had is there once its file is; one that was there wants its file read anew.
 * @param content the new bytes, null for a link to /dev/null (a mask), undefined where they are not known
 */
export function unitEffects(path: string, content: Buffer | null | undefined, look: Look): Effect[] {
  const rest = FOLDER.exec(path)?.[1] ?? (path.startsWith('/etc/init.d/') ? '' : undefined);
  if (rest === undefined) return [];
  const effects: Effect[] = [{ type: 'stale-kinds', kinds: ['unit'] }];
  const name = rest.replace(/\.d\/.*/, '');
  if (rest === '' || name.includes('/')) return effects;
  const probe = ask('unit', name);
  const before = look(probe);
  if (content === null)
    return [...effects, predict(probe, { ...(before ?? FRESH), load: 'masked', file: 'masked' }, false)];
  if (before && before.load !== 'not-found')
    return [...effects, predict(probe, { ...before, needsReload: true }, false)];
  const isNew = before !== undefined || look(ask('stat', path)) === null;
  if (content === undefined || rest !== posix.basename(path) || !isNew) return effects;
  const file = /^\[Install\]/m.test(content.toString('utf8')) ? 'disabled' : 'static';
  return [...effects, predict(probe, { ...FRESH, file }, false)];
}

const FRESH = {
  load: 'loaded',
  active: 'inactive',
  sub: 'dead',
  file: 'disabled',
  mainPid: 0,
  needsReload: false,
  result: 'success',
} as const;
