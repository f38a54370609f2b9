import { TaskError } from '../base/error.js';
import { isMapping, mapping, type Value } from '../base/value.js';
import { defineModule, type PlanContext } from './module.js';

/** A condition that was evaluated before the module was called. */
export interface EvaluatedCondition {
  /** As written. */
  readonly source: string;
  readonly holds: boolean;
}

export const assert = defineModule({
  name: 'assert',
  description: 'Fails unless conditions hold.',
  options: {
    that: { type: 'list', elements: 'raw', required: true, description: 'Conditions, as for `when`; all must hold.' },
    fail_msg: { type: 'raw', aliases: ['msg'], description: 'What to say when one does not hold.' },
    success_msg: { type: 'raw', description: 'What to say when all hold.' },
    quiet: { type: 'bool', default: false, description: 'Say nothing when all hold.' },
  },
  examples: `
- assert:
    that: ["size(groups) > 0"]
    fail_msg: the inventory has no groups
`,
  probes: () => [],
  plan: ({ that, fail_msg, success_msg, quiet }, _state, context) => {
    for (const condition of that) {
      const { source, holds } = evaluated(condition, context);
      if (holds) continue;
      const message = fail_msg === undefined ? `assertion failed: ${source}` : asText(fail_msg);
      throw new TaskError(message, undefined, mapping({ assertion: source, evaluated_to: false }));
    }
    const message = asText(success_msg ?? 'All assertions passed');
    return { actions: [], ...(quiet ? {} : { message }), result: { msg: message } };
  },
});

function evaluated(condition: Value, context: PlanContext): EvaluatedCondition {
  if (typeof condition === 'string') return { source: condition, holds: context.test(condition) };
  if (typeof condition === 'boolean') return { source: String(condition), holds: condition };
  if (isMapping(condition) && typeof condition['holds'] === 'boolean')
    return { source: String(condition['source']), holds: condition['holds'] };
  throw new TaskError(`"that" must be a list of conditions; ${JSON.stringify(condition)} is none`);
}

/** A list of messages is one line each. */
function asText(message: Value): string {
  if (Array.isArray(message)) return message.map(asText).join('\n');
  return typeof message === 'string' ? message : JSON.stringify(message);
}
