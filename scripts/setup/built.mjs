/** Runs the build in a process of its own: its tools need the project's Node, which need not be the one that runs the set-up. */
import path from 'node:path';
import { withNode } from './node.mjs';
import { ROOT, run, SetupError } from './run.mjs';

/** @param {string} node */
export async function ensureBuilt(node) {
  const code = await run(node, [path.join(ROOT, 'scripts', 'build.mjs')], { env: withNode(node) });
  if (code !== 0) throw new SetupError(`The build failed (exit code ${code}): see its output above.`);
}
