/** `npm test`: type check, lint, unit tests, end-to-end tests, and one last line that counts them. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ROOT, run } from './run.mjs';

/** @typedef {{passed: number, failed: number}} Count */
/** @typedef {{node: string, env: NodeJS.ProcessEnv, args: string[]}} Context */

/**
 * Arguments are passed to vitest (file filters), in which case the type check and the lint are left out.
 * @param {Context} context
 * @returns {Promise<number>} exit code, 0 when nothing failed
 */
export async function runChecks(context) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'terrarium-test-'));
  /** @type {Count[]} */
  const counts = [];
  try {
    counts.push(await step('build', context, [script('scripts/build.mjs')]));
    if (context.args.length === 0) {
      counts.push(await step('types', context, [script('node_modules/typescript/bin/tsc'), '--noEmit', '-p', '.']));
      counts.push(await step('lint', context, [script('node_modules/oxlint/bin/oxlint'), '--type-aware', '--deny-warnings']));
    }
    counts.push(await vitest('unit', folder, context));
    counts.push(await vitest('e2e', folder, context));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const total = sum(counts);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

/** @param {string} name */
const script = (name) => path.join(ROOT, ...name.split('/'));

/** @param {string} name @param {Context} context @param {string[]} args @returns {Promise<Count>} */
async function step(name, { node, env }, args) {
  console.log(`\n== ${name}`);
  const code = await run(node, args, { env });
  if (code !== 0) console.error(`${name} failed with exit code ${code}.`);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * A run that ends badly without a failed test (an unhandled error, a file that does not load, no report) counts as one failure.
 * @param {string} project @param {string} folder @param {Context} context @returns {Promise<Count>}
 */
async function vitest(project, folder, { node, env, args }) {
  const report = path.join(folder, `${project}.json`);
  console.log(`\n== ${project} tests`);
  const code = await run(
    node,
    [script('node_modules/vitest/vitest.mjs'), 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, '--passWithNoTests', ...args],
    { env },
  );
  const count = await readReport(report);
  if (code !== 0 && count.failed === 0) count.failed = 1;
  return count;
}

/** @param {string} file @returns {Promise<Count>} */
async function readReport(file) {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const report = JSON.parse(text);
  return { passed: report.numPassedTests ?? 0, failed: report.numFailedTests ?? 0 };
}

/** @param {Count[]} counts @returns {Count} */
function sum(counts) {
  return counts.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }), { passed: 0, failed: 0 });
}
