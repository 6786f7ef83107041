import { errorSourcePosition } from './util/error-source.ts';
import type { BindingContext } from '../context.ts';

const EXIT_CODES = {
  kNoFailure: 0, kGenericUserError: 1, kInternalJSParseError: 3, kInternalJSEvaluationFailure: 4, kV8FatalError: 5,
  kInvalidFatalExceptionMonkeyPatching: 6, kExceptionInFatalExceptionHandler: 7, kInvalidCommandLineArgument: 9, kBootstrapFailure: 10,
  kInvalidCommandLineArgument2: 12, kUnsettledTopLevelAwait: 13, kStartupSnapshotFailure: 14, kAbort: 134,
} as const;

/** What the library tells its host of exceptions and stack traces (node_errors.cc); the bootstrap acts on `ctx.hooks`. */
export function create(ctx: BindingContext): Record<string, unknown> {
  const { hooks } = ctx;
  return {
    exitCodes: EXIT_CODES,
    setPrepareStackTraceCallback(callback: NonNullable<typeof hooks.prepareStackTrace>) { hooks.prepareStackTrace = callback; },
    setGetSourceMapErrorSource(callback: unknown) { hooks.getSourceMapErrorSource = callback; },
    setSourceMapsEnabled(enabled: boolean) { hooks.sourceMapsEnabled = enabled; },
    setMaybeCacheGeneratedSourceMap(callback: NonNullable<typeof hooks.maybeCacheGeneratedSourceMap>) { hooks.maybeCacheGeneratedSourceMap = callback; },
    setEnhanceStackForFatalException(before: (error: unknown) => unknown, after: (error: unknown) => unknown) {
      hooks.enhanceStackBefore = before;
      hooks.enhanceStackAfter = after;
    },
    noSideEffectsToString,
    triggerUncaughtException(error: unknown, fromPromise: boolean) {
      (hooks.uncaught as (error: unknown, fromPromise: boolean) => void)(error, fromPromise);
    },
    getErrorSourcePositions: (error: object) => errorSourcePosition(ctx, error),
  };
}

/** A value as text without running code of its own: no getters, no `toString` (V8's NoSideEffectsToString). */
function noSideEffectsToString(value: unknown): string {
  if (typeof value === 'function') return Function.prototype.toString.call(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Error) {
    const own = (key: string) => Object.getOwnPropertyDescriptor(value, key)?.value as unknown;
    const name = own('name') ?? (Object.getPrototypeOf(value) as { name?: unknown }).name ?? 'Error';
    const message = own('message');
    return message === undefined || message === '' ? String(name) : `${String(name)}: ${String(message)}`;
  }
  return '#<Object>';
}
