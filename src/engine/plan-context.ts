import type { Value } from '../base/value.js';
import type { LocalFiles, PlanContext } from '../modules/module.js';
import { TemplateError } from '../template/index.js';
import type { Company } from './company.js';
import type { Item, Job } from './job.js';

const contexts = new WeakMap<Item, PlanContext>();

/** What a module may know when it plans an item; made once per item. */
export function planContext(job: Job, item: Item, company: Company): PlanContext {
  let context = contexts.get(item);
  if (!context) contexts.set(item, (context = new ItemContext(job, item, company)));
  return context;
}

/** Made for every task on every host, so what few modules ask for is made when they ask. */
class ItemContext implements PlanContext {
  readonly #job: Job;
  readonly #item: Item;
  readonly #company: Company;

  constructor(job: Job, item: Item, company: Company) {
    this.#job = job;
    this.#item = item;
    this.#company = company;
  }

  get check(): boolean {
    return this.#job.effective.check;
  }
  get diff(): boolean {
    return this.#job.effective.diff;
  }
  get user(): string {
    return this.#job.effective.become?.user ?? this.#company.loginUser(this.#item.scope);
  }
  get local(): LocalFiles {
    const { lexical, place } = this.#job.task;
    return this.#company.local.in(lexical.role?.folder, place.file);
  }
  get environment(): Readonly<Record<string, string>> {
    return this.#job.effective.environment;
  }
  get timeout(): number | undefined {
    return this.#job.effective.timeout;
  }
  get now(): number {
    return this.#company.now;
  }
  get verbosity(): number {
    return this.#company.verbosity;
  }

  render(text: string, name: string): string {
    return this.#company.compiler.file(text, name).render(this.#item.scope);
  }

  test(condition: string): boolean {
    return this.#company.compiler.condition(condition, this.#job.task.place).test(this.#item.scope);
  }

  value(expression: string): Value | undefined {
    try {
      return this.#company.compiler.value(`{{${expression}}}`, this.#job.task.place).render(this.#item.scope);
    } catch (error) {
      if (error instanceof TemplateError && error.variable !== undefined) return undefined;
      throw error;
    }
  }
}
