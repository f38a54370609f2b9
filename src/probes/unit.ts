import { quoteAll } from '../base/quote.js';
import { probeKind } from './probe.js';

/** What systemd says of a unit; the words are systemd's. */
export interface UnitState {
  /** loaded, not-found, masked, bad-setting, error */
  readonly load: string;
  /** active, inactive, failed, activating, deactivating, reloading; undefined in a prediction: not known */
  readonly active: string | undefined;
  readonly sub: string | undefined;
  /** enabled, disabled, static, masked, generated, linked, alias...; empty where there is no unit file */
  readonly file: string | undefined;
  readonly mainPid: number | undefined;
  readonly needsReload: boolean;
  /** For units that ran and ended, e.g. exit-code. */
  readonly result: string;
}

const PROPERTIES = ['LoadState', 'ActiveState', 'SubState', 'UnitFileState', 'MainPID', 'NeedDaemonReload', 'Result'];

/** The state of a system unit (`ssh` means `ssh.service`). */
export const unit = probeKind<UnitState>({
  library: new Map(),
  most: 250,
  ask: (names) => `systemctl show --property=${PROPERTIES.join(',')} -- ${quoteAll(names)}`,
  parse: ({ stdout, status }, names) => {
    const text = stdout.toString('utf8').replace(/\n$/, '');
    const blocks = text === '' ? [] : text.split('\n\n');
    if (blocks.length !== names.length) {
      throw new Error(`systemctl show ended with status ${status}: does systemd run on this host?`);
    }
    return blocks.map((block) => {
      const value = new Map(
        block.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      );
      return {
        load: value.get('LoadState') ?? '',
        active: value.get('ActiveState') ?? '',
        sub: value.get('SubState') ?? '',
        file: value.get('UnitFileState') ?? '',
        mainPid: Number(value.get('MainPID') ?? 0),
        needsReload: value.get('NeedDaemonReload') === 'yes',
        result: value.get('Result') ?? '',
      };
    });
  },
});
