/**
 * Writes down what Node prints: `node e2e/parity/record.ts <path of a node 22.23.3> [area…]`. Each snippet runs three times; one that does not print
 * the same each time is no snippet, and nothing is written.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { areas, expectedFile, normalized, snippetsOf, type Outcome, type Snippet } from './snippets.ts';

const VERSION = 'v22.23.3';
const RUNS = 3;
const TIME_LIMIT_MS = 20_000;

function run(node: string, { file, code }: Snippet): Promise<Outcome> {
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'parity-'));
  writeFileSync(path.join(folder, file), code);
  return new Promise((resolve) => {
    // One pipe for both, so that their order is kept. The environment and the name are the container's.
    const child = spawn('/bin/bash', ['-c', `exec -a node ${node} ${file} 2>&1`], { cwd: folder, env: { PATH: process.env['PATH'], HOME: '/home' }, stdio: ['ignore', 'pipe', 'inherit'], timeout: TIME_LIMIT_MS });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('close', (exit) => {
      rmSync(folder, { recursive: true, force: true });
      resolve(normalized({ code: exit, output }, folder));
    });
  });
}

async function record(node: string, area: string): Promise<string[]> {
  const expected: Record<string, Outcome> = {};
  const unsteady: string[] = [];
  for (const snippet of snippetsOf(area)) {
    const outcomes = [];
    for (let i = 0; i < RUNS; i++) outcomes.push(await run(node, snippet));
    expected[snippet.name] = outcomes[0] as Outcome;
    if (new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size > 1 || outcomes[0]?.code === null) unsteady.push(`${area}: ${snippet.name}`);
  }
  if (unsteady.length === 0) {
    mkdirSync(path.dirname(expectedFile(area)), { recursive: true });
    writeFileSync(expectedFile(area), `${JSON.stringify(expected, null, 1)}\n`);
  }
  return unsteady;
}

const [node = '', ...chosen] = process.argv.slice(2);
const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
if (version !== VERSION) throw new Error(`The container reports ${VERSION}; this is ${version}.`);
const unsteady: string[] = [];
for (const area of chosen.length > 0 ? chosen : areas()) unsteady.push(...(await record(node, area)));
for (const name of unsteady) console.error(`Not the same each time: ${name}`);
process.exitCode = unsteady.length > 0 ? 1 : 0;
