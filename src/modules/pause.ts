import { TaskError } from '../base/error.js';
import { defineModule } from './module.js';

export const pause = defineModule({
  name: 'pause',
  description: 'Waits: for some time, or for Enter.',
  options: {
    seconds: { type: 'int', description: 'Seconds to wait.' },
    minutes: { type: 'int', description: 'Minutes to wait.' },
    prompt: { type: 'str', description: 'What to ask; the answer is registered as user_input.' },
    echo: { type: 'bool', default: true, description: 'Show what is typed.' },
  },
  rules: { mutuallyExclusive: [['seconds', 'minutes']] },
  once: true,
  examples: `
- pause: { seconds: 1 }
`,
  probes: () => [],
  plan: ({ seconds, minutes, prompt, echo }) => {
    const wait = seconds ?? (minutes === undefined ? undefined : minutes * 60);
    if (wait !== undefined && wait < 0) throw new TaskError('a pause cannot be shorter than no time');
    return {
      actions: [],
      controller: [
        {
          type: 'pause',
          ...(wait === undefined ? {} : { seconds: wait }),
          ...(prompt === undefined ? {} : { prompt }),
          echo,
        },
      ],
      result: { echo },
    };
  },
});
