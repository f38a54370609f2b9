import { quote } from '../base/quote.js';
import { ask } from '../probes/registry.js';
import { explain } from './failure.js';
import { defineModule } from './module.js';

/** Seconds that our answer has to reach the controller before the host goes down. */
const GRACE = 2;

export const reboot = defineModule({
  name: 'reboot',
  description: 'Restarts the host and waits until it has booted again.',
  options: {
    pre_reboot_delay: { type: 'int', default: 0, description: 'Seconds before it goes down.' },
    post_reboot_delay: {
      type: 'int',
      default: 0,
      description: 'Seconds to wait after it went down, before the first try to log in.',
    },
    reboot_timeout: { type: 'int', default: 600, description: 'Seconds in which it must be back.' },
    connect_timeout: { type: 'int', default: 5, description: 'Seconds for one try to log in.' },
    test_command: { type: 'str', default: 'whoami', description: 'Must succeed before the host counts as back.' },
    msg: { type: 'str', default: 'Reboot initiated by Hostwright', description: 'What users on the host are told.' },
    reboot_command: {
      type: 'str',
      description: 'Command that restarts the host; left out: systemctl, shutdown or reboot.',
    },
  },
  examples: `
- reboot: { reboot_timeout: 300, msg: new kernel }
`,
  fresh: ['fact'],
  probes: () => [ask('fact', 'boot')],
  plan: (args, state) => {
    const bootId = state.read(ask('fact', 'boot'))['boot_id'];
    const delay = GRACE + Math.max(0, args.pre_reboot_delay);
    return {
      actions: [
        {
          kind: 'run',
          argv: ['sh', '-c', going(args.reboot_command, args.msg, delay)],
          effects: [{ type: 'stale-all' }],
        },
      ],
      diff: [{ subject: 'host', note: 'restarted' }],
      result: { rebooted: true },
      controller: [
        {
          type: 'reconnect',
          delay: delay + Math.max(0, args.post_reboot_delay),
          sleep: 1,
          timeout: args.reboot_timeout,
          connectTimeout: args.connect_timeout,
          testCommand: args.test_command,
          ...(typeof bootId === 'string' ? { bootId } : {}),
        },
      ],
    };
  },
  conclude: (_args, outcomes) => {
    const last = outcomes.at(-1);
    return last && last.status !== 0 ? { failed: true, ...explain('restarting the host', last) } : {};
  },
});

/** Leaves a process behind that restarts the host once we are gone; fails at once where that cannot work. */
function going(command: string | undefined, message: string, delay: number): string {
  const usual = `shutdown -r now ${quote(message)} || systemctl reboot || reboot`;
  const check =
    command === undefined
      ? '[ "$(id -u)" = 0 ] || { echo "Permission denied: only root may restart the host" >&2; exit 1; }\n' +
        'command -v systemctl >/dev/null || command -v shutdown >/dev/null || command -v reboot >/dev/null || ' +
        '{ echo "there is neither systemctl nor shutdown nor reboot" >&2; exit 1; }\n'
      : '';
  return `${check}setsid sh -c ${quote(`sleep ${delay}\n${command ?? usual}`)} </dev/null >/dev/null 2>&1 &`;
}
