import { originalUrl } from '../modules/served-url.ts';
import type { BindingContext } from '../context.ts';

/** V8's structured stack trace (https://v8.dev/docs/stack-trace-api); other engines have none and keep their own text. */
interface ErrorConstructorWithTraces {
  prepareStackTrace?: (error: unknown, trace: unknown[]) => unknown;
}

/** The engine's files of our own bundle, which Node's C++ would not show either. */
const OWN_CODE = /\/~runtime\//;

/** Stack traces name files as Node does; a program's own `Error.prepareStackTrace` wins, as in Node. */
export function installPrepareStackTrace(ctx: BindingContext): void {
  const errors = Error as unknown as ErrorConstructorWithTraces;
  const prepare = (error: unknown, trace: unknown[]): unknown => {
    const frames = trace.filter((frame) => !OWN_CODE.test(String((frame as CallSite).getFileName()))).map((frame) => withDiskPath(frame as CallSite));
    return ctx.hooks.prepareStackTrace?.(globalThis, error, frames) ?? `${String(error)}${frames.map((frame) => `\n    at ${String(frame)}`).join('')}`;
  };
  let own = false;
  const guarded = (error: unknown, trace: unknown[]): unknown => {
    // Node's callback asks Error.prepareStackTrace first: while it does, it must not find this function.
    if (own) return undefined;
    own = true;
    delete errors.prepareStackTrace;
    try {
      return prepare(error, trace);
    } finally {
      errors.prepareStackTrace ??= guarded;
      own = false;
    }
  };
  errors.prepareStackTrace = guarded;
}

interface CallSite {
  getFileName(): string | null;
  toString(): string;
}

function withDiskPath(frame: CallSite): CallSite {
  const file = frame.getFileName();
  const original = file === null ? undefined : originalUrl(file);
  if (file === null || original === undefined) return frame;
  return new Proxy(frame, {
    get(target, key) {
      if (key === 'getFileName' || key === 'getScriptNameOrSourceURL') return () => original;
      if (key === 'toString') return () => target.toString().replace(file, original);
      const value = Reflect.get(target, key) as unknown;
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}
