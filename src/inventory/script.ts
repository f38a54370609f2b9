import { spawn } from 'node:child_process';
import type { Place } from '../base/place.js';
import { neutralise } from '../base/terminal.js';
import { emptyMapping, isMapping, type Value, type Values } from '../base/value.js';
import type { Definition } from './inventory.js';
import type { Report, Tree } from './tree.js';

const LIMITS = { milliseconds: 60_000, bytes: 64 * 1024 * 1024 };
const SHOWN = 2000;
const AT_ONCE = 8;

/** What went wrong with a script, in the words of the problem to show. */
class ScriptMistake extends Error {}

/** What a program prints; throws ScriptMistake where it fails, takes too long or prints too much. */
export function runProgram(path: string, args: string[], limits = LIMITS): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const chunks: Buffer[] = [];
    let bytes = 0;
    let complaint = '';
    let mistake: string | undefined;
    const stop = (message: string) => {
      mistake ??= message;
      try {
        // The group, so that what the script started ends with it.
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        child.kill('SIGKILL');
      }
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const timer = setTimeout(
      () => stop(`it did not end within ${limits.milliseconds / 1000} seconds`),
      limits.milliseconds,
    );
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limits.bytes) stop(`it prints more than ${limits.bytes} bytes`);
      else chunks.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (complaint.length < SHOWN) complaint += text.slice(0, SHOWN);
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new ScriptMistake(`it cannot be run: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const how = code === null ? `it was ended by ${signal}` : `it ended with exit code ${code}`;
      const said = complaint.trim() === '' ? '' : `: ${neutralise(complaint.trim())}`;
      if (mistake !== undefined) reject(new ScriptMistake(mistake));
      else if (code !== 0) reject(new ScriptMistake(how + said));
      else resolve(Buffer.concat(chunks).toString('utf8'));
    });
  });
}

/** Texts that a script marked `__ansible_unsafe`: the collection that holds them, and their names in it. */
type Marks = WeakMap<object, Set<string>>;

/** A parsed JSON value with mappings that have no prototype; Ansible's marks for unsafe text are taken off. */
function harmless(value: unknown, marks: Marks): Value {
  if (typeof value !== 'object' || value === null) return value as Value;
  const values: Values | Value[] = Array.isArray(value) ? [] : emptyMapping();
  for (const [name, inner] of Object.entries(value)) {
    if (name === '__proto__') throw new ScriptMistake('it prints the key "__proto__", which is refused');
    if (name === '__ansible_vault') throw new ScriptMistake('values encrypted with Ansible Vault cannot be read yet');
    const marked = unsafeText(inner);
    if (marked !== undefined) marks.set(values, (marks.get(values) ?? new Set()).add(name));
    (values as Values)[name] = marked ?? harmless(inner, marks);
  }
  return values;
}

function unsafeText(value: unknown): string | undefined {
  const text = isMapping(value) ? value.__ansible_unsafe : undefined;
  return typeof text === 'string' && Object.keys(value as object).length === 1 ? text : undefined;
}

function parse(text: string, what: string, marks: Marks): Values {
  let value: Value;
  try {
    value = harmless(JSON.parse(text), marks);
  } catch (error) {
    if (error instanceof ScriptMistake) throw error;
    throw new ScriptMistake(`${what} is no JSON: ${neutralise((error as Error).message)}`);
  }
  if (!isMapping(value)) throw new ScriptMistake(`${what} must be a JSON object`);
  return value;
}

/** Puts what `--list` printed into the tree; gives the hosts in the order in which they were named. */
class ScriptReader {
  readonly hosts = new Set<string>();
  readonly marks: Marks = new WeakMap();
  constructor(
    private readonly tree: Tree,
    private readonly place: Place,
  ) {}

  group(name: string, printed: Value): void {
    const group = this.tree.group(name);
    const data = this.sections(name, printed);
    for (const host of texts(data.hosts ?? [], `"hosts" of the group "${name}"`)) {
      this.hosts.add(host);
      this.tree.host(host, group, undefined, this.place);
    }
    const variables = data.vars ?? emptyMapping();
    if (!isMapping(variables)) throw new ScriptMistake(`"vars" of the group "${name}" must be an object`);
    for (const variable in variables) {
      this.tree.groupVariable(group, variable, this.definition(variables, variable));
    }
    for (const child of texts(data.children ?? [], `"children" of the group "${name}"`)) {
      this.tree.child(group, this.tree.group(child), this.place);
    }
  }

  variables(name: string, variables: Value): void {
    if (!isMapping(variables)) throw new ScriptMistake(`the variables of the host "${name}" must be an object`);
    const host = this.tree.host(name, undefined, undefined, this.place);
    for (const variable in variables) {
      this.tree.hostVariable(host, variable, this.definition(variables, variable));
    }
  }

  private definition(container: Values, name: string): Definition {
    const isUnsafe: Definition['isUnsafe'] = (path) => {
      const names = [name, ...path];
      let inner: Value = container;
      for (const each of names.slice(0, -1)) inner = (inner as Values)?.[each] ?? null;
      return inner !== null && (this.marks.get(inner as object)?.has(String(names.at(-1))) ?? false);
    };
    return { value: container[name]!, place: this.place, isUnsafe };
  }

  /** A bare list is a list of hosts; an object without sections is a host with variables. */
  private sections(name: string, data: Value): Values {
    if (!isMapping(data)) return Object.assign(emptyMapping(), { hosts: data });
    if ('hosts' in data || 'vars' in data || 'children' in data) return data;
    return Object.assign(emptyMapping(), { hosts: [name], vars: data });
  }
}

function texts(value: Value, what: string): string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value as string[];
  throw new ScriptMistake(`${what} must be a list of names`);
}

async function hostVariables(path: string, names: string[], marks: Marks): Promise<Values[]> {
  const found: Values[] = [];
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const some = names.slice(start, start + AT_ONCE).map(async (name) => {
      const text = await runProgram(path, ['--host', name]);
      return text.trim() === '' ? emptyMapping() : parse(text, `what it prints for --host ${name}`, marks);
    });
    found.push(...(await Promise.all(some)));
  }
  return found;
}

/**
 * Runs an executable inventory with `--list`, and with `--host` for each host where it prints no
 * `_meta.hostvars`. At most 60 seconds and 64 MB a call.
 */
export async function readScript(path: string, shown: string, tree: Tree, report: Report): Promise<void> {
  const place = { file: shown, line: 0, col: 0 };
  try {
    const reader = new ScriptReader(tree, place);
    const data = parse(await runProgram(path, ['--list']), 'what it prints for --list', reader.marks);
    for (const name in data) if (name !== '_meta') reader.group(name, data[name]!);
    const meta = data._meta;
    const known = isMapping(meta) ? meta.hostvars : undefined;
    const names = [...reader.hosts];
    if (known === undefined) {
      const variables = await hostVariables(path, names, reader.marks);
      for (const [index, name] of names.entries()) reader.variables(name, variables[index]!);
    } else if (!isMapping(known)) throw new ScriptMistake('"_meta.hostvars" must be an object');
    else for (const name of names) if (name in known) reader.variables(name, known[name]!);
  } catch (error) {
    if (!(error instanceof ScriptMistake)) throw error;
    report(`the inventory script failed: ${error.message}`, place, `try it by hand: ${shown} --list`);
  }
}
