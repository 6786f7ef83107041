import process from 'node:process';
import { errorText } from '../lib/errors.ts';
import { ShellError } from './state.ts';
import { runInteractive } from './interactive/session.ts';
import { ownTools } from './own-tools.ts';
import { createShell, readArguments, runWhole, scriptText } from './run.ts';

async function main(): Promise<number> {
  const shell = createShell(ownTools);
  try {
    const given = readArguments(shell, process.argv.slice(2));
    shell.state.parameters = given.parameters;
    const terminal = process.stdin.isTTY === true && process.stderr.isTTY === true;
    if (given.command === undefined && given.script === undefined && (terminal || given.interactive)) return await runInteractive(shell);
    return await runWhole(shell, await scriptText(shell, given));
  } catch (error) {
    process.stderr.write(`sh: ${errorText(error)}\n`);
    return error instanceof ShellError ? error.status : 2;
  }
}

// Streams of the process may still hold the loop: what was run is over.
void main().then((status) => process.exit(status));
