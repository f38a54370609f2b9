import type { RunOptions } from '../engine/options.js';
import { run } from '../engine/run.js';
import { parseExtraVars } from '../inventory/extra-vars.js';
import type { Reporter } from '../report/event.js';
import { fanOut } from '../report/fan-out.js';
import { Redactor } from '../report/redact.js';
import type { ConnectionValues } from './flags/connection.js';
import { type InventoryValues, inventorySources } from './flags/inventory.js';
import type { OutputValues } from './flags/output.js';
import type { RunValues } from './flags/task.js';
import { onInterruption } from './interruption.js';
import { tellProblems } from './problems.js';
import { makeReporters, type View } from './reporters.js';

/** Connections that are being opened at once: sshd and bastions drop the rest of a flood. */
const CONNECTION_STARTS = 10;

/** What is run: playbooks by file, and texts in place of files that do not exist. */
export interface Work {
  readonly playbooks: readonly string[];
  readonly texts?: ReadonlyMap<string, string>;
  /** Tells the run on standard output in place of the reporter that `--output` names. */
  readonly view?: (verbosity: number) => Reporter;
}

/** Runs playbooks with the flags of the command line, tells it, and sets the exit code. */
export async function perform(
  work: Work,
  values: InventoryValues & ConnectionValues & OutputValues & RunValues,
): Promise<void> {
  const cwd = process.cwd();
  const redactor = new Redactor();
  const secrets = await secretsOf(values, redactor);
  const extraVars = await parseExtraVars(values.extraVars ?? [], cwd);
  const sources = inventorySources(values, cwd);
  if (sources.length === 0) {
    const hint = 'give one with -i, or write inventory.yml or inventory/ here';
    tellProblems([{ message: 'there is no inventory: only localhost is known', hint }], { kind: 'warning' });
  }
  const { reporters, view } = await makeReporters(values, work.view);
  const reporter = fanOut(reporters, { redactor });
  const options: Omit<RunOptions, 'reporter'> = {
    playbooks: work.playbooks,
    ...(work.texts ? { texts: work.texts } : {}),
    inventory: sources,
    cwd,
    limit: values.limit,
    tags: values.tags ?? [],
    skipTags: values.skipTags ?? [],
    extraVars,
    forks: values.forks,
    connectionStarts: CONNECTION_STARTS,
    flags: {
      check: values.check ?? false,
      diff: values.diff ?? false,
      become: values.become ?? false,
      becomeUser: values.becomeUser,
      becomeMethod: values.becomeMethod,
      becomePassword: secrets.becomePassword,
    },
    connection: {
      user: values.user,
      privateKeyFile: values.privateKey,
      passphrase: secrets.passphrase,
      password: secrets.password,
      timeout: values.timeout,
      acceptNewHostKeys: values.acceptNewHostKeys ?? false,
      connection: values.connection,
      cwd,
    },
    failOnChange: values.failOnChange ?? false,
    forceHandlers: values.forceHandlers ?? false,
    startAtTask: values.startAtTask,
    verbosity: values.verbose,
    roleFolders: values.rolesPath,
    keepSecret: (secret) => redactor.add(secret),
    ask: asking(view),
  };
  let begun = false;
  const watched: Reporter = {
    on: (event) => {
      begun = true;
      reporter.on(event);
    },
    close: () => reporter.close(),
  };
  const interruption = onInterruption();
  try {
    const { exitCode } = await run({ ...options, reporter: watched, signal: interruption.signal });
    process.exitCode = exitCode;
  } finally {
    // A run that a wrong file kept from beginning must not overwrite the reports of the last one.
    if (begun) await reporter.close();
    interruption.end();
  }
}

/** The passwords that the flags ask for; loaded only where there are some, as most runs need none. */
async function secretsOf(values: ConnectionValues, redactor: Redactor) {
  const { askPass, askBecomePass, askKeyPassphrase, connectionPasswordFile, becomePasswordFile } = values;
  if (!(askPass || askBecomePass || askKeyPassphrase || connectionPasswordFile || becomePasswordFile)) return {};
  const { readSecrets } = await import('./secrets.js');
  const secrets = await readSecrets(values);
  for (const secret of Object.values(secrets)) if (secret !== undefined) redactor.add(secret);
  return secrets;
}

/** Questions of the run, with the view out of the way meanwhile; none where there is no terminal. */
function asking(view: View): RunOptions['ask'] {
  if (!process.stdin.isTTY) return undefined;
  return async (prompt, options) => {
    const { askTerminal } = await import('./ask.js');
    view.suspend?.();
    try {
      return await askTerminal(prompt, options);
    } finally {
      view.resume?.();
    }
  };
}
