/** Child processes of the set-up: everything inherits the terminal unless its output is asked for. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** A failure that is explained to the user by its message alone, without a stack. */
export class SetupError extends Error {}

/**
 * Runs a program to its end and resolves with its exit code (128 + signal number when a signal ended it, as a shell has it).
 * Ctrl-C reaches the child from the terminal by itself; SIGTERM and SIGHUP are passed on, so that stopping the parent stops the work.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', ...options });
    const forward = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    const ignore = () => {};
    process.on('SIGINT', ignore).on('SIGTERM', forward).on('SIGHUP', forward);
    const done = () => process.off('SIGINT', ignore).off('SIGTERM', forward).off('SIGHUP', forward);
    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      done();
      resolve(code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 137));
    });
  });
}

/**
 * npm as it was started, else the one on the PATH. With `node`, npm's program runs on that Node, which is what packages then see as theirs.
 * @param {string[]} args
 * @param {string} [node]
 * @returns {Promise<number>}
 */
export function npm(args, node = process.execPath) {
  const script = process.env.npm_execpath;
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const env = { ...process.env, [key]: `${path.dirname(node)}${path.delimiter}${process.env[key] ?? ''}` };
  if (script !== undefined && /\.c?js$/.test(script)) return run(node, [script, ...args], { env });
  return run('npm', args, { env, shell: process.platform === 'win32' });
}
