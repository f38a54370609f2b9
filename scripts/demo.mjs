// The demo: hosts, check, run, and a second run that has nothing to do; each command as a person would type it.
// node scripts/demo.mjs [--down] [--embedded] [--name NAME]
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const { labList, labObstacle, labState, listRuns, readJournal } = await import('../dist/index.js');

const { values } = parseArgs({
  options: {
    down: { type: 'boolean', default: false },
    embedded: { type: 'boolean', default: false },
    name: { type: 'string', default: 'demo' },
  },
});
const { name } = values;

const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const bold = (text) => (colour ? `\x1b[1m${text}\x1b[0m` : text);
const say = (text = '') => process.stdout.write(`${text}\n`);

/** Shows a command of ours and runs it on this terminal; gives its exit code. */
async function hostwright(...args) {
  say();
  say(bold(`$ npx hostwright ${args.join(' ')}`));
  const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' });
  return await new Promise((resolve, reject) => child.on('error', reject).on('close', (code) => resolve(code ?? 1)));
}

class DemoError extends Error {}

/** The same, for commands that must go well. */
async function must(...args) {
  const code = await hostwright(...args);
  if (code === 130) throw new DemoError('interrupted');
  if (code !== 0) throw new DemoError(`that ended with status ${code}`);
}

/** Runs a command that leaves a journal; gives the tasks that changed something, or would, as `host: task`. */
async function changedBy(...args) {
  const before = Date.now();
  await must(...args);
  const [last] = await listRuns();
  if (!last || Date.parse(last.started) < before - 1000) throw new DemoError('there is no journal of that run');
  const { events } = await readJournal(last.file);
  const changed = events.filter((event) => event.type === 'task-result' && event.result.status === 'changed');
  return new Map(
    changed.map(({ host, task }) => [
      `${host} ${task.id}`,
      `${host}: ${task.role ? `${task.role} : ` : ''}${task.name}`,
    ]),
  );
}

const without = (one, other) => [...one].filter(([key]) => !other.has(key)).map(([, text]) => text);

/** What check said must be what run did. */
function compare(predicted, changed) {
  const missed = without(changed, predicted);
  const imagined = without(predicted, changed);
  if (missed.length + imagined.length === 0) return;
  const lists = [
    ...missed.map((text) => `  changed, though check did not say so: ${text}`),
    ...imagined.map((text) => `  not changed, though check said so:     ${text}`),
  ];
  throw new DemoError(`check and run differ:\n${lists.join('\n')}`);
}

async function demo() {
  const obstacle = values.embedded ? 'you asked for embedded hosts' : labObstacle(root);
  const real = obstacle === undefined;
  const playbook = real ? 'playbooks/site.yml' : 'playbooks/no-root.yml';
  say(bold(`Hostwright: ${real ? 'three Debian hosts' : 'three embedded hosts'}, provisioned twice`));
  if (!real) say(`Embedded hosts are shells on this machine, each with a home of its own: ${obstacle}.`);
  if ((await labList(root)).some((lab) => lab.name === name)) await must('lab', 'down', '--name', name);
  const hosts = real ? 'demo1:bookworm,demo2:trixie,demo3:trixie' : 'demo1,demo2,demo3';
  await must('lab', 'up', '--name', name, '--hosts', hosts, ...(real ? [] : ['--provider', 'embedded']));
  const inventory = ['-i', `.hostwright/lab/${name}/inventory.yml`, '-i', 'inventory'];

  const predicted = await changedBy('check', playbook, ...inventory);
  const changed = await changedBy('run', playbook, ...inventory);
  compare(predicted, changed);
  const again = await changedBy('run', playbook, ...inventory);
  if (again.size > 0)
    throw new DemoError(
      `the second run changed something:\n${[...again.values()].map((text) => `  ${text}`).join('\n')}`,
    );

  say();
  say(bold('All well:'));
  say(
    `  check said that ${predicted.size} tasks would change something, run changed the very same, the second run changed 0.`,
  );
  if (!real) {
    say('  Not shown, for want of real hosts: packages, services, kernel settings, accounts, becoming root.');
    say('  As root on Debian, the demo does those too.');
  }
  lookAround(real, inventory);
}

function lookAround(real, inventory) {
  const [first] = labState({ name, root }).hosts;
  const lines = [
    [`npx hostwright lab ssh --name ${name} ${first.name}`, 'log in to a host'],
    ...(real ? [[`curl http://${first.address}:8080/`, 'the page of the web server']] : []),
    ['npx hostwright journal', 'what was run; with "last": the last run again'],
    [`npx hostwright explain ${first.name} web_title ${inventory.join(' ')}`, 'where a value comes from'],
    [`npx hostwright lab down --name ${name}`, 'take the hosts down (or: npm run demo -- --down)'],
  ];
  say();
  say(bold('Look around:'));
  for (const [command, meaning] of lines) say(`  ${command}\n      ${meaning}`);
}

// The command at work gets the terminal's Ctrl-C too, and says how it ends.
process.on('SIGINT', () => undefined);
try {
  if (values.down) await must('lab', 'down', '--name', name);
  else await demo();
} catch (error) {
  if (!(error instanceof DemoError)) throw error;
  say();
  say(bold(`The demo failed: ${error.message}`));
  say(`The hosts, if any, are left for you to look at; take them down with: npx hostwright lab down --name ${name}`);
  process.exitCode = 1;
}
