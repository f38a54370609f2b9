import { posix } from 'node:path';
import { predict } from '../actions/action.js';
import type { Action } from '../actions/registry.js';
import { TaskError } from '../base/error.js';
import { ask } from '../probes/registry.js';
import { checkAccountName } from './account-name.js';
import {
  type Neighbours,
  tableLines,
  tableText,
  withJob,
  withoutJob,
  withoutVariable,
  withVariable,
} from './cron-table.js';
import { explain } from './failure.js';
import { type Change, defineModule, type PlanContext, type State } from './module.js';
import type { Arguments } from './options.js';
import { planEdit } from './write-file.js';

const options = {
  name: { type: 'str', required: true, description: 'What the job is known by, or the name of the variable with env.' },
  job: { type: 'str', aliases: ['value'], description: 'The command, or the value with env.' },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', description: 'Whether it must be there.' },
  user: {
    type: 'str',
    description: 'Whose crontab; left out: of the user the task runs as. With cron_file: who runs the job.',
  },
  cron_file: { type: 'path', description: 'A file in /etc/cron.d (or an absolute path) in place of a crontab.' },
  minute: { type: 'str', default: '*', description: 'Minute: 0-59, *, */2, ...' },
  hour: { type: 'str', default: '*', description: 'Hour: 0-23, *, */2, ...' },
  day: { type: 'str', default: '*', aliases: ['dom'], description: 'Day of the month: 1-31, *, */2, ...' },
  month: { type: 'str', default: '*', description: 'Month: 1-12, jan-dec, *, ...' },
  weekday: {
    type: 'str',
    default: '*',
    aliases: ['dow'],
    description: 'Day of the week: 0-6 from Sunday, sun-sat, *, ...',
  },
  special_time: {
    type: 'str',
    choices: ['annually', 'daily', 'hourly', 'monthly', 'reboot', 'weekly', 'yearly'],
    description: 'A time with a name, in place of the five fields.',
  },
  disabled: { type: 'bool', default: false, description: 'The job is there but commented out.' },
  env: { type: 'bool', default: false, description: 'Set a variable of the crontab in place of a job.' },
  insertafter: { type: 'str', description: 'With env: put a new variable after this one.' },
  insertbefore: { type: 'str', description: 'With env: put a new variable before this one.' },
  backup: { type: 'bool', default: false, description: 'With cron_file: keep the old file beside the new one.' },
} as const;

type CronArguments = Arguments<typeof options>;

export const cron = defineModule({
  name: 'cron',
  description: 'A job or a variable of a crontab.',
  options,
  rules: { mutuallyExclusive: [['insertafter', 'insertbefore']] },
  examples: `
- cron: { name: nightly backup, hour: '2', minute: '30', job: /usr/local/bin/backup }
- cron: { name: after boot, special_time: reboot, job: /usr/local/bin/warm-up, user: app }
- cron: { name: MAILTO, env: true, job: ops@example.org }
- cron: { name: rotate, cron_file: app, user: root, special_time: daily, job: /usr/local/bin/rotate }
`,
  probes: (args, context) => {
    const path = filePath(args);
    if (path !== undefined) return [ask('stat', path), ask('stat', posix.dirname(path)), ask('content', path)];
    const user = args.user ?? context.user;
    return user === context.user ? [ask('crontab', user)] : [ask('crontab', user), ask('passwd', user)];
  },
  plan: (args, state, context) => {
    check(args);
    const path = filePath(args);
    return path === undefined ? planCrontab(args, state, context) : planFile(path, args, state, context);
  },
  conclude: (args, outcomes) => {
    const last = outcomes.at(-1);
    if (!last || last.status === 0) return {};
    if (last.status === 127)
      return { failed: true, message: 'the host has no crontab program', hint: 'install it first: apt: {name: cron}' };
    return { failed: true, ...explain(`installing the crontab with "${args.name}"`, last) };
  },
});

function check(args: CronArguments): void {
  const hint = 'see crontab(5)';
  if (args.state === 'present' && args.job === undefined)
    throw new TaskError(`job is required for "${args.name}"`, hint);
  if (args.env && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(args.name))
    throw new TaskError(`"${args.name}" is not the name of a variable`, hint);
  if (!args.env && (args.insertafter ?? args.insertbefore) !== undefined)
    throw new TaskError('insertafter and insertbefore need env: true');
  const fields = ['minute', 'hour', 'day', 'month', 'weekday'] as const;
  const bad = fields.filter((field) => !/^[\w*/,~-]+$/.test(args[field]));
  if (bad.length > 0) throw new TaskError(`${bad.join(', ')} of "${args.name}": not a time field of a crontab`, hint);
  const timed = fields.some((field) => args[field] !== '*');
  if (args.special_time !== undefined && timed)
    throw new TaskError(`"${args.name}": special_time and time fields cannot be given together`);
  if (/[\r\n]/.test(args.name)) throw new TaskError('name holds a newline: a crontab has one line for it');
  if (/[\r\n]/.test((args.job ?? '').trim())) {
    throw new TaskError(
      `the job of "${args.name}" has several lines`,
      'a crontab has one line a job: put the commands in a script',
    );
  }
  if (args.user !== undefined) checkAccountName(args.user, 'user');
}

function filePath({ cron_file: file }: CronArguments): string | undefined {
  return file === undefined || file === '' ? undefined : posix.resolve('/etc/cron.d', file);
}

/** The line of the job; files of /etc/cron.d have the user in it. */
function jobLine(args: CronArguments): string {
  const { minute, hour, day, month, weekday } = args;
  const time = args.special_time === undefined ? [minute, hour, day, month, weekday] : [`@${args.special_time}`];
  const words = [...time, ...(filePath(args) === undefined ? [] : [args.user!]), args.job!.trim()];
  return `${args.disabled ? '#' : ''}${words.join(' ')}`;
}

function edited(lines: readonly string[], args: CronArguments): string[] {
  const { name } = args;
  if (args.state === 'absent') return args.env ? withoutVariable(lines, name) : withoutJob(lines, name);
  if (!args.env) return withJob(lines, name, jobLine(args));
  const neighbours: Neighbours = { after: args.insertafter, before: args.insertbefore };
  const next = withVariable(lines, name, args.job!, neighbours);
  if (!next) throw new TaskError(`there is no variable ${neighbours.after ?? neighbours.before} to put ${name} beside`);
  return next;
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((line, i) => line === b[i]);

function planCrontab(args: CronArguments, state: State, context: PlanContext): Change {
  const user = args.user ?? context.user;
  const probe = ask('crontab', user);
  const text = state.read(probe);
  // A user who is still to be made has no crontab either: what earlier tasks predict counts.
  if (text === null && user !== context.user && state.read(ask('passwd', user)) === null) {
    if (args.state === 'absent') return { actions: [] };
    throw new TaskError(`there is no user ${user} to have a crontab`, 'make the user first with the user module');
  }
  const lines = tableLines(text ?? '');
  const next = edited(lines, args);
  if (same(lines, next)) return { actions: [] };
  const after = tableText(next);
  const argv = context.user === 'root' ? ['crontab', '-u', user, '-'] : ['crontab', '-'];
  if (context.user !== 'root' && user !== context.user) {
    throw new TaskError(`only root may change the crontab of ${user}`, 'run the task with become: true');
  }
  const action: Action = { kind: 'run', argv, stdin: Buffer.from(after), effects: [predict(probe, after)] };
  return { actions: [action], diff: [{ subject: `crontab of ${user}`, before: text ?? '', after }] };
}

function planFile(path: string, args: CronArguments, state: State, context: PlanContext): Change {
  if (args.user === undefined && !args.env && args.state === 'present') {
    throw new TaskError('cron_file needs user: who runs the job', 'user: root');
  }
  if (/[^A-Za-z0-9_-]/.test(posix.basename(path)) && posix.dirname(path) === '/etc/cron.d') {
    throw new TaskError(`cron passes over ${path}`, 'names in /etc/cron.d may hold letters, digits, - and _ only');
  }
  const before = state.read(ask('content', path));
  const text = before?.toString('utf8') ?? '';
  const lines = tableLines(text);
  const next = edited(lines, args);
  if (same(lines, next)) return { actions: [] };
  // A file with nothing in it is no use to cron.
  if (next.length === 0)
    return { actions: [{ kind: 'remove', path }], diff: [{ subject: path, before: text, after: '' }] };
  return planEdit(path, before, Buffer.from(tableText(next)), { backup: args.backup }, state, context);
}
