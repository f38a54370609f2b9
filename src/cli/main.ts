#!/usr/bin/env node
import { parseExtraVars } from '../inventory/extra-vars.js';
import { run } from '../engine/run.js';
import { fanOut } from '../report/fan-out.js';
import { loadReporter } from '../report/reporters.js';

const args = process.argv.slice(2);
const playbook = args[1]!;
const inventory = args[args.indexOf('-i') + 1]!;
const reporters = [await loadReporter(args.includes('--json') ? 'json' : 'plain', { verbosity: args.filter((a) => a === '-v').length })];
const reporter = fanOut(reporters);
const result = await run({
  playbooks: [playbook],
  inventory: [inventory],
  cwd: process.cwd(),
  tags: [],
  skipTags: [],
  forks: 50,
  connectionStarts: 10,
  flags: { check: args.includes('-C'), diff: args.includes('-D'), become: false, becomeUser: 'root', becomeMethod: 'sudo' },
  connection: { timeout: 20, acceptNewHostKeys: false, cwd: process.cwd() },
  failOnChange: false,
  forceHandlers: false,
  verbosity: 0,
  reporter,
  extraVars: await parseExtraVars([]),
});
await reporter.close();
process.exitCode = result.exitCode;
