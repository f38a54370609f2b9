import type { Value, Values } from '../base/value.js';
import type { Inventory, VariableLayer } from '../inventory/inventory.js';
import { findHost } from '../inventory/inventory.js';
import { selectTags } from '../playbook/index.js';
import type { Handler, Keywords, Meta, Node, Play } from '../playbook/tree.js';
import type { Event } from '../report/event.js';
import type { TemplateCompiler } from '../template/index.js';
import type { Company, Shared } from './company.js';
import { loginUser, playConnection } from './connect.js';
import type { Flags } from './effective.js';
import { type HostEnd, HostRun } from './host-run.js';
import type { ItemResult } from './job.js';
import { Lane } from './lane.js';
import type { Link } from './link.js';
import type { LocalFolders } from './local-files.js';
import { magic, magicNames } from './magic.js';
import type { RunOptions } from './options.js';
import { Rendezvous } from './rendezvous.js';
import { Slots } from './slots.js';
import { startingAt } from './start-at.js';
import { HostMemory, HostVariables, type TaskScope } from './variables.js';

/** What outlives a play: the run's own side of the company. */
export interface RunContext {
  readonly options: RunOptions;
  readonly playbook: string;
  readonly compiler: TemplateCompiler;
  readonly local: LocalFolders;
  readonly now: number;
  inventory: Inventory;
  readonly memories: Map<string, HostMemory>;
  readonly forks: Slots;
  emit(event: Event): void;
  linkTo(host: string, scope: TaskScope, keywords: Keywords): Link;
  addHost(name: string, groups: readonly string[], values: Values): void;
  groupBy(host: string, key: string, parents: readonly string[]): void;
  readonly interrupted: boolean;
  /** Hosts at work now, for the word of an interruption. */
  readonly atWork: Map<string, HostRun>;
}

const NO_EXTRA: VariableLayer = { rank: 'extra vars', definitions: new Map() };

/** One batch of hosts going through one play. */
export class PlayRun implements Company {
  readonly play: Play;
  readonly nodes: readonly Node[];
  readonly moreHandlers: Handler[] = [];
  readonly flags: Flags;
  readonly #context: RunContext;
  readonly #hosts: readonly string[];
  readonly #allHosts: readonly string[];
  readonly #playValues: readonly VariableLayer[];
  readonly #rendezvous: Rendezvous;
  readonly #runs = new Map<string, HostRun>();
  readonly #lanes = new Map<string, Lane>();
  readonly #variables = new Map<string, HostVariables>();
  readonly #once = new WeakMap<readonly string[], Shared>();
  readonly #throttles = new Map<number, Slots>();
  #failures = 0;
  #stopped: string | undefined;

  /** @param startAt name of the task to begin at */
  constructor(
    context: RunContext,
    play: Play,
    allHosts: readonly string[],
    hosts: readonly string[],
    playValues: readonly VariableLayer[],
    startAt?: string,
  ) {
    this.#context = context;
    const { flags, connection } = context.options;
    this.flags = { ...flags, loginUser: (scope) => loginUser(scope, playConnection(connection, play.keywords, scope)) };
    this.play = context.options.forceHandlers ? { ...play, forceHandlers: true } : play;
    this.#allHosts = allHosts;
    this.#hosts = hosts;
    this.#playValues = playValues;
    this.#rendezvous = new Rendezvous(hosts);
    this.nodes = withFlushes(play, startAt);
  }

  get stopped(): string | undefined {
    return this.#stopped;
  }
  get interrupted(): boolean {
    return this.#context.interrupted;
  }
  get local(): LocalFolders {
    return this.#context.local;
  }
  get compiler(): TemplateCompiler {
    return this.#context.compiler;
  }
  get now(): number {
    return this.#context.now;
  }
  get verbosity(): number {
    return this.#context.options.verbosity;
  }

  /** Takes every host of the batch through the play. */
  async run(): Promise<ReadonlyMap<string, HostEnd>> {
    const ends = new Map<string, HostEnd>();
    await Promise.all(
      this.#hosts.map(async (host) => {
        await this.#context.forks.within(async () => {
          const lane = this.#lane(host);
          const run = new HostRun(host, lane, this);
          this.#runs.set(host, run);
          this.#context.atWork.set(host, run);
          try {
            ends.set(host, this.interrupted ? 'stopped' : await run.run());
          } catch (error) {
            ends.set(host, this.#defect(host, run, error));
          } finally {
            this.#rendezvous.leave(host);
            this.#context.atWork.delete(host);
            this.emit({ type: 'host-end', host });
          }
        });
      }),
    );
    return ends;
  }

  /** Something that nobody foresaw, in our own code: this host's play ends, the others go on, and it is told. */
  #defect(host: string, run: HostRun, error: unknown): HostEnd {
    this.#failures++;
    const text = `this is a defect of Hostwright: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    const task = run.doing ?? {
      id: 0,
      name: this.play.name ?? 'play',
      module: 'play',
      place: this.play.place,
      handler: false,
    };
    this.emit({
      type: 'task-result',
      host,
      task,
      result: {
        status: 'failed',
        message: text,
        hint: 'please report it',
        values: {},
        diff: [],
        duration: 0,
        ignored: false,
        rescued: false,
      },
    });
    return 'failed';
  }

  wanted(node: Node): boolean {
    if (node.kind === 'block') return true;
    if (node.kind === 'meta' && node.keywords.tags.length === 0) return true;
    const { tags, skipTags } = this.#context.options;
    return (
      (tags.length === 0 && skipTags.length === 0 && !node.keywords.tags.includes('never')) ||
      selectTags(node.keywords, tags, skipTags)
    );
  }

  readonly emit = (event: Event): void => this.#context.emit(event);

  keepSecret(secret: string): void {
    this.#context.options.keepSecret?.(secret);
  }

  memory(host: string): HostMemory {
    let memory = this.#context.memories.get(host);
    if (!memory) this.#context.memories.set(host, (memory = new HostMemory()));
    return memory;
  }

  variables(host: string): HostVariables {
    let variables = this.#variables.get(host);
    if (!variables) this.#variables.set(host, (variables = this.#makeVariables(host)));
    return variables;
  }

  laneTo(host: string): Lane {
    return new Lane(this.#link(host), this.flags.check, (event) => this.emit(event));
  }

  disturb(host: string): void {
    this.#runs.get(host)?.disturb();
  }

  async meet(host: string, point: number): Promise<readonly string[]> {
    const { forks } = this.#context;
    forks.give();
    const company = await this.#rendezvous.arrive(host, point);
    await forks.take();
    return company;
  }

  once(company: readonly string[]): Shared {
    // Each meeting has a list of its own, so a task that is met for twice is done twice.
    let shared = this.#once.get(company);
    if (!shared) {
      let settle: Shared['settle'] = () => {};
      const result = new Promise<{ result: ItemResult; registered: Value }>((resolve) => {
        settle = (result, registered) => resolve({ result, registered });
      });
      shared = { result, settle };
      this.#once.set(company, shared);
    }
    return shared;
  }

  throttle<T>(point: number, places: number, work: () => Promise<T>): Promise<T> {
    let slots = this.#throttles.get(point);
    if (!slots) this.#throttles.set(point, (slots = new Slots(places)));
    return slots.within(work);
  }

  failed(host: string, fatal: boolean): void {
    this.#failures++;
    const { maxFailPercentage } = this.play;
    if (fatal) this.stop(`any_errors_fatal: ${host} failed`);
    else if (maxFailPercentage !== undefined && (this.#failures / this.#hosts.length) * 100 > maxFailPercentage) {
      this.stop(
        `max_fail_percentage: ${this.#failures} of ${this.#hosts.length} hosts failed, more than ${maxFailPercentage} %`,
      );
    }
  }

  stop(reason: string): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = reason;
    if (!reason.startsWith('meta:')) this.emit({ type: 'warning', text: `no host begins another task: ${reason}` });
  }

  addHost(name: string, groups: readonly string[], values: Values): void {
    this.#context.addHost(name, groups, values);
    this.#variables.delete(name);
  }

  groupBy(host: string, key: string, parents: readonly string[]): void {
    this.#context.groupBy(host, key, parents);
  }

  async pause(seconds: number | undefined, prompt: string | undefined, echo: boolean): Promise<string | undefined> {
    const { ask, signal } = this.#context.options;
    if (prompt !== undefined && ask) return ask(prompt, { echo, ...(seconds === undefined ? {} : { seconds }) });
    if (seconds === undefined) {
      this.emit({ type: 'warning', text: 'pause without seconds was passed over: there is no terminal to answer at' });
      return undefined;
    }
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, seconds * 1000);
      if (signal?.aborted) end();
      else signal?.addEventListener('abort', end);
    });
    return undefined;
  }

  async refreshInventory(): Promise<void> {
    this.#variables.clear();
  }

  loginUser(scope: TaskScope): string {
    return loginUser(scope, playConnection(this.#context.options.connection, this.play.keywords, scope));
  }

  #lane(host: string): Lane {
    let lane = this.#lanes.get(host);
    if (!lane) this.#lanes.set(host, (lane = this.laneTo(host)));
    return lane;
  }

  #link(host: string): Link {
    return this.#context.linkTo(host, this.variables(host).scope(), this.play.keywords);
  }

  #makeVariables(host: string): HostVariables {
    const { options, inventory } = this.#context;
    const inventoryHost = findHost(inventory, host) ?? {
      name: host,
      groups: [],
      layers: [],
      implicit: true,
      source: undefined,
      sourceFolder: undefined,
    };
    const context = this.#context;
    const sources = {
      host: inventoryHost,
      get inventory() {
        return context.inventory;
      },
      playHosts: this.#allHosts,
      batchHosts: this.#hosts,
      check: options.flags.check,
      diff: options.flags.diff,
      forks: options.forks,
      verbosity: options.verbosity,
      playbook: context.playbook,
      cwd: options.cwd,
      beliefs: () => this.#lane(host).beliefs(this.#runs.get(host)?.user),
      scopeOf: (other: string) => this.variables(other).scope(),
      groupsOf: (other: string) => findHost(context.inventory, other)?.groups ?? [],
    };
    return new HostVariables({
      host,
      layers: inventoryHost.layers,
      extra: options.extraVars ?? NO_EXTRA,
      play: this.play,
      playValues: this.#playValues,
      memory: this.memory(host),
      compiler: this.compiler,
      magic: (name) => magic(name, sources),
      magicNames,
    });
  }
}

/** The sections one after the other, each followed by the flush of its handlers. */
function withFlushes(play: Play, startAt: string | undefined): readonly Node[] {
  const nodes: Node[] = [];
  for (const section of play.sections) {
    if (section.length === 0) continue;
    nodes.push(...section, flush(play));
  }
  return startAt === undefined ? nodes : startingAt(nodes, startAt);
}

function flush(play: Play): Meta {
  return {
    kind: 'meta',
    place: play.place,
    id: Number.MAX_SAFE_INTEGER,
    label: 'meta',
    action: 'flush_handlers',
    keywords: { when: [], tags: [], environment: [] },
    lexical: { vars: [], params: [] },
  };
}
