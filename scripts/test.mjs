// All tests: those that need nothing, then those on real hosts where this machine can run some.
// node scripts/test.mjs [ARGUMENTS FOR VITEST]; the last line is "N passed, N failed".
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const reports = mkdtempSync(join(tmpdir(), 'hostwright-test-'));
const total = { passed: 0, failed: 0 };
const skipped = [];

/** Runs one configuration of vitest and adds up what it reports. */
async function suite(title, config, args) {
  console.log(`\n${title}`);
  const file = join(reports, `${config}.json`);
  const command = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--passWithNoTests',
    ...['--config', join(root, config), '--reporter', 'default', '--reporter', 'json', `--outputFile.json=${file}`],
    ...args,
  ];
  // Once it is said that there are real hosts, a lab that cannot be had is a failure, not a skip.
  const child = spawn(process.execPath, command, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, LAB_REQUIRED: '1' },
  });
  const code = await new Promise((resolve, reject) =>
    child.on('error', reject).on('close', (status) => resolve(status ?? 1)),
  );
  const report = read(file);
  if (!report) {
    console.log(`${title}: vitest ended with status ${code} and left no report`);
    total.failed++;
    return;
  }
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests;
  // A file that cannot be loaded, or a set-up that fails, is a failure though no test of it is counted.
  const broken = report.testResults.filter(
    (each) => each.status === 'failed' && each.assertionResults.every(({ status }) => status !== 'failed'),
  );
  total.failed += broken.length;
  if (code !== 0 && report.numFailedTests + broken.length === 0) total.failed++;
  const left = report.numPendingTests + report.numTodoTests;
  if (left > 0) skipped.push(`${left} of the ${title.toLowerCase()}: they say why themselves`);
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

try {
  const args = process.argv.slice(2);
  await suite('Unit tests', 'vitest.config.ts', args);
  // The short form; `npm run fuzz` is the long one.
  process.env.FUZZ ??= '0.2';
  await suite('Random input', 'vitest.fuzz.config.ts', args);
  const { labObstacle } = await import('../dist/index.js');
  const reason = process.env.HOSTWRIGHT_TEST_LAB === '0' ? 'HOSTWRIGHT_TEST_LAB=0 says so' : labObstacle(root);
  if (reason === undefined) await suite('Lab tests', 'vitest.lab.config.ts', args);
  else skipped.push(`all tests on real hosts: ${reason}`);
  // For .ci/run, which takes no skipped lab for an answer.
  if (process.env.HOSTWRIGHT_TEST_SUMMARY)
    writeFileSync(
      process.env.HOSTWRIGHT_TEST_SUMMARY,
      JSON.stringify({ ...total, skipped, lab: reason === undefined }),
    );
} finally {
  rmSync(reports, { recursive: true, force: true });
}
console.log();
for (const text of skipped) console.log(`skipped: ${text}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
