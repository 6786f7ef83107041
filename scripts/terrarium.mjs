#!/usr/bin/env node
/**
 * The project's commands: `npm start`, `npm run dev`, `npm test`, `npm run bench`, `npm run node`.
 * Runs on Node 18 and up with nothing installed; set-up is done on the way and needs the network only the first time.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './setup/built.mjs';
import { ensureChromium } from './setup/browser.mjs';
import { runChecks } from './setup/checks.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { projectNode, withNode } from './setup/node.mjs';
import { ROOT, run, SetupError } from './setup/run.mjs';

/** @type {Record<string, (args: string[], node: string) => Promise<number>>} */
const COMMANDS = {
  async start(args, node) {
    await ensureDependencies(node);
    await ensureBuilt(node);
    return run(node, [...SERVER_FLAGS, path.join(ROOT, 'server', 'main.ts'), ...args], { env: withNode(node) });
  },
  async dev(args, node) {
    await ensureDependencies(node);
    return run(node, [path.join(ROOT, 'scripts', 'dev.mjs'), ...args], { env: withNode(node) });
  },
  async test(args, node) {
    await ensureDependencies(node);
    const chromium = await ensureChromium(node);
    return runChecks({ node, args, env: { ...withNode(node), TERRARIUM_CHROMIUM: chromium } });
  },
  async bench(args, node) {
    await ensureDependencies(node);
    const chromium = await ensureChromium(node);
    await ensureBuilt(node);
    return run(node, [path.join(ROOT, 'e2e', 'bench', 'main.ts'), ...args], { env: { ...withNode(node), TERRARIUM_CHROMIUM: chromium } });
  },
  async 'prebuild-templates'(args, node) {
    await ensureDependencies(node);
    const chromium = await ensureChromium(node);
    await ensureBuilt(node);
    return run(node, [path.join(ROOT, 'e2e', 'prebuild-templates.ts'), ...args], { env: { ...withNode(node), TERRARIUM_CHROMIUM: chromium } });
  },
  /** Speaks the Model Context Protocol on standard output: nothing else may be printed there, so that set-up is left to the other commands. */
  async mcp(args, node) {
    if (!existsSync(path.join(ROOT, 'node_modules', '@modelcontextprotocol'))) throw new SetupError('The project is not set up yet: run "npm start" once, then this again.');
    return run(node, [path.join(ROOT, 'server', 'agents', 'bridge', 'main.ts'), ...args], { cwd: process.cwd(), env: withNode(node) });
  },
  node: (args, node) => run(node, args, { cwd: process.cwd(), env: withNode(node) }),
};

/** Preview origins share one cookie jar, which a task's page can fill (architecture.md): such requests must still get their answer. */
const SERVER_FLAGS = ['--max-http-header-size=65536'];

async function main() {
  const [name = 'start', ...args] = process.argv.slice(2);
  if (name === 'mcp') console.log = console.error;
  const command = COMMANDS[name];
  if (command === undefined) throw new SetupError(`Unknown command "${name}". There are: ${Object.keys(COMMANDS).join(', ')}.`);
  return command(args, await projectNode());
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 1;
  },
);
