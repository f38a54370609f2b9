import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import pLimit, { type LimitFunction } from 'p-limit';
import { InputError } from '../base/error.js';
import type { Place } from '../base/place.js';
import type { Value } from '../base/value.js';
import { withHost } from '../inventory/grow.js';
import { findHost } from '../inventory/inventory.js';
import { loadInventory } from '../inventory/load.js';
import { selectHosts } from '../inventory/pattern.js';
import { loadPlaybook } from '../playbook/index.js';
import type { Keywords, Play, Playbook } from '../playbook/tree.js';
import type { Event, Recap } from '../report/event.js';
import { countEvent, exitCode } from '../report/recap.js';
import { TemplateCompiler, TemplateError } from '../template/index.js';
import { batches, inOrder } from './batches.js';
import { moduleCatalogue } from './catalogue.js';
import { type ConnectionFlags, connectHost, ignoredVariables, playConnection } from './connect.js';
import type { HostRun } from './host-run.js';
import { Link } from './link.js';
import { LocalFolders } from './local-files.js';
import type { RunOptions, RunResult } from './options.js';
import { PlayRun, type RunContext } from './play-run.js';
import { playValues } from './play-values.js';
import { Slots } from './slots.js';
import { holdsStart, requireStart } from './start-at.js';
import type { HostMemory, TaskScope } from './variables.js';

/**
 * Runs playbooks: everything is read and checked, then the plays are done one after the other.
 * @throws InputError before anything was touched, where the command line or a file is wrong
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const now = new Date();
  const compiler = new TemplateCompiler({ now });
  const loaded = await loadAll(options, compiler);
  if (options.startAtTask !== undefined) requireStart(loaded, options.startAtTask);
  const running = new Run(options, compiler, now);
  return running.through(loaded);
}

/** Reads and checks every playbook, so that nothing is touched where one of them is wrong. */
export async function loadAll(
  options: Pick<RunOptions, 'playbooks' | 'texts' | 'cwd' | 'roleFolders'>,
  compiler: TemplateCompiler,
): Promise<Playbook[]> {
  const problems: InputError['problems'][number][] = [];
  const loaded: Playbook[] = [];
  for (const file of options.playbooks) {
    try {
      loaded.push(
        await loadPlaybook({
          file,
          cwd: options.cwd,
          compiler,
          modules: moduleCatalogue,
          roleFolders: options.roleFolders,
          text: options.texts?.get(file),
        }),
      );
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return loaded;
}

/** One run: its name, its links to the hosts, and what the hosts have learned. */
class Run {
  readonly #options: RunOptions;
  readonly #compiler: TemplateCompiler;
  readonly #now: Date;
  readonly #name: string;
  readonly #recap = new Map<string, Recap>();
  readonly #links = new Map<string, Link>();
  /** One object for all hosts: files that it leads to are read once. */
  readonly #connection: ConnectionFlags;
  readonly #starts: LimitFunction;
  readonly #forks: Slots;
  readonly #memories = new Map<string, HostMemory>();
  readonly #atWork = new Map<string, HostRun>();
  readonly #gone = new Set<string>();
  /** The task to begin at, until it was reached. */
  #startAt: string | undefined;

  constructor(options: RunOptions, compiler: TemplateCompiler, now: Date) {
    this.#options = options;
    this.#compiler = compiler;
    this.#now = now;
    this.#name = `${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}-${randomBytes(3).toString('hex')}`;
    this.#connection = { ...options.connection, keepSecret: options.keepSecret, known: new Map() };
    this.#starts = pLimit(options.connectionStarts);
    this.#forks = new Slots(options.forks);
    this.#startAt = options.startAtTask;
  }

  async through(playbooks: readonly Playbook[]): Promise<RunResult> {
    const { flags, signal } = this.#options;
    const started = performance.now();
    for (const { plays } of playbooks) for (const play of plays) hostsOf(play, this.#options);
    // Inventories are read before the first event: a mistake in one is told like any other.
    const inventories = await Promise.all(playbooks.map((playbook) => this.#inventory(playbook)));
    this.#emit({
      type: 'run-start',
      run: this.#name,
      playbooks: playbooks.map(({ file }) => file),
      check: flags.check,
      diff: flags.diff,
    });
    const told = (): void => this.#tellInterruption();
    signal?.addEventListener('abort', told);
    try {
      for (const [i, playbook] of playbooks.entries()) {
        for (const problem of [...inventories[i]!.warnings, ...playbook.warnings]) this.#warn(problem);
        await this.#playbook(playbook, inventories[i]!);
      }
    } finally {
      signal?.removeEventListener('abort', told);
      for (const link of this.#links.values()) link.close();
    }
    const code = exitCode(this.#recap, {
      interrupted: signal?.aborted ?? false,
      failOnChange: this.#options.failOnChange,
    });
    this.#emit({ type: 'run-end', recap: this.#recap, seconds: (performance.now() - started) / 1000, exitCode: code });
    return { exitCode: code, run: this.#name };
  }

  #inventory({ file }: Playbook) {
    const { inventory, cwd, extraVars } = this.#options;
    return loadInventory({
      sources: inventory,
      cwd,
      playbookFolder: dirname(resolve(cwd, file)),
      ...(extraVars ? { extraVars } : {}),
    });
  }

  async #playbook(playbook: Playbook, inventory: RunContext['inventory']): Promise<void> {
    const options = this.#options;
    if (options.signal?.aborted) return;
    const context: RunContext = {
      options,
      playbook: playbook.file,
      compiler: this.#compiler,
      local: new LocalFolders(dirname(resolve(options.cwd, playbook.file))),
      now: this.#now.getTime() / 1000,
      inventory,
      memories: this.#memories,
      forks: this.#forks,
      emit: (event) => this.#emit(event),
      linkTo: (host, scope, keywords) => this.#link(host, scope, keywords),
      addHost: (name, groups, values) => {
        context.inventory = withHost(context.inventory, name, groups, values);
        if (!findHost(inventory, name)) this.#gone.delete(name);
      },
      groupBy: (host, key, parents) => {
        context.inventory = withHost(context.inventory, host, [key, ...parents], {});
      },
      get interrupted() {
        return options.signal?.aborted ?? false;
      },
      atWork: this.#atWork,
    };
    for (const play of playbook.plays) {
      if (context.interrupted) return;
      await this.#play(context, play);
    }
  }

  async #play(context: RunContext, play: Play): Promise<void> {
    const { options } = context;
    const startAt = this.#startAt;
    if (startAt !== undefined && !holdsStart(play, startAt)) return;
    this.#startAt = undefined;
    const pattern = hostsOf(play, options);
    const text = Array.isArray(pattern) ? pattern.map(String).join(',') : String(pattern);
    const selected = selectHosts(context.inventory, text, options.limit, {
      cwd: options.cwd,
      warn: (problem) => this.#warn(problem),
    });
    const hosts = inOrder(selected, play.order).filter((host) => !this.#gone.has(host));
    this.#emit({ type: 'play-start', name: play.name ?? text, place: play.place, hosts });
    if (hosts.length === 0) return;
    const values = await playValues(play, options);
    for (const batch of batches(hosts, play.serial)) {
      if (play.serial.length > 0) this.#emit({ type: 'batch-start', hosts: batch });
      const running = new PlayRun(context, play, hosts, batch, values, startAt);
      const ends = await running.run();
      for (const [host, end] of ends) if (end === 'failed' || end === 'unreachable') this.#gone.add(host);
      const lost = [...ends.values()].filter((end) => end === 'failed' || end === 'unreachable').length;
      if (
        lost === batch.length ||
        (running.stopped !== undefined && running.stopped !== 'meta: end_batch') ||
        context.interrupted
      )
        return;
    }
  }

  #link(host: string, scope: TaskScope, keywords: Keywords): Link {
    const connection = playConnection(this.#connection, keywords, scope);
    const key = [host, connection.user, connection.port, connection.connection].join('\0');
    let link = this.#links.get(key);
    if (!link) {
      for (const name of ignoredVariables(scope)) {
        this.#warn({
          message: `${host}: ${name} is not honoured: the connection goes straight to the host`,
          hint: 'jump hosts and options of ssh are not there yet',
        });
      }
      link = new Link({
        host,
        timeout: connection.timeout,
        holder: this.#options.flags.check ? undefined : `${userInfo().username}@${hostname()}, run ${this.#name}`,
        connect: () => this.#starts(() => connectHost(host, scope, connection)),
        onConnected: (seconds) => this.#emit({ type: 'connected', host, seconds }),
      });
      this.#links.set(key, link);
    }
    return link;
  }

  #emit(event: Event): void {
    countEvent(this.#recap, event);
    this.#options.reporter.on(event);
  }

  #warn({ message, place, hint }: { message: string; place?: Place; hint?: string }): void {
    this.#emit({
      type: 'warning',
      text: message,
      ...(place ? { place } : {}),
      ...(hint === undefined ? {} : { hint }),
    });
  }

  #tellInterruption(): void {
    const standing = [...this.#atWork].map(([host, run]) => ({
      host,
      ...(run.doing ? { task: run.doing } : {}),
      state: run.doing ? ('running' as const) : ('waiting' as const),
    }));
    this.#emit({ type: 'interrupted', signal: String(this.#options.signal?.reason ?? 'SIGINT'), standing });
    // A host that cannot be told goes on to the end of its batch; it is told of then.
    for (const link of this.#links.values()) link.stop().catch(() => {});
  }
}

/** The pattern of a play's hosts. Throws InputError. */
function hostsOf({ hosts }: Play, options: RunOptions): Value {
  try {
    return hosts.render(extraScope(options)) as Value;
  } catch (error) {
    if (!(error instanceof TemplateError) || error.variable === undefined) throw error;
    throw new InputError({
      message: `hosts: "${error.variable}" is not defined`,
      place: error.place,
      hint: 'no host is chosen yet: only extra variables (-e) are known here',
    });
  }
}

/** What `hosts:` of a play may read: extra vars, as no host is chosen yet. */
function extraScope({ extraVars }: RunOptions) {
  const find = (name: string) => extraVars?.definitions.get(name);
  return { has: (name: string) => find(name) !== undefined, get: (name: string) => find(name)?.value ?? null };
}
