import { defineModule } from './module.js';

export const waitForConnection = defineModule({
  name: 'wait_for_connection',
  description: 'Waits until the host can be worked on.',
  options: {
    delay: { type: 'int', default: 0, description: 'Seconds before the first try.' },
    sleep: { type: 'int', default: 1, description: 'Seconds between tries.' },
    timeout: { type: 'int', default: 600, description: 'Seconds after which it fails.' },
    connect_timeout: { type: 'int', default: 5, description: 'Seconds for one try.' },
  },
  examples: `
- wait_for_connection: { timeout: 60 }
`,
  probes: () => [],
  plan: ({ delay, sleep, timeout, connect_timeout }) => ({
    actions: [],
    controller: [{ type: 'reconnect', delay, sleep, timeout, connectTimeout: connect_timeout }],
  }),
});
