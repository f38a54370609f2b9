import { predict } from '../actions/action.js';
import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { ask, type Probe } from '../probes/registry.js';
import { sysctlPath } from '../probes/sysctl.js';
import { explain } from './failure.js';
import { type Change, defineModule, type State, Unknowable } from './module.js';
import type { Arguments } from './options.js';
import { planEdit } from './write-file.js';

const options = {
  name: { type: 'str', required: true, aliases: ['key'], description: 'The setting, e.g. net.ipv4.ip_forward.' },
  value: { type: 'str', aliases: ['val'], description: 'Its value.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    description: 'Whether the file must set it.',
  },
  sysctl_file: {
    type: 'path',
    default: '/etc/sysctl.conf',
    description:
      'The file; one of your own in /etc/sysctl.d is better, since newer systems do not read /etc/sysctl.conf.',
  },
  reload: { type: 'bool', default: true, description: 'Give the kernel the value too when the file changes.' },
  sysctl_set: { type: 'bool', default: false, description: 'Give the kernel the value too where it has another.' },
  ignoreerrors: { type: 'bool', default: false, description: 'Pass over a setting that the kernel does not have.' },
} as const;

type SysctlArguments = Arguments<typeof options>;

/** $1 path below /proc/sys, $2 value: what `sysctl -w` does, which not every host has. */
const SET = `printf '%s\\n' "$2" >"$1"`;

export const sysctl = defineModule({
  name: 'sysctl',
  description: 'A setting of the kernel, in a file and in the running kernel.',
  options,
  rules: { requiredIf: [['state', 'present', ['value']]] },
  examples: `
- sysctl: { name: net.ipv4.ip_forward, value: '1', sysctl_file: /etc/sysctl.d/60-app.conf }
- sysctl: { name: vm.swappiness, state: absent, sysctl_file: /etc/sysctl.d/60-app.conf }
`,
  probes: (args) => {
    const file: Probe[] = [
      ask('content', args.sysctl_file),
      ask('stat', args.sysctl_file),
      ask('stat', folderOf(args.sysctl_file)),
    ];
    return asksKernel(args) ? [...file, ask('sysctl', args.name)] : file;
  },
  plan: (args, state, context) => {
    if (!/^[A-Za-z0-9_][A-Za-z0-9_./:@-]*$/.test(args.name) || args.name.includes('..'))
      throw new TaskError(`"${args.name}" is not the name of a setting`);
    if (/\n/.test(args.value ?? '')) throw new TaskError(`the value of ${args.name} has several lines`);
    const wanted = normal(args.value ?? '');
    const before = state.read(ask('content', args.sysctl_file));
    const text = before?.toString('utf8') ?? '';
    const after = edited(text, args.name, args.state === 'absent' ? undefined : wanted);
    const change: Change =
      after === text ? { actions: [] } : planEdit(args.sysctl_file, before, Buffer.from(after), {}, state, context);
    const actions: Action[] = [...change.actions];
    const notes = [...(change.diff ?? [])];
    if (asksKernel(args)) {
      const now = kernelValue(args, state, context.check);
      const due = args.sysctl_set || (args.reload && after !== text);
      if (due && now !== undefined && now !== wanted) {
        const argv = ['sh', '-c', SET, 'sysctl', sysctlPath(args.name), wanted];
        actions.push({
          kind: 'run',
          argv,
          effects: [{ type: 'stale-kinds', kinds: ['sysctl'] }, predict(ask('sysctl', args.name), wanted, false)],
        });
        notes.push({ subject: args.name, before: `${now}\n`, after: `${wanted}\n` });
      }
    }
    return {
      actions,
      diff: notes,
      result: { name: args.name, value: args.value ?? null, sysctl_file: args.sysctl_file },
    };
  },
  conclude: (args, outcomes) => {
    const last = outcomes.at(-1);
    if (!last || last.status === 0) return {};
    const known: [RegExp, string][] = [
      [/Invalid argument/i, 'the kernel does not take this value'],
      [/I\/O error/, 'the kernel does not take this value'],
    ];
    return { failed: true, ...explain(`setting ${args.name}`, last, known) };
  },
});

const asksKernel = (args: SysctlArguments): boolean => args.state === 'present' && (args.reload || args.sysctl_set);

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

/** The kernel divides numbers by tabs, people by spaces; yes and no are what Ansible makes 1 and 0. */
function normal(value: string): string {
  const words = value.trim().split(/\s+/).join(' ');
  if (/^(true|yes|y|on)$/i.test(words)) return '1';
  return /^(false|no|n|off)$/i.test(words) ? '0' : words;
}

/** The kernel's value; undefined where the setting is not there and that may be. */
function kernelValue(args: SysctlArguments, state: State, check: boolean): string | undefined {
  const now = state.read(ask('sysctl', args.name));
  if (now !== null) return normal(now);
  if (args.ignoreerrors) return undefined;
  // An earlier task may load the module that brings it.
  if (check)
    throw new Unknowable(
      `the kernel has no setting ${args.name} now: a run fails here unless an earlier task brings it`,
    );
  throw new TaskError(
    `the kernel of the host has no setting ${args.name}`,
    'load its module first, or ignoreerrors: true writes the file all the same',
  );
}

/** The text of a sysctl.conf(5) with the setting in one place, or in none. */
function edited(text: string, name: string, value: string | undefined): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const path = sysctlPath(name);
  let placed = false;
  const kept = lines.flatMap((line) => {
    const match = /^\s*(-?)\s*([^#;=\s]+)\s*=\s*(.*)$/.exec(line);
    if (!match || sysctlPath(match[2]!) !== path) return [line];
    if (value === undefined || placed) return [];
    placed = true;
    // A line that says the same in other words stays as it is.
    return [normal(match[3]!) === value ? line : `${match[1]}${name}=${value}`];
  });
  if (value !== undefined && !placed) kept.push(`${name}=${value}`);
  if (kept.length === lines.length && kept.every((line, i) => line === lines[i])) return text;
  return kept.length === 0 ? '' : `${kept.join('\n')}\n`;
}
