/**
 * A run in a process of its own, to be killed or measured: `controller.mjs BUILD PLAYBOOK INVENTORY HOST VARS`: BUILD
 * is the folder of the compiled sources, VARS is JSON. Tells what its events are, a JSON line each, and at the end the
 * most memory it had in kB.
 */
const [build, playbook, inventory, limit, vars = '{}'] = process.argv.slice(2);
const { run } = await import(`${build}/engine/run.js`);
const { parseExtraVars } = await import(`${build}/inventory/extra-vars.js`);
const result = await run({
  playbooks: [playbook],
  inventory: [inventory],
  cwd: process.cwd(),
  limit,
  tags: [],
  skipTags: [],
  forks: 50,
  connectionStarts: 10,
  flags: { check: false, diff: false, become: false, becomeUser: 'root', becomeMethod: 'sudo' },
  connection: { timeout: 20, acceptNewHostKeys: false, cwd: process.cwd() },
  failOnChange: false,
  forceHandlers: false,
  verbosity: 0,
  reporter: {
    on: (event) => {
      if (event.type === 'task-output') return;
      const task = 'task' in event && event.task ? event.task.name : undefined;
      const status = event.type === 'task-result' ? event.result.status : undefined;
      process.stdout.write(`${JSON.stringify({ type: event.type, task, status })}\n`);
    },
    close: async () => {},
  },
  extraVars: await parseExtraVars([vars]),
});
process.stdout.write(`${JSON.stringify({ type: 'peak', kilobytes: process.resourceUsage().maxRSS })}\n`);
process.exitCode = result.exitCode;
