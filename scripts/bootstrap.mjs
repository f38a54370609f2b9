// What every script of package.json begins with, in plain Node: dependencies and a build, then the work.
// node scripts/bootstrap.mjs demo|test|lint|bench [ARGUMENTS]
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const path = (...parts) => join(root, ...parts);

/** What each script runs, one after the other; `build`: the built program is needed. */
const works = {
  demo: { build: true, commands: [['scripts/demo.mjs']] },
  test: { build: true, commands: [['scripts/test.mjs']] },
  lint: {
    commands: [
      ['node_modules/@biomejs/biome/bin/biome', 'check', 'src', 'test', 'scripts'],
      ['node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'],
      ['node_modules/vitest/vitest.mjs', 'run', 'test/unit/layers.test.ts'],
    ],
  },
  bench: { build: true, commands: [['node_modules/tsx/dist/cli.mjs', 'test/bench/main.ts']] },
};

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(`Node 20.19 or newer is needed, this is ${process.version}`);
}

const age = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

/** The newest change below a folder or to a file, in milliseconds since 1970. */
function newest(file) {
  if (!existsSync(file)) return 0;
  const found = statSync(file);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(file).map((name) => newest(join(file, name))));
}

/** Runs a step with its output kept back; it is shown where the step fails. */
async function quietly(title, command, args) {
  const started = Date.now();
  const live = process.stderr.isTTY;
  const line = () => `${title} … ${Math.round((Date.now() - started) / 1000)} s`;
  process.stderr.write(live ? line() : `${title} …\n`);
  const ticking = live ? setInterval(() => process.stderr.write(`\r${line()}`), 1000) : undefined;
  const output = [];
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve)).finally(() =>
    clearInterval(ticking),
  );
  if (live) process.stderr.write(`\r${line()}\n`);
  if (code === 0) return;
  process.stderr.write(Buffer.concat(output));
  throw new Error(`${[command, ...args].join(' ')} failed with status ${code}`);
}

async function ensureDependencies() {
  const installed = age(path('node_modules/.package-lock.json'));
  if (installed > 0 && installed >= age(path('package-lock.json'))) return;
  await quietly('installing dependencies (npm ci)', process.platform === 'win32' ? 'npm.cmd' : 'npm', [
    'ci',
    '--no-audit',
    '--no-fund',
  ]);
}

async function ensureBuild() {
  const built = age(path('dist/cli/main.js'));
  const sources = ['src', 'scripts/build.mjs', 'package-lock.json'].map((name) => newest(path(name)));
  if (built > Math.max(...sources)) return;
  await quietly('building', process.execPath, ['scripts/build.mjs', '--no-types']);
}

/** Runs the work itself, on this terminal; gives its exit code. */
function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
    // The terminal sends Ctrl-C to the child as well: it says when it is done.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
      process.on(signal, () => signal === 'SIGINT' || child.kill(signal));
    child.on('error', reject).on('close', (code) => resolve(code ?? 1));
  });
}

const [name = '', ...args] = process.argv.slice(2);
try {
  const work = Object.hasOwn(works, name) ? works[name] : undefined;
  if (!work) throw new Error(`usage: node scripts/bootstrap.mjs ${Object.keys(works).join('|')}`);
  checkNode();
  await ensureDependencies();
  if (work.build) await ensureBuild();
  let code = 0;
  for (const command of work.commands) {
    code = await run([...command, ...(work.commands.length === 1 ? args : [])]);
    if (code !== 0) break;
  }
  process.exitCode = code;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
