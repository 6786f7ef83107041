import type { BindingContext } from '../../context.ts';

/** Where an error was made: the whole line, and the zero-based column in it. */
export interface SourcePosition {
  sourceLine: string;
  scriptResourceName: string;
  lineNumber: number;
  startColumn: number;
}

interface Frame {
  getScriptNameOrSourceURL(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

interface V8ErrorConstructor {
  prepareStackTrace?: ((error: unknown, frames: Frame[]) => unknown) | undefined;
}

/**
 * The position of an error whose `stack` nobody has read yet (node_errors.cc, GetErrorSourcePositions). The line is empty when the source is no
 * file, or when the engine has no structured stack traces.
 */
export function errorSourcePosition(ctx: BindingContext, error: { stack?: unknown }): SourcePosition {
  const frame = topFrame(error);
  const scriptResourceName = frame?.getScriptNameOrSourceURL() ?? '';
  const lineNumber = frame?.getLineNumber() ?? 0;
  const startColumn = Math.max(0, (frame?.getColumnNumber() ?? 1) - 1);
  return { sourceLine: lineOf(ctx, scriptResourceName, lineNumber), scriptResourceName, lineNumber, startColumn };
}

/** Reading `stack` for the first time makes its text: the text stays what it would have been. */
function topFrame(error: { stack?: unknown }): Frame | undefined {
  const errors = Error as unknown as V8ErrorConstructor;
  const hadPrepare = Object.hasOwn(errors, 'prepareStackTrace');
  const before = errors.prepareStackTrace;
  let top: Frame | undefined;
  try {
    errors.prepareStackTrace = (made, frames) => {
      top = frames[0];
      return `${String(made)}${frames.map((frame) => `\n    at ${String(frame)}`).join('')}`;
    };
    void error.stack;
    return top;
  } finally {
    if (hadPrepare) errors.prepareStackTrace = before;
    else delete errors.prepareStackTrace;
  }
}

function lineOf(ctx: BindingContext, script: string, line: number): string {
  const require = ctx.hooks.requireBuiltin as (id: string) => Record<string, (...args: unknown[]) => unknown>;
  if (!/^(?:\/|file:)/.test(script)) return '';
  try {
    const file = script.startsWith('file:') ? require('internal/url')['fileURLToPath']?.(script) : script;
    return String(require('fs')['readFileSync']?.(file, 'utf8')).split(/\r\n|\n/)[line - 1] ?? '';
  } catch {
    // The file of a script may be gone, or never have been one.
    return '';
  }
}
