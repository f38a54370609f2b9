import { InputError, TaskError } from '../base/error.js';
import type { Scope } from '../base/scope.js';
import { isMapping, type Value } from '../base/value.js';
import type { Keywords } from '../playbook/tree.js';
import type { Compiled } from '../template/index.js';
import type { Become } from '../transport/become.js';

/** What a run's flags say for every task that does not say otherwise. */
export interface Flags {
  readonly check: boolean;
  readonly diff: boolean;
  readonly become: boolean;
  readonly becomeUser: string;
  readonly becomeMethod: string;
  readonly becomePassword?: string;
  /** The user that a task without become runs as. */
  readonly loginUser?: (scope: Scope) => string;
}

/** The keywords of a task, rendered for a host. */
export interface Effective {
  readonly become: Become | undefined;
  readonly check: boolean;
  readonly diff: boolean;
  readonly noLog: boolean;
  readonly ignoreErrors: boolean;
  readonly ignoreUnreachable: boolean;
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly timeout: number | undefined;
}

/** What tasks without keywords of their own come to, by the names they see. */
const plain = new WeakMap<Scope, Effective>();
const saying = new WeakMap<Keywords, boolean>();

/** Says whether keywords say anything that must be rendered for a host. */
function sayAnything(keywords: Keywords): boolean {
  let say = saying.get(keywords);
  if (say === undefined) {
    const { become, becomeUser, becomeMethod, checkMode, diff, noLog, ignoreErrors, ignoreUnreachable, timeout } =
      keywords;
    const said = [become, becomeUser, becomeMethod, checkMode, diff, noLog, ignoreErrors, ignoreUnreachable, timeout];
    say = keywords.environment.length > 0 || said.some((each) => each !== undefined);
    saying.set(keywords, say);
  }
  return say;
}

/** What a task's keywords come to on a host; worked out once for all tasks that say nothing. */
export function effective(keywords: Keywords, scope: Scope, flags: Flags): Effective {
  if (sayAnything(keywords)) return render(keywords, scope, flags);
  let known = plain.get(scope);
  if (!known) plain.set(scope, (known = render(keywords, scope, flags)));
  return known;
}

/** Renders what a task's keywords say, with the flags and connection variables behind them. */
function render(keywords: Keywords, scope: Scope, flags: Flags): Effective {
  const yes = (said: Compiled | undefined, otherwise: boolean): boolean =>
    said === undefined ? otherwise : truth(said.render(scope), said);
  return {
    become: becomeOf(keywords, scope, flags),
    check: yes(keywords.checkMode, flags.check),
    diff: yes(keywords.diff, flags.diff),
    noLog: yes(keywords.noLog, false),
    ignoreErrors: yes(keywords.ignoreErrors, false),
    ignoreUnreachable: yes(keywords.ignoreUnreachable, false),
    environment: environmentOf(keywords.environment, scope),
    timeout: keywords.timeout === undefined ? undefined : seconds(keywords.timeout.render(scope), keywords.timeout),
  };
}

const METHODS = ['sudo', 'su', 'doas'] as const;

function becomeOf(keywords: Keywords, scope: Scope, flags: Flags): Become | undefined {
  const variable = (name: string): Value | undefined => (scope.has(name) ? scope.get(name) : undefined);
  const said = variable('ansible_become') ?? keywords.become?.render(scope) ?? flags.become;
  if (!isTrue(said)) return undefined;
  const user = String(variable('ansible_become_user') ?? keywords.becomeUser?.render(scope) ?? flags.becomeUser);
  // Already that user: nothing to become, and no sudo needed on the host.
  if (flags.loginUser?.(scope) === user) return undefined;
  const method = String(
    variable('ansible_become_method') ?? keywords.becomeMethod?.render(scope) ?? flags.becomeMethod,
  );
  if (!METHODS.includes(method as never))
    throw new TaskError(`become_method "${method}" is not known`, `use one of ${METHODS.join(', ')}`);
  const password = variable('ansible_become_password') ?? variable('ansible_become_pass') ?? flags.becomePassword;
  return {
    method: method as Become['method'],
    user,
    ...(password === undefined || password === null ? {} : { password: String(password) }),
  };
}

const isTrue = (value: Value): boolean => value === true || /^(yes|true|on|1)$/i.test(String(value));

function truth(value: Value, { place }: Compiled): boolean {
  if (typeof value === 'boolean') return value;
  if (/^(yes|true|on|1|no|false|off|0|)$/i.test(String(value))) return isTrue(value);
  throw new InputError({ message: 'true or false was expected', place });
}

function seconds(value: Value, { place }: Compiled): number | undefined {
  const number = Number(value);
  if (!Number.isFinite(number) || number < 0)
    throw new InputError({ message: 'timeout must be a number of seconds', place });
  return number === 0 ? undefined : number;
}

function environmentOf(layers: readonly Compiled[], scope: Scope): Readonly<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const layer of layers) {
    const value = layer.render(scope);
    for (const mapping of Array.isArray(value) ? value : [value]) {
      if (!isMapping(mapping))
        throw new InputError({ message: 'environment must be a mapping of names to text', place: layer.place });
      for (const [name, text] of Object.entries(mapping)) {
        if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
          throw new InputError({ message: `"${name}" is not a name of an environment variable`, place: layer.place });
        environment[name] = text === null ? '' : String(text);
      }
    }
  }
  return environment;
}
