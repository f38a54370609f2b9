import type { PlanContext } from '../modules/module.js';
import { TemplateError } from '../template/index.js';
import type { Company } from './company.js';
import type { Item, Job } from './job.js';

const contexts = new WeakMap<Item, PlanContext>();

/** What a module may know when it plans an item; made once per item. */
export function planContext(job: Job, item: Item, company: Company): PlanContext {
  let context = contexts.get(item);
  if (!context) contexts.set(item, (context = makeContext(job, item, company)));
  return context;
}

function makeContext({ effective, task }: Job, { scope }: Item, company: Company): PlanContext {
  const { compiler } = company;
  return {
    check: effective.check,
    diff: effective.diff,
    user: effective.become?.user ?? company.loginUser(scope),
    local: company.local.in(task.lexical.role?.folder, task.place.file),
    environment: effective.environment,
    timeout: effective.timeout,
    now: company.now,
    verbosity: company.verbosity,
    render: (text, name) => compiler.file(text, name).render(scope),
    test: (condition) => compiler.condition(condition, task.place).test(scope),
    value: (expression) => {
      try {
        return compiler.value(`{{${expression}}}`, task.place).render(scope);
      } catch (error) {
        if (error instanceof TemplateError && error.variable !== undefined) return undefined;
        throw error;
      }
    },
  };
}
