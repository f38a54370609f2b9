import type { Value } from '../base/value.js';
import type { Options } from '../modules/options.js';
import { moduleNamed } from '../modules/registry.js';
import type { Job } from './job.js';

/** Tells of every secret in a job: its become password, and the values of arguments that are secret. */
export function keepSecrets(job: Job, keep: (secret: string) => void): void {
  const { password } = job.effective.become ?? {};
  if (password !== undefined) keep(password);
  const secret = secretOptions(moduleNamed(job.task.module).options);
  for (const { args } of job.items) for (const name of args ? secret : []) keepText(args![name], keep);
}

const known = new WeakMap<Options, readonly string[]>();

function secretOptions(options: Options): readonly string[] {
  let names = known.get(options);
  if (!names) known.set(options, (names = Object.keys(options).filter((name) => options[name]!.secret)));
  return names;
}

function keepText(value: Value | undefined, keep: (secret: string) => void): void {
  if (typeof value === 'string') keep(value);
  else if (Array.isArray(value)) for (const each of value) keepText(each, keep);
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) keepText(each, keep);
}
