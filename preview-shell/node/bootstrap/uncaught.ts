import { native } from '../natives.ts';
import { exitThread } from '../bindings/process_methods.ts';
import { arrowOf } from '../modules/syntax-errors.ts';
import { restoreUrls } from '../modules/served-url.ts';
import type { BindingContext } from '../context.ts';

interface NodeProcess {
  _fatalException?: (error: unknown, fromPromise: boolean) => boolean;
  exitCode?: number | string | undefined;
}

/** What Node does with an exception that nothing caught (TriggerUncaughtException, node_errors.cc): handlers, else print and exit with 1. */
export function triggerUncaught(ctx: BindingContext, error: unknown, fromPromise: boolean): void {
  const process = ctx.process as NodeProcess;
  let reported = error;
  try {
    if (process._fatalException?.(error, fromPromise) === true) return;
  } catch (thrown) {
    reported = thrown;
    print(ctx, reported, false);
    exitThread(ctx, 7);
  }
  print(ctx, reported, fromPromise);
  exitThread(ctx, Number(process.exitCode ?? 0) || 1);
}

function print(ctx: BindingContext, error: unknown, fromPromise: boolean): void {
  // A worker thread's errors go to its parent, once it can say them.
  if (!ctx.isMainThread && (ctx.process as NodeProcess)._fatalException !== undefined && ctx.hooks['reportsToParent'] === true) return;
  const text = `${position(ctx, error, fromPromise)}${describe(ctx, error)}\n\nNode.js v22.23.3\n`;
  ctx.kernel.call('fs.write', 2, new native.TextEncoder().encode(text), null);
}

function describe(ctx: BindingContext, error: unknown): string {
  // A module that the browser could not parse, or link, has no frames.
  if (error instanceof SyntaxError && arrowOf(ctx, error) !== undefined && !/\n +at /.test(String(error.stack))) return String(error.stack);
  const requireBuiltin = ctx.hooks.requireBuiltin as ((id: string) => { inspect(value: unknown): string }) | undefined;
  const text = requireBuiltin === undefined ? String(error instanceof Error ? error.stack : error) : requireBuiltin('internal/util/inspect').inspect(error);
  return error instanceof Error ? restoreUrls(text) : `Uncaught:\n${text}\n(Use \`node --trace-uncaught ...\` to show where the exception was thrown)`;
}

/** The line that threw, with a caret, as Node prints it above the stack. */
function position(ctx: BindingContext, error: unknown, fromPromise: boolean): string {
  const known = typeof error === 'object' && error !== null ? arrowOf(ctx, error) : undefined;
  if (known !== undefined) return known.inStack ? '' : `${known.arrow}\n`;
  const stack = error instanceof Error ? restoreUrls(String(error.stack)) : '';
  const inLibrary = libraryPosition(ctx, stack, fromPromise);
  if (inLibrary !== '') return inLibrary;
  const evaluated = evaluatedPosition(ctx, stack, fromPromise);
  if (evaluated !== '') return evaluated;
  const match = /\n\s+at (?:.*\()?((?:file:\/\/)?\/[^\n:()]+):(\d+):(\d+)\)?/.exec(stack);
  if (match === null) return '';
  const [, file = '', line = '1', column = '1'] = match;
  const requireBuiltin = ctx.hooks.requireBuiltin as (id: 'fs') => { readFileSync(path: string, encoding: 'utf8'): string };
  try {
    const path = file.startsWith('file://') ? decodeURIComponent(file.slice('file://'.length)) : file;
    const source = requireBuiltin('fs').readFileSync(path, 'utf8').split('\n')[Number(line) - 1];
    return source === undefined ? '' : `${file}:${line}\n${source}\n${' '.repeat(caretAt(source, Number(column) - 1, fromPromise))}^\n\n`;
  } catch {
    // The file is gone or is no file: the stack alone tells.
    return '';
  }
}

/** The stack tells where the error was made; Node's caret is at what threw it, but for a rejection, which nothing threw. */
function caretAt(source: string, made: number, fromPromise: boolean): number {
  if (fromPromise) return Math.max(made, 0);
  const thrown = /\bthrow\s[^;{}]*$/.exec(source.slice(0, Math.max(made, 0)));
  return thrown === null ? Math.max(made, 0) : thrown.index;
}

/** Places in Node's library that an error is thrown from where it is made. Others throw what was made elsewhere, which a stack does not tell. */
const THROWN_AT_ONCE = /\bthrow new |\bbinding\.\w+\(/;

function libraryPosition(ctx: BindingContext, stack: string, fromPromise: boolean): string {
  const [, id, line, column] = /^[^\n]*(?:\n(?! +at )[^\n]*)*\n +at (?:[^\n]*\()?node:([^\n:()]+):(\d+):(\d+)\)?/.exec(stack) ?? [];
  if (id === undefined || line === undefined || column === undefined) return '';
  const source = (ctx.hooks['librarySource'] as (id: string) => string)(id).split('\n')[Number(line) - 1] ?? '';
  return fromPromise || THROWN_AT_ONCE.test(source) ? `node:${id}:${line}\n${source}\n${' '.repeat(caretAt(source, Number(column) - 1, fromPromise))}^\n\n` : '';
}

/** In the text of `--eval`, which is no file. */
function evaluatedPosition(ctx: BindingContext, stack: string, fromPromise: boolean): string {
  const [, frame = ''] = /\n +at ([^\n]*)/.exec(stack) ?? [];
  const [, line, column] = /\[eval\]:(\d+):(\d+)/.exec(frame) ?? [];
  const code = (ctx.hooks['options'] as Map<string, unknown> | undefined)?.get('--eval');
  if (line === undefined || column === undefined || typeof code !== 'string') return '';
  const source = code.split('\n')[Number(line) - 1] ?? '';
  return `[eval]:${line}\n${source}\n${' '.repeat(caretAt(source, Number(column) - 1, fromPromise))}^\n\n`;
}
